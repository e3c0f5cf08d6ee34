/** Collections of accounts between servers, for tests. */
import { sql } from 'drizzle-orm'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { collectionsOf, loadCollectionViews } from '#src/reading/collections/views.ts'
import { localAccount, makeFollow } from '../cast.ts'
import { type PeerActor, signedPost } from './peer.ts'
import type { Scene } from './setup.ts'

export const everybody = 'https://www.w3.org/ns/activitystreams#Public'
let count = 0

/** What an actor says that everybody may put into collections. */
export const featured = (automaticApproval: unknown = [everybody]) => ({
  interactionPolicy: { canFeature: { automaticApproval } },
})

/** An activity that arrives from an actor. */
export async function post(s: Scene, actor: PeerActor, activity: object): Promise<void> {
  const whole = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${actor.uri}/activities/${++count}`,
    actor: actor.uri,
    ...activity,
  }
  const response = await s.routes.request(signedPost(s.t.app, actor, whole))
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
}

/** Activities that arrive from an actor, and all that follows from them. */
export async function receive(s: Scene, actor: PeerActor, ...activities: object[]): Promise<void> {
  for (const activity of activities) await post(s, actor, activity)
  await s.work()
}

type Sent = { id: string; type: string; object: object | string; result?: string; [name: string]: unknown }
export const sent = (s: Scene): Sent[] => s.peer.posted.map(({ body }) => JSON.parse(body) as Sent)
export const lastOf = (s: Scene, type: string): Sent => sent(s).findLast((activity) => activity.type === type)!

export const known = async (s: Scene, actor: PeerActor): Promise<AccountId> =>
  (await s.t.app.remote.url(actor.uri))!.id as AccountId

/** The consent of an actor to be in a collection, as its server shows it. */
export function authorizationBy(s: Scene, actor: PeerActor, collection: string, changes: object = {}): string {
  const id = `${actor.uri}/authorizations/${++count}`
  s.peer.documents.set(new URL(id).pathname, {
    id,
    type: 'FeatureAuthorization',
    interactingObject: collection,
    interactionTarget: actor.uri,
    ...changes,
  })
  return id
}

/** A local document as other servers fetch it, or the status of the answer. */
export async function fetchJson(s: Scene, uri: string): Promise<unknown> {
  const response = await s.routes.request(new Request(uri, { headers: { accept: 'application/activity+json' } }))
  return response.status === 200 ? response.json() : response.status
}

/** A collection of an actor, which its server also shows. */
export function collectionOf(s: Scene, actor: PeerActor, items: object[], changes: object = {}) {
  const id = `${actor.uri}/collections/${++count}`
  const collection = {
    id,
    type: 'FeaturedCollection',
    attributedTo: actor.uri,
    name: 'Birders',
    summary: '<p>Who knows <b>birds</b></p>',
    url: `${s.peer.origin}/collections/${count}`,
    sensitive: false,
    discoverable: true,
    published: '2026-01-01T00:00:00Z',
    updated: '2026-01-02T00:00:00Z',
    totalItems: items.length,
    orderedItems: items,
    ...changes,
  }
  s.peer.documents.set(new URL(id).pathname, collection)
  return collection
}

/** An item of an actor's collection. */
export const itemOf = (owner: PeerActor, account: string, featureAuthorization: string | null) => ({
  id: `${owner.uri}/items/${++count}`,
  type: 'FeaturedItem',
  featuredObject: account,
  featuredObjectType: 'Person',
  featureAuthorization,
})

export const everything = { limit: 100, offset: 0 }

/** Somebody with collections on another server, whom alice follows. `read`: the profile is read, with its list of collections. */
export async function withOwner(s: Scene) {
  const alice = await localAccount(s.t, 'alice')
  await updateProfile(s.t.app, alice, { isDiscoverable: true })
  const list = `${s.peer.origin}/users/olga/collections`
  const olga = s.peer.actor('olga', { featuredCollections: list, ...featured() })
  await makeFollow(s.t, alice, await known(s, olga))
  const read = async () => {
    await s.t.db.execute(sql`update accounts set fetched_at = now() - interval '2 days' where uri = ${olga.uri}`)
    await known(s, olga)
    await s.work()
  }
  return { alice, aliceUri: s.t.app.uris.account(alice), olga, list, read }
}

/** The accounts in the collections that an actor's profile shows. */
export async function membersOf(s: Scene, actor: PeerActor): Promise<AccountId[]> {
  const ids = await collectionsOf(s.t.db, null, await known(s, actor), everything)
  return (await loadCollectionViews(s.t.db, null, ids)).flatMap(({ items }) => items.map(({ accountId }) => accountId))
}
