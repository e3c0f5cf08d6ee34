/** The streams that apps can subscribe to, by Mastodon's names. */
import { coversScopes, type Scope } from '../../accounts/sessions/scopes.ts'
import { type ListId, isId } from '../../platform/ids.ts'
import { parseHashtag } from '../../text/hashtag.ts'

type Origin = 'local' | 'remote' | undefined

export type Channel =
  | { kind: 'user' | 'user:notification' | 'direct' }
  | { kind: 'public'; from: Origin; onlyMedia: boolean }
  | { kind: 'hashtag'; from: Origin; tag: string }
  | { kind: 'list'; listId: ListId }

const streamNames = [
  'user',
  'user:notification',
  'public',
  'public:media',
  'public:local',
  'public:local:media',
  'public:remote',
  'public:remote:media',
  'hashtag',
  'hashtag:local',
  'list',
  'direct',
] as const
export type StreamName = (typeof streamNames)[number]

export const isStreamName = (name: unknown): name is StreamName => (streamNames as readonly unknown[]).includes(name)

/** Parameters of a stream besides its name. */
export type ChannelParams = { tag?: string | undefined; list?: string | undefined }

/** A stream by its name; `label` is its name in messages. Null when its hashtag or list is missing. */
export function channelOf(
  name: StreamName,
  { tag, list }: ChannelParams,
): { channel: Channel; label: string[] } | null {
  if (name === 'user' || name === 'user:notification' || name === 'direct')
    return { channel: { kind: name }, label: [name] }
  if (name === 'list')
    return list && isId(list) ? { channel: { kind: 'list', listId: list as ListId }, label: [name, list] } : null
  const from = name.includes(':local') ? 'local' : name.includes(':remote') ? 'remote' : undefined
  if (name.startsWith('public'))
    return { channel: { kind: 'public', from, onlyMedia: name.endsWith(':media') }, label: [name] }
  const parsed = tag === undefined ? null : parseHashtag(tag.slice(0, maxTagLength))
  // Apps recognize their stream by their own spelling.
  return parsed && tag !== undefined
    ? { channel: { kind: 'hashtag', from, tag: parsed.name }, label: [name, tag] }
    : null
}

const maxTagLength = 200

export const scopeOf = (name: StreamName): Scope =>
  name === 'user:notification' ? 'read:notifications' : 'read:statuses'

/** Whether a token receives notifications on the stream `user`. */
export const mayReceiveNotifications = (scopes: readonly string[]): boolean =>
  coversScopes(scopes, 'read:notifications')
