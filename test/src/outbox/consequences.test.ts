/** The jobs of each event. A change of the table in the code needs the same change here. */
import { describe, expect, test } from 'vitest'
import { consequences } from '#src/outbox/consequences.ts'
import type { Event, EventOf } from '#src/outbox/events.ts'
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
} from '#src/platform/ids.ts'

const id = <T extends string>(n: number) => String(n) as T
const [alice, bob] = [id<AccountId>(1), id<AccountId>(2)]
const post = id<StatusId>(3)
const relation = id<RelationId>(4)
const collection = id<CollectionId>(8)
const tag = id<TagId>(5)
const uri = 'https://remote.test/uri'
const inboxUrl = 'https://remote.test/inbox'

type Row<T extends Event['type']> = [what: Omit<EventOf<T>, 'type'>, ...jobs: string[]]

/** Each event, in its kinds, with its jobs: their names, and in brackets their queues and whether they replace a waiting one. */
const table: { [T in Event['type']]: Row<T>[] } = {
  'account.created': [[{ accountId: alice }]],
  'account.ready': [[{ accountId: alice }]],
  'account.moderated': [[{ accountId: alice }]],
  'account.registered': [[{ accountId: alice }, 'account-mail']],
  'account.approved': [[{ accountId: alice }, 'account-mail']],
  'account.arrived': [[{ accountId: alice }, 'follow-inviter']],
  'applicant.waits': [[{ staffId: alice }, 'applicants-mail (once)']],
  'applicant.rejected': [[{ accountId: alice, letter: 'sealed' }, 'rejection-mail']],
  'address.reused': [[{ accountId: alice }, 'account-mail']],
  'address.wanted': [[{ accountId: alice }, 'account-mail']],
  'address.change-requested': [[{ accountId: alice }, 'account-mail']],
  'password.forgotten': [[{ accountId: alice }, 'account-mail']],
  'account.join-requested': [[{ accountId: alice }, 'account-mail']],
  'security.recorded': [[{ eventId: id<SecurityEventId>(6) }, 'security-mail']],
  'account.suspended': [[{ accountId: alice }, 'sever-suspended (once)']],
  'strike.made': [[{ strikeId: id<StrikeId>(7) }, 'strike-mail']],
  'strike.lifted': [[{ strikeId: id<StrikeId>(7) }, 'lift-mail']],
  'appeal.decided': [[{ strikeId: id<StrikeId>(7) }, 'appeal-mail']],
  'account.updated': [[{ accountId: alice }, 'federate']],
  'account.deleted': [[{ accountId: alice }, 'federate']],
  'account.opened': [[{ accountId: alice }, 'accept-follow-requests']],
  'account.erasure-pending': [[{ accountId: alice, hasRecipients: true }, 'erase-account (once, in erase-account)']],
  'account.moved': [
    [{ accountId: alice, targetId: bob, isLocal: true }, 'federate', 'move-relationships'],
    [{ accountId: bob, targetId: alice, isLocal: false }, 'move-relationships'],
  ],
  'status.published': [
    [{ statusId: post, isReply: false }, 'federate'],
    [{ statusId: post, isReply: true }, 'federate'],
    [{ statusId: post, isReply: true, staysHere: true }],
  ],
  'status.left': [[{ statusId: post, isReply: false }, 'federate']],
  'reblog.left': [[{ statusId: post }, 'federate']],
  'status.received': [
    [{ statusId: post, missingParent: null, depth: 0, fetchesLeft: null }],
    [{ statusId: post, missingParent: uri, depth: 0, fetchesLeft: null }, 'ancestors'],
    [{ statusId: post, missingParent: uri, depth: 29, fetchesLeft: 1 }, 'ancestors'],
    [{ statusId: post, missingParent: uri, depth: 30, fetchesLeft: 1 }],
    [{ statusId: post, missingParent: uri, depth: 29, fetchesLeft: 0 }],
  ],
  'thread.opened': [[{ statusId: post, uri }, 'thread']],
  'status.edited': [
    [{ statusId: post }, 'federate', 'edit-notices'],
    [{ statusId: post, staysHere: true }, 'edit-notices'],
    [{ statusId: post, staysHere: true, leavesNoMark: true }],
  ],
  'status.deleted': [
    [{ statusId: post, tagIds: [tag] }, 'federate'],
    [{ statusId: post, tagIds: [tag], staysHere: true }],
  ],
  'status.pinned': [[{ accountId: alice, statusId: post }, 'federate']],
  'status.unpinned': [[{ accountId: alice, statusId: post }, 'federate']],
  'tag.featured': [[{ accountId: alice, tagId: tag, name: 'Cats' }, 'federate']],
  'tag.unfeatured': [[{ accountId: alice, tagId: tag, name: 'Cats' }, 'federate']],
  'poll.voted': [[{ accountId: alice, statusId: post, positions: [0] }, 'federate']],
  'poll.tallied': [[{ statusId: post }, 'federate']],
  'status.refreshed': [[{ statusId: post }, 'federate']],
  'quote.requested': [[{ statusId: post }, 'federate']],
  'quote.received': [[{ statusId: post, depth: 29 }, 'quote'], [{ statusId: post, depth: 30 }]],
  'quote.granted': [[{ statusId: post }, 'federate']],
  'quote.refused': [[{ requestUri: uri, accountId: alice, quotedId: post, quotingUri: uri }, 'federate']],
  'quote.revoked': [[{ statusId: post }, 'federate']],
  'collection.created': [[{ collectionId: collection }, 'federate']],
  'collection.updated': [[{ collectionId: collection, wasListed: true }, 'federate']],
  'collection.deleted': [
    [{ collectionId: collection, accountId: alice, wasListed: true, memberIds: [bob] }, 'federate'],
  ],
  'collection-item.added': [[{ itemId: relation }, 'federate']],
  'collection-item.removed': [
    [{ itemId: relation, collectionId: collection, accountId: alice, memberId: bob, wasListed: true }, 'federate'],
  ],
  'collection-items.claimed': [
    [{ accountId: alice, fetchesLeft: 60 }, 'collection-items (once, in collection-items-1)'],
    [{ accountId: bob, fetchesLeft: 60 }, 'collection-items (once, in collection-items-0)'],
  ],
  'feature.requested': [[{ itemId: relation }, 'federate']],
  'feature.granted': [[{ itemId: relation }, 'federate']],
  'feature.refused': [[{ requestUri: uri, accountId: bob, featuredId: alice }, 'federate']],
  'feature.revoked': [[{ itemId: relation, accountId: alice, ownerId: bob }, 'federate']],
  'interaction.requested': [[{ kind: 'like', interactionId: id<Id<string>>(6) }, 'federate']],
  'interaction.granted': [[{ kind: 'like', interactionId: id<Id<string>>(6), requestUri: uri }, 'federate']],
  'interaction.refused': [
    [{ kind: 'like', requestUri: uri, accountId: alice, statusId: post, interactionUri: uri }, 'federate'],
  ],
  'interaction.revoked': [
    [
      { kind: 'like', interactionId: id<Id<string>>(6), accountId: alice, statusId: post, interactionUri: uri },
      'federate',
    ],
  ],
  'consent.shown': [[{ statusId: post }, 'reply-consent']],
  'card.wanted': [
    [{ cardId: id<CardId>(7), isLocal: true }, 'card (once)'],
    [{ cardId: id<CardId>(7), isLocal: false }, 'card (once)'],
  ],
  'reblog.created': [[{ statusId: post }, 'federate'], [{ statusId: post, staysHere: true }]],
  'reblog.removed': [[{ statusId: post }, 'federate'], [{ statusId: post, staysHere: true }]],
  'favourite.created': [[{ accountId: alice, statusId: post, favouriteId: relation }, 'federate']],
  'favourite.removed': [[{ accountId: alice, statusId: post, favouriteId: relation }, 'federate']],
  'reaction.created': [[{ accountId: alice, statusId: post, reactionId: relation }, 'federate']],
  'reaction.removed': [
    [{ accountId: alice, statusId: post, reactionId: relation, content: '🎉', favouriteStays: false }, 'federate'],
  ],
  'follow.requested': [[{ followerId: alice, targetId: bob, uri }, 'federate', 'featured (once)', 'backfill (once)']],
  'follow.accepted': [[{ followerId: bob, targetId: alice, uri }, 'federate']],
  'follow.rejected': [[{ followerId: bob, targetId: alice, uri }, 'federate']],
  'instance-follow.rejected': [[{ followerId: bob, uri }, 'federate']],
  'follow.removed': [[{ followerId: alice, targetId: bob, uri }, 'federate']],
  'block.created': [[{ accountId: alice, targetId: bob, uri }, 'federate']],
  'block.removed': [[{ accountId: alice, targetId: bob, uri }, 'federate']],
  'domain.blocked': [[{ accountId: alice, domain: 'bad.test' }, 'sever-domain']],
  'domain.ruled': [
    [{ domain: 'bad.test' }, 'apply-domain-rules (once, in domain-rules)'],
    [{ domain: null }, 'apply-domain-rules (once, in domain-rules)'],
  ],
  'notification.created': [
    [{ notificationId: id<NotificationId>(8), mails: false, pushes: [] }],
    [
      { notificationId: id<NotificationId>(8), mails: true, pushes: [relation, relation] },
      'mention-mail',
      'push',
      'push',
    ],
  ],
  'profile.read': [[{ accountId: bob }, 'featured (once)']],
  'profile.stale': [
    [{ accountId: bob, isUrgent: true }, 'profile (once)'],
    [{ accountId: bob, isUrgent: false }, 'profile (once)'],
  ],
  'profile.empty': [[{ accountId: bob }, 'backfill (once)']],
  'links.unverified': [
    [{ accountId: alice, isLocal: true }, 'verify-links (once)'],
    [{ accountId: bob, isLocal: false }, 'verify-links (once)'],
  ],
  'token.revoked': [[{ tokenId: id<TokenId>(9) }]],
  'report.filed': [[{ reportId: id<ReportId>(10) }]],
  'report.changed': [[{ reportId: id<ReportId>(10) }]],
  'report.created': [[{ reportId: id<ReportId>(10), domains: ['remote.test'] }, 'federate']],
  'report.forwarded': [[{ reportId: id<ReportId>(10) }, 'federate']],
  'report.answered': [[{ reportId: id<ReportId>(10) }, 'report-mail']],
  'relay.enabled': [[{ relayId: id<RelayId>(11) }, 'federate']],
  'relay.disabled': [[{ inboxUrl, followUri: uri, followed: null }, 'federate']],
  'relay.followed': [[{ inboxUrl, actorUri: uri, uri }, 'federate']],
  'announcement.published': [[{ announcementId: id<AnnouncementId>(12) }]],
  'announcement.updated': [[{ announcementId: id<AnnouncementId>(12) }]],
  'announcement.reaction': [[{ announcementId: id<AnnouncementId>(12), name: '👍' }]],
  'announcement.removed': [[{ announcementId: id<AnnouncementId>(12) }]],
  'conversation.updated': [[{ accountId: alice, conversationId: id<ConversationId>(13) }]],
  'filters.changed': [[{ accountId: alice }]],
  'notifications.merged': [[{ accountId: alice }]],
  'media.uploaded': [
    [{ mediaId: id<MediaId>(14) }, 'media (in media-0)'],
    [{ mediaId: id<MediaId>(15) }, 'media (in media-1)'],
  ],
  'files.orphaned': [[{ files: ['a.webp'] }, 'delete-files']],
  'annual-report.requested': [[{ accountId: alice, year: 2026 }, 'annual-report (once)']],
}

const jobsOf = (event: Event) =>
  (consequences[event.type] as (event: Event) => ReturnType<(typeof consequences)['status.published']>)(event)

describe('an event is followed by the jobs that this table says', () => {
  const rows = Object.entries(table).flatMap(([type, kinds]) =>
    kinds.map(([what, ...jobs]) => [type, JSON.stringify(what), { type, ...what } as Event, jobs] as const),
  )
  test.each(rows)('%s of %s', (_type, _what, event, expected) => {
    const jobs = jobsOf(event).map(({ name, key, queue }) => {
      const notes = [key && 'once', queue && `in ${queue}`].filter(Boolean).join(', ')
      return notes ? `${name} (${notes})` : name
    })
    expect(jobs).toEqual(expected)
  })
})
