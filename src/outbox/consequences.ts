/** The consequences of each event, in one table: its jobs, and the stored documents that it outdates. */
import { type AccountId, newId } from '../platform/ids.ts'
import { dayMs, minuteMs } from '../platform/time.ts'
import type { Event, EventOf, FederatedEvent } from './events.ts'
import type { Changed } from './forget-documents.ts'
import type { Job, Jobs } from './jobs.ts'

/** Parents of a reply that are fetched, one after the other. */
const maxAncestors = 30

/** Requests that a reply may cause until its thread is complete upwards. */
const ancestorFetches = 100

/** Requests that opening a thread may cause. */
const threadFetches = 100

/** A step to the quote of a quote counts as this many parents. */
const quoteStep = 10

/** A link reaches many servers at once: they spread their requests to its page over this time. */
const cardSpreadMs = minuteMs

/** A changed profile reaches many servers at once: they spread their requests to its pages over this time. */
const spreadMs = 10 * minuteMs

const federate = (event: FederatedEvent): Job[] => [
  { name: 'federate', payload: { event, key: crypto.randomUUID(), order: newId() } },
]

const unlessHere = (event: FederatedEvent & { staysHere?: true }): Job[] => (event.staysHere ? [] : federate(event))

/** Remote accounts that are followed here show their pins here. */
const featured = (accountId: AccountId): Job => ({
  name: 'featured',
  payload: { accountId },
  key: `featured ${accountId}`,
})

/** How long it goes on while servers can't be asked. Items without consent are due again after a day, so it never asks for one twice. */
const verifyingMs = dayMs

/**
 * Verifies what the collections of a remote account claim. For one account after the other, so that no owner of collections fills the
 * lane, and no two jobs ask for the same owner at once.
 *
 * @param goesOnAt when a job goes on with what is left of its requests. It has a key of its own: it doesn't replace the job of a newer cause
 */
export const verifyItems = (payload: Jobs['collection-items'], goesOnAt?: Date): Job => ({
  name: 'collection-items',
  payload,
  key: `collection-items ${payload.accountId}${goesOnAt ? ' again' : ''}`,
  queue: `collection-items-${BigInt(payload.accountId) % 2n}`,
  ...(goesOnAt ? { runAt: goesOnAt } : {}),
})

/** Fetches the posts that an account wrote before this server knew it. */
const backfill = (accountId: AccountId): Job => ({
  name: 'backfill',
  payload: { accountId },
  key: `backfill ${accountId}`,
})

/** The jobs that follow from each event. */
export const consequences: { [T in Event['type']]: (event: EventOf<T>) => Job[] } = {
  'account.created': () => [],
  'account.ready': () => [],
  'account.registered': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'confirm' } }],
  'address.reused': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'address-in-use' } }],
  'address.wanted': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'address-wanted' } }],
  'address.change-requested': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'change' } }],
  'account.approved': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'approved' } }],
  'account.arrived': ({ accountId }) => [{ name: 'follow-inviter', payload: { accountId } }],
  'applicant.waits': ({ staffId: accountId }) => [
    { name: 'applicants-mail', payload: { accountId }, key: `applicants-mail ${accountId}` },
  ],
  'applicant.rejected': ({ accountId, letter }) => [{ name: 'rejection-mail', payload: { accountId, letter } }],
  'password.forgotten': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'reset' } }],
  'account.join-requested': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'join' } }],
  'security.recorded': ({ eventId }) => [{ name: 'security-mail', payload: { eventId } }],
  'account.updated': federate,
  'account.moderated': () => [],
  'account.deleted': federate,
  'account.opened': ({ accountId }) => [{ name: 'accept-follow-requests', payload: { accountId } }],
  // One after the other: other servers decide when accounts are deleted, and many at once must not fill the lane.
  'account.erasure-pending': ({ accountId, hasRecipients }) => [
    {
      name: 'erase-account',
      payload: { accountId, hasRecipients },
      key: `erase-account ${accountId}`,
      queue: 'erase-account',
    },
  ],
  'account.moved': (event) => [
    ...(event.isLocal ? federate(event) : []),
    {
      name: 'move-relationships',
      payload: { fromId: event.accountId, toId: event.targetId, part: 'decisions', after: null },
    },
  ],
  'account.suspended': ({ accountId }) => [
    { name: 'sever-suspended', payload: { accountId }, key: `sever ${accountId}` },
  ],
  'strike.made': ({ strikeId }) => [{ name: 'strike-mail', payload: { strikeId } }],
  'strike.lifted': ({ strikeId }) => [{ name: 'lift-mail', payload: { strikeId } }],
  'appeal.decided': ({ strikeId }) => [{ name: 'appeal-mail', payload: { strikeId } }],
  'status.published': unlessHere,
  'status.left': ({ statusId, isReply }) => federate({ type: 'status.published', statusId, isReply }),
  'reblog.left': ({ statusId }) => federate({ type: 'reblog.created', statusId }),
  'status.received': ({ statusId, missingParent, depth, fetchesLeft }) =>
    missingParent && depth < maxAncestors && fetchesLeft !== 0
      ? [
          {
            name: 'ancestors',
            payload: { statusId, uri: missingParent, depth: depth + 1, fetchesLeft: fetchesLeft ?? ancestorFetches },
          },
        ]
      : [],
  'thread.opened': ({ statusId, uri }) => [
    {
      name: 'thread',
      payload: {
        statusId,
        steps: [{ type: 'status', uri, depth: 0, list: null }],
        fetchesLeft: threadFetches,
        found: 0,
      },
    },
  ],
  'status.edited': (event) => [
    ...unlessHere(event),
    ...(event.leavesNoMark
      ? []
      : [{ name: 'edit-notices' as const, payload: { statusId: event.statusId, after: null } }]),
  ],
  'status.deleted': unlessHere,
  'status.pinned': federate,
  'status.unpinned': federate,
  'tag.featured': federate,
  'tag.unfeatured': federate,
  'poll.voted': federate,
  'poll.tallied': federate,
  'status.refreshed': federate,
  'quote.requested': federate,
  'quote.received': ({ statusId, depth }) =>
    depth < maxAncestors ? [{ name: 'quote', payload: { statusId, depth: depth + quoteStep } }] : [],
  'quote.granted': federate,
  'quote.refused': federate,
  'quote.revoked': federate,
  'interaction.requested': federate,
  'interaction.granted': federate,
  'interaction.refused': federate,
  'interaction.revoked': federate,
  'consent.shown': ({ statusId }) => [{ name: 'reply-consent', payload: { statusId } }],
  'collection.created': federate,
  'collection.updated': federate,
  'collection.deleted': federate,
  'collection-item.added': federate,
  'collection-item.removed': federate,
  'collection-items.claimed': ({ accountId, fetchesLeft }) => [
    verifyItems({ accountId, fetchesLeft, endsAt: Date.now() + verifyingMs }),
  ],
  'feature.requested': federate,
  'feature.granted': federate,
  'feature.refused': federate,
  'feature.revoked': federate,
  'card.wanted': ({ cardId, isLocal }) => [
    {
      name: 'card',
      payload: { cardId },
      runAt: new Date(Date.now() + (isLocal ? 0 : cardSpreadMs * Math.random())),
      key: `card ${cardId}`,
    },
  ],
  'reblog.created': unlessHere,
  'reblog.removed': unlessHere,
  'favourite.created': federate,
  'favourite.removed': federate,
  'reaction.created': federate,
  'reaction.removed': federate,
  'follow.requested': (event) => [...federate(event), featured(event.targetId), backfill(event.targetId)],
  'follow.accepted': federate,
  'follow.rejected': federate,
  'instance-follow.rejected': federate,
  'follow.removed': federate,
  'block.created': federate,
  'block.removed': federate,
  'domain.blocked': ({ accountId, domain }) => [{ name: 'sever-domain', payload: { accountId, domain } }],
  // One after the other, so that no job with old rules undoes the work of one with new rules.
  'domain.ruled': ({ domain }) => [
    {
      name: 'apply-domain-rules',
      payload: { domain },
      key: `apply-domain-rules ${domain ?? ''}`,
      queue: 'domain-rules',
    },
  ],
  'notification.created': ({ notificationId, mails, pushes }) => [
    ...(mails ? [{ name: 'mention-mail' as const, payload: { notificationId } }] : []),
    ...pushes.map((subscriptionId) => ({ name: 'push' as const, payload: { subscriptionId, notificationId } })),
  ],
  'profile.read': ({ accountId }) => [featured(accountId)],
  'profile.stale': ({ accountId, isUrgent }) => [
    {
      name: 'profile',
      payload: { accountId },
      runAt: new Date(Date.now() + (isUrgent ? 0 : spreadMs * Math.random())),
      key: `profile ${accountId}`,
    },
  ],
  'profile.empty': ({ accountId }) => [backfill(accountId)],
  'links.unverified': ({ accountId, isLocal }) => [
    {
      name: 'verify-links',
      payload: { accountId },
      runAt: new Date(Date.now() + (isLocal ? 0 : spreadMs * Math.random())),
      key: `verify-links ${accountId}`,
    },
  ],
  'token.revoked': () => [],
  'report.created': federate,
  'report.filed': () => [],
  'report.changed': () => [],
  'report.forwarded': ({ reportId }) => federate({ type: 'report.created', reportId, domains: [] }),
  'report.answered': ({ reportId }) => [{ name: 'report-mail', payload: { reportId } }],
  'relay.enabled': federate,
  'relay.disabled': federate,
  'relay.followed': federate,
  'announcement.published': () => [],
  'announcement.updated': () => [],
  'announcement.reaction': () => [],
  'announcement.removed': () => [],
  'conversation.updated': () => [],
  'filters.changed': () => [],
  'notifications.merged': () => [],
  // Two queues, each with one job at a time: films take minutes, and must not keep posts waiting.
  'media.uploaded': ({ mediaId }) => [{ name: 'media', payload: { mediaId }, queue: `media-${BigInt(mediaId) % 2n}` }],
  'files.orphaned': ({ files }) => [{ name: 'delete-files', payload: { files } }],
  'annual-report.requested': ({ accountId, year }) => [
    { name: 'annual-report', payload: { accountId, year }, key: `annual-report ${accountId} ${year}` },
  ],
}

/** The events that outdate stored documents for other servers. */
export const outdating: { [T in Event['type']]?: (event: EventOf<T>) => Partial<Changed> } = {
  'account.updated': ({ accountId }) => ({ accounts: [accountId] }),
  'account.deleted': ({ accountId }) => ({ accounts: [accountId] }),
  'account.moved': ({ accountId }) => ({ accounts: [accountId] }),
  'status.published': ({ statusId, isReply }) => (isReply ? { replies: [statusId] } : {}),
  'status.left': ({ statusId, isReply }) => ({ statuses: [statusId], ...(isReply ? { replies: [statusId] } : {}) }),
  'status.edited': ({ statusId }) => ({ statuses: [statusId] }),
  'status.refreshed': ({ statusId }) => ({ statuses: [statusId] }),
  'status.deleted': ({ statusId }) => ({ statuses: [statusId], replies: [statusId] }),
}
