/** Posts activities to the inbox, and reads their results. */
import { accountByUri } from '#src/accounts/find.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { makeFollow } from '../cast.ts'
import { type PeerActor, signedPost } from './peer.ts'
import type { Scene } from './setup.ts'

export const publicly = { to: ['https://www.w3.org/ns/activitystreams#Public'] }
let count = 0
const withId = (actor: PeerActor, activity: object) => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: `${actor.uri}/activities/${++count}`,
  actor: actor.uri,
  ...activity,
})

/** Posts activities to the shared inbox and runs the jobs. */
export async function receive(s: Scene, actor: PeerActor, ...activities: object[]): Promise<void> {
  for (const activity of activities) {
    const response = await s.routes.request(signedPost(s.t.app, actor, withId(actor, activity)))
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
  }
  await s.work()
}

export const noteOf = (actor: PeerActor, id: string, more: object = {}) => ({
  id: `${actor.uri}/notes/${id}`,
  type: 'Note',
  attributedTo: actor.uri,
  content: `<p>Note ${id}</p>`,
  published: new Date().toISOString(),
  ...publicly,
  ...more,
})
export const createOf = (note: object) => ({ type: 'Create', ...publicly, object: note })
export const idOfPeer = async (s: Scene, actor: PeerActor) => (await accountByUri(s.t.db, actor.uri)) as AccountId
/** The activities that we sent, in order. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look at what they expect
export const sent = (s: Scene): any[] => s.peer.posted.map(({ body }) => JSON.parse(body))
export const notifications = async (s: Scene, account: AccountId) =>
  (await loadNotificationPage(s.t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)

/** Makes an actor known, and followed by a local account. */
export async function followPeer(s: Scene, follower: AccountId, actor: PeerActor): Promise<AccountId> {
  const id = (await s.t.app.remote.url(actor.uri))!.id as AccountId
  await makeFollow(s.t, follower, id)
  return id
}
