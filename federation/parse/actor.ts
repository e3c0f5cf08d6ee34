import type { RemoteAccount } from '#src/accounts/receive.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { plainText } from '#src/text/clean.ts'
import { escapeAttribute, escapeText } from '#src/text/html/escape.ts'
import {
  asList,
  dateOf,
  idOf,
  isObject,
  isSameOrigin,
  isTrue,
  type JsonObject,
  pageOf,
  text,
  textOf,
  typesOf,
} from '../documents/json.ts'
import { parseEmojis } from './emoji.ts'
import { imageOf } from './image.ts'
import { parseCanFeature } from './interaction-policy.ts'
import { tagsOf } from './tags.ts'

/** An actor's description of itself, without the host of its handle, which its server has to confirm. */
export type ParsedActor = Omit<RemoteAccount, 'domain'>

const actorTypes = ['Person', 'Service', 'Application', 'Group', 'Organization'] as const
const maxFields = 20
/** UTF-16 units. */
const maxName = 1_000
const maxNote = 100_000
const maxValue = 10_000

export const isActor = (json: JsonObject): boolean =>
  typesOf(json).some((type) => (actorTypes as readonly string[]).includes(type))

/** Parses an actor; null for any other document, or when something required is missing. */
export function parseActor(json: JsonObject): ParsedActor | null {
  const actorType = actorTypes.find((type) => typesOf(json).includes(type))
  const uri = idOf(json['id'])
  const inboxUrl = urlOf(json['inbox'], uri)
  const username = text(json['preferredUsername'])?.trim()
  if (!actorType || uri === null || inboxUrl === null) return null
  if (username === undefined || !/^[A-Za-z0-9_.-]{1,64}$/.test(username)) return null

  const endpoints = isObject(json['endpoints']) ? json['endpoints'] : {}
  const ownUrl = (value: unknown) => urlOf(value, uri)
  const avatar = imageOf(json['icon'])
  const header = imageOf(json['image'])
  return {
    uri,
    url: pageOf(json, uri),
    username,
    actorType,
    displayName: plainText((textOf(json, 'name') ?? '').slice(0, maxName)),
    note: plainText((textOf(json, 'summary') ?? '').slice(0, maxNote)),
    fields: asList(json['attachment']).slice(0, 100).flatMap(fieldOf).slice(0, maxFields),
    emojis: parseEmojis(tagsOf(json)),
    avatarUrl: avatar?.url ?? null,
    headerUrl: header?.url ?? null,
    avatarDescription: avatar?.description ?? '',
    headerDescription: header?.description ?? '',
    attributionDomains: asList(json['attributionDomains'])
      .slice(0, 100)
      .flatMap((domain) =>
        typeof domain === 'string' && /^[a-z0-9.-]{1,253}$/i.test(domain) ? [domain.toLowerCase()] : [],
      ),
    alsoKnownAs: asList(json['alsoKnownAs'])
      .slice(0, 100)
      .flatMap((alias) => idOf(alias) ?? []),
    movedToUri: idOf(json['movedTo']),
    isLocked: isTrue(json['manuallyApprovesFollowers']),
    isDiscoverable: isTrue(json['discoverable']),
    isIndexable: isTrue(json['indexable']),
    isMemorial: isTrue(json['memorial']),
    inboxUrl,
    sharedInboxUrl: ownUrl(endpoints['sharedInbox'] ?? json['sharedInbox']),
    outboxUrl: ownUrl(json['outbox']),
    followersUrl: ownUrl(json['followers']),
    followingUrl: ownUrl(json['following']),
    featuredUrl: ownUrl(json['featured']),
    featuredTagsUrl: ownUrl(json['featuredTags']),
    featuredCollectionsUrl: ownUrl(json['featuredCollections']),
    canFeature: parseCanFeature(json),
    publishedAt: dateOf(json['published']),
    isSuspended: json['suspended'] === true || json['toot:suspended'] === true,
  }
}

/** Inboxes and collections have to be on the actor's own server: an actor must not direct our deliveries to a third one. */
function urlOf(value: unknown, actor: string | null): string | null {
  const url = idOf(value)
  return url !== null && actor !== null && isSameOrigin(url, actor) ? url : null
}

function fieldOf(value: unknown): { name: string; value: string }[] {
  if (!isObject(value) || !typesOf(value).some((type) => type === 'PropertyValue' || type === 'schema:PropertyValue'))
    return []
  const name = textOf(value, 'name')
  const content = text(value['value'])
  return name === null || content === null
    ? []
    : [{ name: plainText(name.slice(0, maxName)), value: linked(plainText(content.slice(0, maxValue))) }]
}

/** Makes a link of a bare URL: some servers leave that to the reader. */
function linked(value: string): string {
  const address = value.trim().replaceAll('&amp;', '&')
  const url = /^https?:\/\/[^\s<]+$/i.test(address) ? webUrl(address) : null
  return url === null ? value : `<a href="${escapeAttribute(url)}">${escapeText(address)}</a>`
}
