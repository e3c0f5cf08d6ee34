import type {
  AccountId,
  AnnouncementId,
  CardId,
  ConversationId,
  Id,
  MediaId,
  NotificationId,
  RelationId,
  RelayId,
  ReportId,
  StatusId,
  TagId,
  TokenId,
} from '../platform/ids.ts'
/** Everything that happens, as far as something follows from it. */
import type { InteractionKind } from '../platform/interaction-kind.ts'

/** What happened. Events carry ids and URIs; handlers read the rows, and stop if they are gone. */
export type Event =
  | { type: 'account.registered'; accountId: AccountId }
  | { type: 'account.approved'; accountId: AccountId }
  | { type: 'address.reused'; accountId: AccountId }
  | { type: 'password.forgotten'; accountId: AccountId }
  | { type: 'account.updated'; accountId: AccountId }
  | { type: 'account.deleted'; accountId: AccountId }
  /** Its requests to follow need no decision any more, or those to it don't. */
  | { type: 'account.opened'; accountId: AccountId }
  /** It is deleted, and had more than is erased at once; `isTold`: whether other servers' inboxes are written down for its Delete. */
  | { type: 'account.emptied'; accountId: AccountId; isTold: boolean }
  | { type: 'account.moved'; accountId: AccountId; targetId: AccountId; isLocal: boolean }
  | { type: 'status.published'; statusId: StatusId; isReply: boolean }
  | {
      type: 'status.received'
      statusId: StatusId
      missingParent: string | null
      depth: number
      fetchesLeft: number | null
    }
  /** Somebody here looks at a thread that began elsewhere. */
  | { type: 'thread.opened'; statusId: StatusId; uri: string }
  | { type: 'status.edited'; statusId: StatusId }
  | { type: 'status.deleted'; statusId: StatusId; tagIds: TagId[] }
  | { type: 'status.pinned'; accountId: AccountId; statusId: StatusId }
  | { type: 'status.unpinned'; accountId: AccountId; statusId: StatusId }
  /** `name`: as the account wrote it. */
  | { type: 'tag.featured'; accountId: AccountId; tagId: TagId; name: string }
  | { type: 'tag.unfeatured'; accountId: AccountId; tagId: TagId; name: string }
  | { type: 'poll.voted'; accountId: AccountId; statusId: StatusId; positions: number[] }
  | { type: 'poll.tallied'; statusId: StatusId }
  /** Its form for other servers changed, although its author did not edit it. */
  | { type: 'status.refreshed'; statusId: StatusId }
  /** A local status quotes one of another server. */
  | { type: 'quote.requested'; statusId: StatusId }
  /** A status of another server quotes something that is to be found or proven. */
  | { type: 'quote.received'; statusId: StatusId; depth: number }
  | { type: 'quote.granted'; statusId: StatusId }
  | { type: 'quote.refused'; requestUri: string; accountId: AccountId; quotedId: StatusId; quotingUri: string }
  | { type: 'quote.revoked'; statusId: StatusId }
  /** One of ours wants to do something with a status of another server that its author wants to be asked about. */
  | { type: 'interaction.requested'; kind: InteractionKind; interactionId: Id<string> }
  | { type: 'interaction.granted'; kind: InteractionKind; interactionId: Id<string>; requestUri: string }
  | {
      type: 'interaction.refused'
      kind: InteractionKind
      requestUri: string
      accountId: AccountId
      statusId: StatusId
      interactionUri: string
    }
  /** A reply that stands apart from its thread shows a consent that is to be proven. */
  | { type: 'consent.shown'; statusId: StatusId }
  | { type: 'card.wanted'; cardId: CardId; isLocal: boolean }
  | { type: 'reblog.created'; statusId: StatusId }
  | { type: 'reblog.removed'; statusId: StatusId }
  | { type: 'favourite.created'; accountId: AccountId; statusId: StatusId; favouriteId: RelationId }
  | { type: 'favourite.removed'; accountId: AccountId; statusId: StatusId; favouriteId: RelationId }
  | { type: 'follow.requested'; followerId: AccountId; targetId: AccountId; uri: string }
  | { type: 'follow.accepted'; followerId: AccountId; targetId: AccountId; uri: string }
  | { type: 'follow.rejected'; followerId: AccountId; targetId: AccountId; uri: string }
  /** Another server's actor asked to follow this instance's own. */
  | { type: 'instance-follow.rejected'; followerId: AccountId; uri: string }
  | { type: 'follow.removed'; followerId: AccountId; targetId: AccountId; uri: string }
  | { type: 'block.created'; accountId: AccountId; targetId: AccountId; uri: string }
  | { type: 'block.removed'; accountId: AccountId; targetId: AccountId; uri: string }
  | { type: 'domain.blocked'; accountId: AccountId; domain: string }
  /** What this server thinks of another one changed; null: of any number of them. */
  | { type: 'domain.ruled'; domain: string | null }
  /** `pushes`: the push subscriptions that want it. Filtered notifications make no event. */
  | { type: 'notification.created'; notificationId: NotificationId; mails: boolean; pushes: RelationId[] }
  | { type: 'profile.read'; accountId: AccountId }
  /** A profile of another server was read too long ago. `isUrgent`: somebody is looking at it. */
  | { type: 'profile.stale'; accountId: AccountId; isUrgent: boolean }
  /** Somebody here looks at an account elsewhere of whose earlier posts nothing is known. */
  | { type: 'profile.empty'; accountId: AccountId }
  | { type: 'links.given'; accountId: AccountId; isLocal: boolean }
  | { type: 'token.revoked'; tokenId: TokenId }
  | { type: 'report.created'; reportId: ReportId; domains: string[] }
  | { type: 'relay.enabled'; relayId: RelayId }
  /** `followed`: its actor, or null where the public was followed. */
  | { type: 'relay.disabled'; inboxUrl: string; followUri: string; followed: string | null }
  | { type: 'relay.followed'; inboxUrl: string; actorUri: string; uri: string }
  | { type: 'announcement.published'; announcementId: AnnouncementId }
  | { type: 'announcement.updated'; announcementId: AnnouncementId }
  | { type: 'announcement.reaction'; announcementId: AnnouncementId; name: string }
  | { type: 'announcement.removed'; announcementId: AnnouncementId }
  | { type: 'conversation.updated'; accountId: AccountId; conversationId: ConversationId }
  | { type: 'filters.changed'; accountId: AccountId }
  | { type: 'notifications.merged'; accountId: AccountId }
  /** It has to be worked on before it can be shown. */
  | { type: 'media.uploaded'; mediaId: MediaId }
  | { type: 'files.orphaned'; files: string[] }
  /** Somebody wants to know what their year was like. */
  | { type: 'annual-report.requested'; accountId: AccountId; year: number }

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>

/** Events that other servers may have to hear of. */
export type FederatedEvent = EventOf<
  | 'account.updated'
  | 'account.deleted'
  | 'account.moved'
  | 'status.published'
  | 'status.edited'
  | 'status.deleted'
  | 'status.pinned'
  | 'status.unpinned'
  | 'tag.featured'
  | 'tag.unfeatured'
  | 'poll.voted'
  | 'poll.tallied'
  | 'status.refreshed'
  | 'quote.requested'
  | 'quote.granted'
  | 'quote.refused'
  | 'quote.revoked'
  | 'interaction.requested'
  | 'interaction.granted'
  | 'interaction.refused'
  | 'reblog.created'
  | 'reblog.removed'
  | 'favourite.created'
  | 'favourite.removed'
  | 'follow.requested'
  | 'follow.accepted'
  | 'follow.rejected'
  | 'instance-follow.rejected'
  | 'follow.removed'
  | 'block.created'
  | 'block.removed'
  | 'report.created'
  | 'relay.enabled'
  | 'relay.disabled'
  | 'relay.followed'
>

/** Events that open streams show, or that end them. */
export const streamedTypes = [
  'status.published',
  'status.received',
  'status.edited',
  'status.deleted',
  'reblog.created',
  'reblog.removed',
  'notification.created',
  'notifications.merged',
  'conversation.updated',
  'filters.changed',
  'announcement.published',
  'announcement.updated',
  'announcement.reaction',
  'announcement.removed',
  'token.revoked',
] as const satisfies Event['type'][]
export type StreamedEvent = EventOf<(typeof streamedTypes)[number]>
