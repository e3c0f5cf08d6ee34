/** The kinds by which people look through their notifications. */
import type { GroupView } from '#src/reading/notifications/groups.ts'
import type { IconName } from '../icons.tsx'

type NotificationType = GroupView['type']

/** The types of each kind, in the order of the page. */
export const kinds = {
  mentions: ['mention'],
  quotes: ['quote'],
  favourites: ['favourite'],
  boosts: ['reblog'],
  follows: ['follow', 'follow_request', 'added_to_collection', 'collection_update'],
  posts: ['status'],
  edits: ['update', 'quoted_update'],
  polls: ['poll'],
  moderation: ['moderation_warning', 'severed_relationships', 'admin.sign_up', 'admin.report'],
} as const satisfies Record<string, readonly NotificationType[]>
export type Kind = keyof typeof kinds

export const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name)

export const typeIcons: Record<NotificationType, IconName> = {
  mention: 'reply',
  reblog: 'boost',
  favourite: 'favourite',
  follow: 'person',
  follow_request: 'people',
  status: 'pen',
  poll: 'bars',
  update: 'pen',
  quote: 'quote',
  quoted_update: 'pen',
  'pending.reply': 'reply',
  'pending.quote': 'quote',
  'pending.reblog': 'boost',
  'pending.favourite': 'favourite',
  added_to_collection: 'people',
  collection_update: 'people',
  'admin.sign_up': 'person',
  'admin.report': 'shield',
  severed_relationships: 'people',
  moderation_warning: 'warning',
}

/** Types whose post is shown in full: it is something to read, rather than the reader's own post that others liked. */
const inFull: readonly NotificationType[] = ['mention', 'quote', 'status', 'update', 'quoted_update', 'poll']
export const showsWholePost = (type: NotificationType): boolean => inFull.includes(type)
