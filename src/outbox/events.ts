/** Every event that has consequences. */
import type {
  AccountId,
  AnnouncementId,
  CardId,
  CollectionId,
  ConversationId,
  Id,
  MediaId,
  NotificationId,
  RelationId,
  RelayId,
  ReportId,
  SecurityEventId,
  StatusId,
  StrikeId,
  TagId,
  TokenId,
} from '../platform/ids.ts'
import type { InteractionKind } from '../platform/interaction-kind.ts'

/** An item of a remote collection, as its server states it; URIs. Nulls: only the item itself is named. */
export type ClaimedItem = { uri: string; accountUri: string | null; approvalUri: string | null }

/** `staysHere`: no other server has the status, so none gets a Delete. */
type Reach = { staysHere?: true }

/** Events carry ids and URIs; handlers read the rows, and stop if they are gone. */
export type Event =
  /** A person has an account now, which may still wait for confirmation or approval. */
  | { type: 'account.created'; accountId: AccountId }
  /** The account is confirmed and approved: its person can use it. */
  | { type: 'account.ready'; accountId: AccountId }
  | { type: 'account.registered'; accountId: AccountId }
  | { type: 'account.approved'; accountId: AccountId }
  /** A person who came by an invitation that makes them follow its maker is confirmed and approved. */
  | { type: 'account.arrived'; accountId: AccountId }
  /** Somebody waits for approval, of which a moderator is told by mail. */
  | { type: 'applicant.waits'; staffId: AccountId }
  /** `letter`: the sealed mail to the person, as their account is gone. */
  | { type: 'applicant.rejected'; accountId: AccountId; letter: string }
  | { type: 'address.reused'; accountId: AccountId }
  /** Somebody wanted the address of this account for another one. */
  | { type: 'address.wanted'; accountId: AccountId }
  | { type: 'address.change-requested'; accountId: AccountId }
  | { type: 'password.forgotten'; accountId: AccountId }
  /** Somebody who came by a provider wants to log in to the account by it. */
  | { type: 'account.join-requested'; accountId: AccountId }
  /** The security log of an account has an entry that its person is told of by mail. */
  | { type: 'security.recorded'; eventId: SecurityEventId }
  | { type: 'account.updated'; accountId: AccountId }
  /** Staff did something to the account that other servers don't notice. */
  | { type: 'account.moderated'; accountId: AccountId }
  | { type: 'account.deleted'; accountId: AccountId }
  /** Follow requests by or to the account need no decision any more. */
  | { type: 'account.opened'; accountId: AccountId }
  /** It is deleted, and its data is too much to erase at once; `hasRecipients`: whether the recipients of its Delete are stored already. */
  | { type: 'account.erasure-pending'; accountId: AccountId; hasRecipients: boolean }
  | { type: 'account.moved'; accountId: AccountId; targetId: AccountId; isLocal: boolean }
  /** A moderator hid the account; its follows end. */
  | { type: 'account.suspended'; accountId: AccountId }
  /** The person is to be told of an action of staff by mail. */
  | { type: 'strike.made'; strikeId: StrikeId }
  /** The person is to be told by mail that an action against them was lifted. */
  | { type: 'strike.lifted'; strikeId: StrikeId }
  /** The person is to be told by mail that their appeal was approved or rejected. */
  | { type: 'appeal.decided'; strikeId: StrikeId }
  | ({ type: 'status.published'; statusId: StatusId; isReply: boolean } & Reach)
  /** A status that was held back goes to other servers. */
  | { type: 'status.left'; statusId: StatusId; isReply: boolean }
  /** The same for a boost. */
  | { type: 'reblog.left'; statusId: StatusId }
  | {
      type: 'status.received'
      statusId: StatusId
      missingParent: string | null
      depth: number
      fetchesLeft: number | null
    }
  /** A local person opens a thread that began on another server. */
  | { type: 'thread.opened'; statusId: StatusId; uri: string }
  /** `leavesNoMark`: it was held, so that the edit notifies nobody. */
  | ({ type: 'status.edited'; statusId: StatusId; leavesNoMark?: true } & Reach)
  | ({ type: 'status.deleted'; statusId: StatusId; tagIds: TagId[] } & Reach)
  | { type: 'status.pinned'; accountId: AccountId; statusId: StatusId }
  | { type: 'status.unpinned'; accountId: AccountId; statusId: StatusId }
  /** `name`: the account's spelling. */
  | { type: 'tag.featured'; accountId: AccountId; tagId: TagId; name: string }
  | { type: 'tag.unfeatured'; accountId: AccountId; tagId: TagId; name: string }
  | { type: 'poll.voted'; accountId: AccountId; statusId: StatusId; positions: number[] }
  | { type: 'poll.tallied'; statusId: StatusId }
  /** Its form for other servers changed, although its author did not edit it. */
  | { type: 'status.refreshed'; statusId: StatusId }
  /** A local status quotes one of another server. */
  | { type: 'quote.requested'; statusId: StatusId }
  /** A remote status quotes a status that is to be fetched, or whose consent is to be verified. */
  | { type: 'quote.received'; statusId: StatusId; depth: number }
  | { type: 'quote.granted'; statusId: StatusId }
  | { type: 'quote.refused'; requestUri: string; accountId: AccountId; quotedId: StatusId; quotingUri: string }
  | { type: 'quote.revoked'; statusId: StatusId }
  /** A local account wants an interaction with a remote status that needs its author's consent. */
  | { type: 'interaction.requested'; kind: InteractionKind; interactionId: Id<string> }
  /** `requestUri`: null where the other server sent the interaction without a request. */
  | { type: 'interaction.granted'; kind: InteractionKind; interactionId: Id<string>; requestUri: string | null }
  | {
      type: 'interaction.refused'
      kind: InteractionKind
      requestUri: string | null
      accountId: AccountId
      statusId: StatusId
      interactionUri: string
    }
  /** A local author takes back a consent to a remote or local interaction, which is undone already. */
  | {
      type: 'interaction.revoked'
      kind: InteractionKind
      interactionId: Id<string>
      accountId: AccountId
      statusId: StatusId
      interactionUri: string | null
    }
  /** A reply that is shown apart from its thread names a consent that is to be verified. */
  | { type: 'consent.shown'; statusId: StatusId }
  /** A local account made a collection of accounts. */
  | { type: 'collection.created'; collectionId: CollectionId }
  /** `wasListed`: before the change, its owner's profile showed it to others. */
  | { type: 'collection.updated'; collectionId: CollectionId; wasListed: boolean }
  /** `memberIds`: the accounts that were in it, or were asked. */
  | {
      type: 'collection.deleted'
      collectionId: CollectionId
      accountId: AccountId
      wasListed: boolean
      memberIds: AccountId[]
    }
  /** An account that agreed is in a local collection now. */
  | { type: 'collection-item.added'; itemId: RelationId }
  /** `memberId`: the account that was in the collection of `accountId`, or was asked. */
  | {
      type: 'collection-item.removed'
      itemId: RelationId
      collectionId: CollectionId
      accountId: AccountId
      memberId: AccountId
      wasListed: boolean
    }
  /** Collections of a remote account claim to have accounts whose consent is to be verified. `fetchesLeft`: requests that this may take. */
  | { type: 'collection-items.claimed'; accountId: AccountId; fetchesLeft: number }
  /** A local account wants to put a remote one into a collection. */
  | { type: 'feature.requested'; itemId: RelationId }
  /** A local account consents to be in a remote collection. */
  | { type: 'feature.granted'; itemId: RelationId }
  | { type: 'feature.refused'; requestUri: string; accountId: AccountId; featuredId: AccountId }
  /** A local account takes back its consent to be in a collection of `ownerId`. */
  | { type: 'feature.revoked'; itemId: RelationId; accountId: AccountId; ownerId: AccountId }
  | { type: 'card.wanted'; cardId: CardId; isLocal: boolean }
  | ({ type: 'reblog.created'; statusId: StatusId } & Reach)
  | ({ type: 'reblog.removed'; statusId: StatusId } & Reach)
  | { type: 'favourite.created'; accountId: AccountId; statusId: StatusId; favouriteId: RelationId }
  /** `reactionsStay`: reactions of the account still imply the favourite. */
  | {
      type: 'favourite.removed'
      accountId: AccountId
      statusId: StatusId
      favouriteId: RelationId
      reactionsStay?: true
    }
  | { type: 'reaction.created'; accountId: AccountId; statusId: StatusId; reactionId: RelationId }
  /** `content`: the emoji as it was sent; `favouriteStays`: the account still favours the status, or reacts to it with other emojis. */
  | {
      type: 'reaction.removed'
      accountId: AccountId
      statusId: StatusId
      reactionId: RelationId
      content: string
      favouriteStays: boolean
    }
  | { type: 'follow.requested'; followerId: AccountId; targetId: AccountId; uri: string }
  | { type: 'follow.accepted'; followerId: AccountId; targetId: AccountId; uri: string }
  | { type: 'follow.rejected'; followerId: AccountId; targetId: AccountId; uri: string }
  /** Another server's actor asked to follow this instance's own. */
  | { type: 'instance-follow.rejected'; followerId: AccountId; uri: string }
  | { type: 'follow.removed'; followerId: AccountId; targetId: AccountId; uri: string }
  | { type: 'block.created'; accountId: AccountId; targetId: AccountId; uri: string }
  | { type: 'block.removed'; accountId: AccountId; targetId: AccountId; uri: string }
  | { type: 'domain.blocked'; accountId: AccountId; domain: string }
  /** The rule about another server changed; null: any number of rules. */
  | { type: 'domain.ruled'; domain: string | null }
  /** `pushes`: the push subscriptions that it goes to. Filtered notifications make no event. */
  | { type: 'notification.created'; notificationId: NotificationId; mails: boolean; pushes: RelationId[] }
  | { type: 'profile.read'; accountId: AccountId }
  /** A remote profile was read too long ago. `isUrgent`: a person is looking at it. */
  | { type: 'profile.stale'; accountId: AccountId; isUrgent: boolean }
  /** A local person looks at a remote account whose earlier posts were never fetched. */
  | { type: 'profile.empty'; accountId: AccountId }
  | { type: 'links.unverified'; accountId: AccountId; isLocal: boolean }
  | { type: 'token.revoked'; tokenId: TokenId }
  | { type: 'report.created'; reportId: ReportId; domains: string[] }
  /** There is a new report, of a person here, of another server, or of somebody without an account. */
  | { type: 'report.filed'; reportId: ReportId }
  /** Staff changed something about a report. */
  | { type: 'report.changed'; reportId: ReportId }
  /** A moderator sends a report on to the server of the reported account. */
  | { type: 'report.forwarded'; reportId: ReportId }
  /** The person who reported is to be told by mail what came of it. */
  | { type: 'report.answered'; reportId: ReportId }
  | { type: 'relay.enabled'; relayId: RelayId }
  /** `followed`: the followed actor, or null where the public collection was followed. */
  | { type: 'relay.disabled'; inboxUrl: string; followUri: string; followed: string | null }
  | { type: 'relay.followed'; inboxUrl: string; actorUri: string; uri: string }
  | { type: 'announcement.published'; announcementId: AnnouncementId }
  | { type: 'announcement.updated'; announcementId: AnnouncementId }
  | { type: 'announcement.reaction'; announcementId: AnnouncementId; name: string }
  | { type: 'announcement.removed'; announcementId: AnnouncementId }
  | { type: 'conversation.updated'; accountId: AccountId; conversationId: ConversationId }
  | { type: 'filters.changed'; accountId: AccountId }
  | { type: 'notifications.merged'; accountId: AccountId }
  /** It has to be processed before it can be shown. */
  | { type: 'media.uploaded'; mediaId: MediaId }
  | { type: 'files.orphaned'; files: string[] }
  /** A person asks for their annual report. */
  | { type: 'annual-report.requested'; accountId: AccountId; year: number }

export type EventOf<T extends Event['type']> = Extract<Event, { type: T }>

/** Events that may be federated. */
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
  | 'interaction.revoked'
  | 'collection.created'
  | 'collection.updated'
  | 'collection.deleted'
  | 'collection-item.added'
  | 'collection-item.removed'
  | 'feature.requested'
  | 'feature.granted'
  | 'feature.refused'
  | 'feature.revoked'
  | 'reblog.created'
  | 'reblog.removed'
  | 'favourite.created'
  | 'favourite.removed'
  | 'reaction.created'
  | 'reaction.removed'
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

/** Events that open streams send, or that close them. */
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
