/**
 * What follows from what happened, in one table. `emit` queues an event's jobs and notifies listeners in the transaction of
 * the write: all of it happens, or none. To learn or change what follows when a status is published, read `consequences`.
 */
import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { statement } from '../platform/db/statement.ts'
import { minuteMs } from '../platform/time.ts'
import { type Changed, forgetDocuments } from './forget-documents.ts'
import type { InteractionKind } from '../platform/interaction-kind.ts'
import { aloneName } from '../platform/queue/deaths.ts'
import { type Lane, lanesChannel, toLaneNews } from '../platform/queue/lanes.ts'
import { type AccountId, type ActivityId, type AnnouncementId, type CardId, type ConversationId, type Id, type MediaId, newId, type NotificationId, type RelationId, type RelayId, type ReportId, type ScheduledStatusId, type StatusId, type TagId, type TokenId } from '../platform/ids.ts'

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
  | { type: 'status.received'; statusId: StatusId; missingParent: string | null; depth: number; fetchesLeft: number | null }
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
  | { type: 'interaction.refused'; kind: InteractionKind; requestUri: string; accountId: AccountId; statusId: StatusId; interactionUri: string }
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
  | 'account.updated' | 'account.deleted' | 'account.moved' | 'status.published' | 'status.edited' | 'status.deleted' | 'status.pinned' | 'status.unpinned' | 'tag.featured' | 'tag.unfeatured' | 'poll.voted' | 'poll.tallied' | 'status.refreshed' | 'quote.requested' | 'quote.granted' | 'quote.refused' | 'quote.revoked' | 'interaction.requested' | 'interaction.granted' | 'interaction.refused' | 'reblog.created' | 'reblog.removed' | 'favourite.created'
  | 'favourite.removed' | 'follow.requested' | 'follow.accepted' | 'follow.rejected' | 'instance-follow.rejected' | 'follow.removed' | 'block.created' | 'block.removed' | 'report.created' | 'relay.enabled' | 'relay.disabled' | 'relay.followed'
>

/** Every kind of job with its payload. `jobs/tasks.ts` has a handler for each. */
export type Jobs = {
  /** Turns an event into an activity and its deliveries. `key` makes a repeated run make the same activity id; `order` grows with time. */
  federate: { event: FederatedEvent; key: string; order: ActivityId }
  /** Sends what is due to other servers, until nothing is. */
  deliver: Record<string, never>
  /** Erases what a deleted account wrote and did, until nothing is left; before, unless `isTold`, finds out whom to tell of its end. */
  'erase-account': { accountId: AccountId; isTold: boolean }
  /** Asks whether an account elsewhere is gone, as its inbox is. */
  'check-gone': { accountId: AccountId }
  /** A received activity, in the form in which Fedify takes it from a queue. */
  inbox: { message: unknown }
  /** Asks the server of an account elsewhere whom of us it takes for followers, and makes both agree. */
  'synchronise-followers': { accountId: AccountId; url: string; digest: string }
  /** Fetches the parents of a reply. `fetchesLeft`: what the whole chain may still ask for. */
  ancestors: { statusId: StatusId; uri: string; depth: number; fetchesLeft: number }
  /** Fetches the replies to a status of another server, level by level. `found`: those that it got so far. */
  thread: { statusId: StatusId; steps: ThreadStep[]; fetchesLeft: number; found: number }
  /** Reads a profile of another server once more, with what that server counts. */
  profile: { accountId: AccountId }
  /** Fetches the latest posts of an account elsewhere. */
  backfill: { accountId: AccountId }
  /** Finds what a received status quotes, and asks whether its author consents. */
  quote: { statusId: StatusId; depth: number }
  /** Fetches a post that a relay named. */
  relayed: { uri: string }
  /** Asks whether the consent which a received reply shows is one. */
  'reply-consent': { statusId: StatusId }
  /** Fetches the preview of a page. */
  card: { cardId: CardId }
  /** Reads what an account elsewhere shows first on its profile. */
  featured: { accountId: AccountId }
  /** Tells those who boosted or quoted a status that it was edited, from the boost or quote after a given one on. */
  'edit-notices': { statusId: StatusId; after: StatusId | null }
  /** The time of a poll is over. */
  'poll-end': { statusId: StatusId }
  /** Tells voters of the end of a poll, from the one after a given one on. */
  'poll-notices': { statusId: StatusId; after: AccountId | null }
  'publish-scheduled': { scheduledStatusId: ScheduledStatusId }
  'mention-mail': { notificationId: NotificationId }
  /** Sends a notification to the app of one subscription. */
  push: { subscriptionId: RelationId; notificationId: NotificationId }
  /** Tells followers who asked for it of a new status, from the follow after a given one on. */
  'status-notices': { statusId: StatusId; after: RelationId | null }
  /** Puts what an accepted account was held back with among the notifications. */
  'merge-notifications': { accountId: AccountId; fromAccountIds: AccountId[] }
  'account-mail': { accountId: AccountId; about: 'confirm' | 'approved' | 'known' | 'reset' }
  /** Asks the pages that an account's profile links to whether they link back. */
  'verify-links': { accountId: AccountId }
  /** Makes of an uploaded film, sound or animation what is shown. */
  media: { mediaId: MediaId }
  'delete-files': { files: string[] }
  /** Makes a copy of a film or sound of another server. */
  'cache-recording': { url: string }
  /** Adds statuses from before there was an index of words to it, from one on back, or from the newest. */
  'index-statuses': { before: StatusId | null }
  /** Counts what an account's year was like. */
  'annual-report': { accountId: AccountId; year: number }
  /** Takes people here along from an account that moved: what they decided about it, then who follows it, from one on. */
  'move-people': { fromId: AccountId; toId: AccountId; part: 'opinions' | 'followers' | 'requests'; after: AccountId | RelationId | null }
  /** Makes follows of requests that need no decision any more. */
  'let-in': { accountId: AccountId }
  /** Ends an account's follows to and from a server that it blocked, and takes its notifications away. */
  'sever-domain': { accountId: AccountId; domain: string }
  /** Makes what is here of a server, or of all, be as the rules about it want. */
  'apply-domain-rules': { domain: string | null }
}

/** Why posts are fetched: they reply to one, belong to a conversation, or one that is here replies to them. */
export type ThreadList = { repliesTo: string } | { context: string } | { repliedBy: string }

/** What is to be fetched of a thread next. `depth`: how many replies below the one that was opened. */
export type ThreadStep =
  /** A post; `list` is where it was found, null for the one that was opened. */
  | { type: 'status'; uri: string; depth: number; list: ThreadList | null }
  /** A page of a list; so many may come after it. */
  | { type: 'page'; url: string; depth: number; list: ThreadList; pagesLeft: number }

type Job = { [Name in keyof Jobs]: { name: Name; payload: Jobs[Name]; runAt?: Date; key?: string; queue?: string; priority?: number } }[keyof Jobs]

/** Jobs that the crontab queues. */
export type ScheduledJob = 'trends' | 'daily-stats' | 'clean-up' | 'sweep-deliveries' | 'recheck-links'

/**
 * In which lane each kind of job runs (src/platform/queue/lanes.ts), and how early within it: lower runs first, where a job has no
 * priority of its own.
 */
export const jobKinds: Record<keyof Jobs | ScheduledJob, { lane: Lane; priority: number }> = {
  deliver: { lane: 'deliver', priority: 4 },
  federate: { lane: 'deliver', priority: 8 },
  'sweep-deliveries': { lane: 'deliver', priority: 9 },

  inbox: { lane: 'inbox', priority: 5 },

  'account-mail': { lane: 'mail', priority: 0 },
  'mention-mail': { lane: 'mail', priority: 1 },

  push: { lane: 'push', priority: 0 },

  ancestors: { lane: 'fetch', priority: 20 },
  quote: { lane: 'fetch', priority: 20 },
  'reply-consent': { lane: 'fetch', priority: 20 },
  'check-gone': { lane: 'fetch', priority: 20 },
  featured: { lane: 'fetch', priority: 21 },
  card: { lane: 'fetch', priority: 22 },
  thread: { lane: 'fetch', priority: 23 },
  profile: { lane: 'fetch', priority: 24 },
  backfill: { lane: 'fetch', priority: 24 },
  'synchronise-followers': { lane: 'fetch', priority: 24 },
  'verify-links': { lane: 'fetch', priority: 25 },
  'cache-recording': { lane: 'fetch', priority: 28 },
  relayed: { lane: 'fetch', priority: 35 },

  media: { lane: 'media', priority: 15 },

  'merge-notifications': { lane: 'timely', priority: 0 },
  'publish-scheduled': { lane: 'timely', priority: 2 },
  'poll-end': { lane: 'timely', priority: 3 },
  'poll-notices': { lane: 'timely', priority: 3 },
  'status-notices': { lane: 'timely', priority: 3 },
  'edit-notices': { lane: 'timely', priority: 6 },

  'apply-domain-rules': { lane: 'rest', priority: 1 },
  'annual-report': { lane: 'rest', priority: 16 },
  'erase-account': { lane: 'rest', priority: 17 },
  'let-in': { lane: 'rest', priority: 17 },
  'move-people': { lane: 'rest', priority: 18 },
  'sever-domain': { lane: 'rest', priority: 25 },
  'delete-files': { lane: 'rest', priority: 30 },
  trends: { lane: 'rest', priority: 31 },
  'recheck-links': { lane: 'rest', priority: 32 },
  'clean-up': { lane: 'rest', priority: 33 },
  'daily-stats': { lane: 'rest', priority: 33 },
  'index-statuses': { lane: 'rest', priority: 40 },
}

/** The lane of a job by its name; jobs of other versions are of none in particular. */
export const laneOf = (name: string): Lane => (jobKinds as Partial<Record<string, { lane: Lane }>>)[name]?.lane ?? 'rest'

/** Parents of a reply that are fetched one after the other. */
const maxAncestors = 30

/** Requests that a reply may cause until its thread is complete upwards. */
const ancestorFetches = 100

/** Requests that opening a thread may cause. */
const threadFetches = 100

/** Quotes of quotes that are fetched: each step counts as so many parents. */
const quoteStep = 10

/** A link spreads over many servers at once: they don't ask its page at once. */
const cardSpreadMs = minuteMs

/** Many servers learn of a changed profile at once: they don't ask its pages at once. */
const spreadMs = 10 * minuteMs

const federate = (event: FederatedEvent): Job[] => [{ name: 'federate', payload: { event, key: crypto.randomUUID(), order: newId() } }]

/** Accounts elsewhere that are followed here show their pins here. */
const featured = (accountId: AccountId): Job => ({ name: 'featured', payload: { accountId }, key: `featured ${accountId}` })

/** What an account wrote before anybody here knew it. */
const backfill = (accountId: AccountId): Job => ({ name: 'backfill', payload: { accountId }, key: `backfill ${accountId}` })

const consequences: { [T in Event['type']]: (event: EventOf<T>) => Job[] } = {
  'account.registered': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'confirm' } }],
  'address.reused': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'known' } }],
  'account.approved': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'approved' } }],
  'password.forgotten': ({ accountId }) => [{ name: 'account-mail', payload: { accountId, about: 'reset' } }],
  'account.updated': federate,
  'account.deleted': federate,
  'account.opened': ({ accountId }) => [{ name: 'let-in', payload: { accountId } }],
  // One after the other: other servers say when accounts end, and any number of them may not keep the lane.
  'account.emptied': ({ accountId, isTold }) => [{ name: 'erase-account', payload: { accountId, isTold }, key: `erase-account ${accountId}`, queue: 'erase-account' }],
  'account.moved': (event) => [
    ...(event.isLocal ? federate(event) : []),
    { name: 'move-people', payload: { fromId: event.accountId, toId: event.targetId, part: 'opinions', after: null } },
  ],
  'status.published': federate,
  'status.received': ({ statusId, missingParent, depth, fetchesLeft }) =>
    missingParent && depth < maxAncestors && fetchesLeft !== 0 ? [{ name: 'ancestors', payload: { statusId, uri: missingParent, depth: depth + 1, fetchesLeft: fetchesLeft ?? ancestorFetches } }] : [],
  'thread.opened': ({ statusId, uri }) => [{ name: 'thread', payload: { statusId, steps: [{ type: 'status', uri, depth: 0, list: null }], fetchesLeft: threadFetches, found: 0 } }],
  'status.edited': (event) => [...federate(event), { name: 'edit-notices', payload: { statusId: event.statusId, after: null } }],
  'status.deleted': federate,
  'status.pinned': federate,
  'status.unpinned': federate,
  'tag.featured': federate,
  'tag.unfeatured': federate,
  'poll.voted': federate,
  'poll.tallied': federate,
  'status.refreshed': federate,
  'quote.requested': federate,
  'quote.received': ({ statusId, depth }) => (depth < maxAncestors ? [{ name: 'quote', payload: { statusId, depth: depth + quoteStep } }] : []),
  'quote.granted': federate,
  'quote.refused': federate,
  'quote.revoked': federate,
  'interaction.requested': federate,
  'interaction.granted': federate,
  'interaction.refused': federate,
  'consent.shown': ({ statusId }) => [{ name: 'reply-consent', payload: { statusId } }],
  'card.wanted': ({ cardId, isLocal }) => [{ name: 'card', payload: { cardId }, runAt: new Date(Date.now() + (isLocal ? 0 : cardSpreadMs * Math.random())), key: `card ${cardId}` }],
  'reblog.created': federate,
  'reblog.removed': federate,
  'favourite.created': federate,
  'favourite.removed': federate,
  'follow.requested': (event) => [...federate(event), featured(event.targetId), backfill(event.targetId)],
  'follow.accepted': federate,
  'follow.rejected': federate,
  'instance-follow.rejected': federate,
  'follow.removed': federate,
  'block.created': federate,
  'block.removed': federate,
  'domain.blocked': ({ accountId, domain }) => [{ name: 'sever-domain', payload: { accountId, domain } }],
  // One after the other, so that none undoes by old rules what another did by new ones.
  'domain.ruled': ({ domain }) => [{ name: 'apply-domain-rules', payload: { domain }, key: `apply-domain-rules ${domain ?? ''}`, queue: 'domain-rules' }],
  'notification.created': ({ notificationId, mails, pushes }) => [
    ...(mails ? [{ name: 'mention-mail' as const, payload: { notificationId } }] : []),
    ...pushes.map((subscriptionId) => ({ name: 'push' as const, payload: { subscriptionId, notificationId } })),
  ],
  'profile.read': ({ accountId }) => [featured(accountId)],
  'profile.stale': ({ accountId, isUrgent }) => [{ name: 'profile', payload: { accountId }, runAt: new Date(Date.now() + (isUrgent ? 0 : spreadMs * Math.random())), key: `profile ${accountId}` }],
  'profile.empty': ({ accountId }) => [backfill(accountId)],
  'links.given': ({ accountId, isLocal }) => [{ name: 'verify-links', payload: { accountId }, runAt: new Date(Date.now() + (isLocal ? 0 : spreadMs * Math.random())), key: `verify-links ${accountId}` }],
  'token.revoked': () => [],
  'report.created': federate,
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
  // Two queues, in which one job runs at a time: films take minutes, and may not keep posts waiting.
  'media.uploaded': ({ mediaId }) => [{ name: 'media', payload: { mediaId }, queue: `media-${BigInt(mediaId) % 2n}` }],
  'files.orphaned': ({ files }) => [{ name: 'delete-files', payload: { files } }],
  'annual-report.requested': ({ accountId, year }) => [{ name: 'annual-report', payload: { accountId, year }, key: `annual-report ${accountId} ${year}` }],
}

/** Events after which documents that are kept for other servers are no longer true. */
const outdating: { [T in Event['type']]?: (event: EventOf<T>) => Partial<Changed> } = {
  'account.updated': ({ accountId }) => ({ accounts: [accountId] }),
  'account.deleted': ({ accountId }) => ({ accounts: [accountId] }),
  'account.moved': ({ accountId }) => ({ accounts: [accountId] }),
  'status.published': ({ statusId, isReply }) => (isReply ? { replies: [statusId] } : {}),
  'status.edited': ({ statusId }) => ({ statuses: [statusId] }),
  'status.refreshed': ({ statusId }) => ({ statuses: [statusId] }),
  'status.deleted': ({ statusId }) => ({ statuses: [statusId], replies: [statusId] }),
}

/** Events that open streams show, or that end them. */
const streamed = [
  'status.published', 'status.received', 'status.edited', 'status.deleted', 'reblog.created', 'reblog.removed', 'notification.created', 'notifications.merged',
  'conversation.updated', 'filters.changed', 'announcement.published', 'announcement.updated', 'announcement.reaction', 'announcement.removed', 'token.revoked',
] as const satisfies Event['type'][]
export type StreamedEvent = EventOf<(typeof streamed)[number]>

/** The channel of PostgreSQL on which listeners hear that there are new events to read. */
export const eventsChannel = 'events'

/** Queues all that follows from an event, and writes it down for those who listen; they hear of it when the transaction commits. */
export async function emit(tx: Tx, event: Event): Promise<void> {
  await emitAll(tx, [event])
}

/** As `emit`, for several events in as many statements as for one. */
export async function emitAll(tx: Tx, events: readonly Event[]): Promise<void> {
  const jobs = events.flatMap((event) => (consequences[event.type] as (event: Event) => Job[])(event))
  if (jobs.length > 0) await addJobs(tx, jobs)
  const outdated = events.flatMap((event) => (outdating[event.type] as ((event: Event) => Partial<Changed>) | undefined)?.(event) ?? [])
  if (outdated.length > 0) {
    await forgetDocuments(tx, {
      accounts: outdated.flatMap(({ accounts = [] }) => accounts),
      statuses: outdated.flatMap(({ statuses = [] }) => statuses),
      replies: outdated.flatMap(({ replies = [] }) => replies),
    })
  }
  const news = events.filter(({ type }) => (streamed as readonly string[]).includes(type))
  if (news.length > 0) {
    await write(tx, { events: JSON.stringify(news), channel: eventsChannel })
  }
}

const write = statement<{ events: string; channel: string }, Record<string, never>>(
  'write_events',
  ({ events, channel }) => sql`with written as (insert into events (event) select jsonb_array_elements(${events}::jsonb)) select pg_notify(${channel}, '')`,
)

/**
 * Queues jobs in a transaction. What a `key` names replaces a waiting job of the same key; where that has to run alone, so does
 * the new one.
 *
 * @param options `keepsTime`: the replaced job's time stays
 */
export async function addJobs(tx: Pick<Tx, 'execute'>, jobs: Job[], { keepsTime = false } = {}): Promise<void> {
  const specs = jobs.map((job) => ({ identifier: job.name, payload: job.payload, run_at: job.runAt, job_key: job.key, queue_name: job.queue, priority: job.priority ?? jobKinds[job.name].priority }))
  const due = jobs.filter(({ runAt }) => !runAt || runAt.getTime() <= Date.now()).map(({ name }) => jobKinds[name].lane)
  await queue(tx as Tx, { specs: JSON.stringify(specs), keepsTime, news: toLaneNews(due) })
}

// A scalar subquery goes by the index of keys; of a join PostgreSQL makes one of hashes, which reads the whole queue.
const queue = statement<{ specs: string; keepsTime: boolean; news: string }, Record<string, never>>(
  'add_jobs',
  ({ specs, keepsTime, news }) => sql`
    select pg_notify(${sql.raw(`'${lanesChannel}'`)}, ${news})
    from (select count(*) from graphile_worker.add_jobs(array(
      select row(coalesce(
        (select t.identifier from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
          where j.key = spec.job_key and t.identifier = ${sql.raw(`'${aloneName('')}'`)} || spec.identifier),
        spec.identifier), spec.payload, spec.queue_name, spec.run_at, spec.max_attempts, spec.job_key, spec.priority, spec.flags)::graphile_worker.job_spec
      from json_populate_recordset(null::graphile_worker.job_spec, ${specs}::json) with ordinality spec
      order by spec.ordinality), ${keepsTime}::boolean)) added`,
)
