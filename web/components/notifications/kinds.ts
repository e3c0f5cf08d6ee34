/** The kinds by which people look through their notifications. */
import type { GroupView } from '#src/reading/notifications/groups.ts'
import type { IconName } from '../icons.tsx'

type NotificationType = GroupView['type']

/** The notifications of each kind, in the order of the page. */
export const kinds = {
  mentions: { types: ['mention'] },
  quotes: { types: ['quote'] },
  favourites: { types: ['favourite'] },
  reactions: { types: ['favourite'], withReaction: true },
  boosts: { types: ['reblog'] },
  follows: { types: ['follow', 'follow_request', 'added_to_collection', 'collection_update'] },
  requests: { types: ['pending.reply', 'pending.quote', 'pending.reblog', 'pending.favourite', 'follow_request'] },
  posts: { types: ['status'] },
  edits: { types: ['update', 'quoted_update'] },
  polls: { types: ['poll'] },
  moderation: { types: ['moderation_warning', 'severed_relationships', 'admin.sign_up', 'admin.report'] },
} as const satisfies Record<string, { types: readonly NotificationType[]; withReaction?: boolean }>
export type Kind = keyof typeof kinds

/** All notifications: the website knows the types of requests, which some apps don't. */
export const everyKind = { withRequests: true } as const

/** Where the person answers a request; null for other types. */
export function approvalsOf(type: NotificationType): string | null {
  const tab = approvalTabs[type]
  return tab ? `/approvals?show=${tab}` : null
}

const approvalTabs: Partial<Record<NotificationType, string>> = {
  'pending.reply': 'replies',
  'pending.quote': 'quotes',
  'pending.reblog': 'boosts',
  'pending.favourite': 'favourites',
}

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
