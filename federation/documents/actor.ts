/** Actors as other servers read them. Lists are lists also with one member, since some servers read nothing else. */
import type { AccountView } from '#src/accounts/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { SigningKeys } from '../signatures/keys.ts'
import { context } from './context.ts'
import { toEmojiTags } from './emoji.ts'
import type { JsonObject } from './json.ts'

/** @see https://docs.joinmastodon.org/spec/activitypub/#properties-used-1 */
export function toActor(account: AccountView, keys: SigningKeys, uris: Uris): JsonObject {
  return {
    '@context': context,
    id: account.uri,
    type: typeOf(account),
    preferredUsername: account.username,
    webfinger: `${account.username}@${uris.handleHost}`,
    name: account.displayName || account.username,
    summary: account.note,
    url: account.url,
    inbox: uris.inbox(account.id),
    outbox: uris.outbox(account.id),
    followers: uris.followers(account.id),
    following: uris.following(account.id),
    featured: uris.featured(account.id),
    featuredTags: uris.featuredTags(account.id),
    endpoints: { sharedInbox: uris.sharedInbox },
    manuallyApprovesFollowers: account.isLocked,
    discoverable: account.isDiscoverable,
    indexable: account.isIndexable,
    memorial: account.isMemorial,
    ...(account.suspendedAt ? { suspended: true } : {}),
    published: account.createdAt.toISOString(),
    updated: account.updatedAt.toISOString(),
    attachment: account.fields.map(({ name, value }) => ({ type: 'PropertyValue', name, value })),
    tag: toEmojiTags(account.emojis, uris),
    ...(account.avatarFile ? { icon: image(uris, account.avatarFile, account.avatarDescription) } : {}),
    ...(account.headerFile ? { image: image(uris, account.headerFile, account.headerDescription) } : {}),
    ...(account.attributionDomains.length > 0 ? { attributionDomains: account.attributionDomains } : {}),
    ...(account.alsoKnownAs.length > 0 ? { alsoKnownAs: account.alsoKnownAs } : {}),
    ...(account.moved ? { movedTo: account.moved.uri } : {}),
    ...toKeys(keys),
  }
}

/** As much of an actor as it takes to check what it signs, for who did not sign: two servers that ask for signatures could not meet otherwise. */
export function toStub(
  account: Pick<AccountView, 'id' | 'uri' | 'username' | 'actorType'>,
  keys: SigningKeys,
  uris: Uris,
): JsonObject {
  return {
    '@context': context,
    id: account.uri,
    type: typeOf(account),
    preferredUsername: account.username,
    inbox: uris.inbox(account.id),
    ...toKeys(keys),
  }
}

/** Others than people are shown as bots everywhere. */
const typeOf = ({ actorType }: Pick<AccountView, 'actorType'>) => (actorType === 'Person' ? 'Person' : 'Service')

/** The instance itself: it fetches from servers that answer only to signed requests. */
export function toInstanceActor(keys: SigningKeys, uris: Uris): JsonObject {
  return {
    '@context': context,
    id: uris.instanceActor,
    type: 'Application',
    preferredUsername: instanceName(uris),
    webfinger: `${instanceName(uris)}@${uris.handleHost}`,
    name: instanceName(uris),
    url: `${uris.origin}/about`,
    inbox: uris.sharedInbox,
    outbox: `${uris.instanceActor}/outbox`,
    endpoints: { sharedInbox: uris.sharedInbox },
    manuallyApprovesFollowers: true,
    discoverable: false,
    indexable: false,
    ...toKeys(keys),
  }
}

/** The name of the instance's actor is its host, which no person can have as a name. */
export const instanceName = (uris: Uris): string => uris.handleHost.replace(/:\d+$/, '')

/** What is left of a deleted account or status. */
export const toTombstone = (id: string): JsonObject => ({ '@context': context[0], id, type: 'Tombstone' })

function toKeys({ actor, rsa, ed25519 }: SigningKeys): JsonObject {
  return {
    publicKey: { id: rsa.id, owner: actor, publicKeyPem: rsa.publicPem },
    assertionMethod: [
      { id: ed25519.id, type: 'Multikey', controller: actor, publicKeyMultibase: ed25519.publicMultibase },
    ],
  }
}

const image = (uris: Uris, file: string, description: string): JsonObject => ({
  type: 'Image',
  mediaType: 'image/webp',
  url: uris.file(file),
  ...(description ? { name: description, summary: description } : {}),
})
