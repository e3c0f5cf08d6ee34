/**
 * Local actors as documents: a new profile field that federates is added here, and read in `parse/actor.ts`. One-element lists stay
 * lists, as some servers read nothing else.
 */
import type { AccountView } from '#src/accounts/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { SigningKeys } from '../signatures/own-keys.ts'
import { context, featureContext } from './context.ts'
import { toEmojiTags } from './emoji.ts'
import { type JsonObject, publicAddress } from './json.ts'

/** @see https://docs.joinmastodon.org/spec/activitypub/#properties-used-1 */
export function toActor(account: AccountView, keys: SigningKeys, uris: Uris): JsonObject {
  return {
    '@context': featureContext,
    id: account.uri,
    type: actorTypeOf(account),
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
    featuredCollections: uris.featuredCollections(account.id),
    // An account that is not to be recommended names itself: an empty list would mean "not stated".
    interactionPolicy: { canFeature: { automaticApproval: [featuringOf(account, uris)] } },
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

/**
 * The part of an actor that is needed to check its signatures, for unsigned requests: without it, two servers with authorized fetch
 * could not get each other's keys.
 */
export function toStub(
  account: Pick<AccountView, 'id' | 'uri' | 'username' | 'actorType'>,
  keys: SigningKeys,
  uris: Uris,
): JsonObject {
  return {
    '@context': context,
    id: account.uri,
    type: actorTypeOf(account),
    preferredUsername: account.username,
    inbox: uris.inbox(account.id),
    ...toKeys(keys),
  }
}

/** Every actor but a person is shown as a bot by other servers. */
export const actorTypeOf = ({ actorType }: Pick<AccountView, 'actorType'>) =>
  actorType === 'Person' ? 'Person' : 'Service'

/** The instance actor: it signs requests to servers that answer only signed ones. */
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

/** The instance actor's name is its host, which no person can have as a name. */
export const instanceName = (uris: Uris): string => uris.handleHost.replace(/:\d+$/, '')

/** The document of a deleted account or status. */
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

/** Who may put an account into collections. */
function featuringOf({ id, uri, isDiscoverable, isLocked }: AccountView, uris: Uris): string {
  if (!isDiscoverable) return uri
  return isLocked ? uris.followers(id) : publicAddress
}
