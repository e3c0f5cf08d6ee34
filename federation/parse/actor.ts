import type { RemoteAccount } from '#src/accounts/receive.ts'
import { plainText } from '#src/text/clean.ts'
import { asList, dateOf, firstText, idOf, isObject, isSameOrigin, type JsonObject, linkOf, pageOf, text, typesOf } from '../json.ts'
import { emojisOf } from './emoji.ts'

/** An actor as it describes itself: all but the host of its handle, which its server has to confirm. */
export type ParsedActor = Omit<RemoteAccount, 'domain'>

export type PublicKey = { id: string; owner: string; pem: string }

const actorTypes = ['Person', 'Service', 'Application', 'Group', 'Organization'] as const
const maxFields = 20
const maxTags = 50

export const isActor = (json: JsonObject): boolean => typesOf(json).some((type) => (actorTypes as readonly string[]).includes(type))

/** An actor as plain data, or null for what is none or lacks what an account needs. */
export function parseActor(json: JsonObject): ParsedActor | null {
  const actorType = actorTypes.find((type) => typesOf(json).includes(type))
  const uri = idOf(json['id'])
  const inboxUrl = urlOf(json['inbox'], uri)
  const username = text(json['preferredUsername'])?.trim()
  if (!actorType || uri === null || inboxUrl === null) return null
  if (username === undefined || !/^[A-Za-z0-9_.-]{1,64}$/.test(username)) return null

  const endpoints = isObject(json['endpoints']) ? json['endpoints'] : {}
  const ownUrl = (value: unknown) => urlOf(value, uri)
  return {
    uri,
    url: pageOf(json, uri),
    username,
    actorType,
    displayName: firstText(json['name']) ?? '',
    note: plainText(firstText(json['summary']) ?? ''),
    fields: asList(json['attachment']).slice(0, 100).flatMap(fieldOf).slice(0, maxFields),
    emojis: emojisOf(asList(json['tag']).filter(isObject).slice(0, maxTags)),
    avatarUrl: imageOf(json['icon']),
    headerUrl: imageOf(json['image']),
    avatarDescription: imageText(json['icon']),
    headerDescription: imageText(json['image']),
    attributionDomains: asList(json['attributionDomains']).slice(0, 100).flatMap((domain) => (typeof domain === 'string' && /^[a-z0-9.-]{1,253}$/i.test(domain) ? [domain.toLowerCase()] : [])),
    alsoKnownAs: asList(json['alsoKnownAs']).slice(0, 100).flatMap((alias) => idOf(alias) ?? []),
    movedToUri: idOf(json['movedTo']),
    isLocked: json['manuallyApprovesFollowers'] === true,
    isDiscoverable: json['discoverable'] === true,
    isIndexable: json['indexable'] === true,
    isMemorial: json['memorial'] === true,
    inboxUrl,
    sharedInboxUrl: ownUrl(endpoints['sharedInbox']),
    outboxUrl: ownUrl(json['outbox']),
    followersUrl: ownUrl(json['followers']),
    followingUrl: ownUrl(json['following']),
    featuredUrl: ownUrl(json['featured']),
    publishedAt: dateOf(json['published']),
    isSuspended: json['suspended'] === true || json['toot:suspended'] === true,
  }
}

/** Inboxes and collections lie where the actor does: nobody may have our deliveries sent to a third server. */
function urlOf(value: unknown, actor: string | null): string | null {
  const url = idOf(value)
  return url !== null && actor !== null && isSameOrigin(url, actor) ? url : null
}

function fieldOf(value: unknown): { name: string; value: string }[] {
  if (!isObject(value) || !typesOf(value).some((type) => type === 'PropertyValue' || type === 'schema:PropertyValue')) return []
  const name = text(value['name'])
  const content = text(value['value'])
  return name === null || content === null ? [] : [{ name, value: plainText(content) }]
}

function imageOf(value: unknown): string | null {
  const [first] = asList(value)
  return isObject(first) ? linkOf(first['url'] ?? first['href']) : linkOf(first)
}

function imageText(value: unknown): string {
  const [first] = asList(value)
  return isObject(first) ? plainText(firstText(first['summary']) ?? firstText(first['name']) ?? '') : ''
}

/** The keys that an actor says are its own. Of a list each is one, and each has to name the actor as its owner. */
export function publicKeysOf(json: JsonObject): PublicKey[] {
  const actor = idOf(json['id'])
  return asList(json['publicKey']).slice(0, 8).flatMap((key) => {
    if (!isObject(key)) return []
    const id = text(key['id'])
    const owner = idOf(key['owner']) ?? actor
    const pem = text(key['publicKeyPem'])
    return id && owner && pem && pem.length < 10_000 ? [{ id, owner, pem }] : []
  })
}
