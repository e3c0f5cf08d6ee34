import type { WebhookEvent } from '../platform/db/schema/moderation.ts'
/** Every kind of job: its payload, its lane (`platform/queue/lanes.ts`), and its priority within the lane, where lower runs earlier. */
import type {
  AccountId,
  ActivityId,
  CardId,
  Id,
  MediaId,
  NotificationId,
  RelationId,
  ReportId,
  SecurityEventId,
  StrikeId,
  ScheduledStatusId,
  StatusId,
  WebhookId,
} from '../platform/ids.ts'
import type { Lane } from '../platform/queue/lanes.ts'
import type { FederatedEvent } from './events.ts'

declare const payload: unique symbol
type JobKind<Payload> = { lane: Lane; priority: number; [payload]?: Payload }

/** A job that an event or another job queues. `jobs/tasks.ts` has its handler. */
const job = <Payload>(lane: Lane, priority: number): JobKind<Payload> => ({ lane, priority })
/** A job that the crontab queues. */
const scheduled = (lane: Lane, priority: number): { lane: Lane; priority: number; isScheduled: true } => ({
  lane,
  priority,
  isScheduled: true,
})

export const jobKinds = {
  /** Sends due deliveries to other servers, until none is left. */
  deliver: job<Record<string, never>>('deliver', 4),
  /** Turns an event into an activity and its deliveries. With `key` a repeated run makes the same activity id; `order` grows with time. */
  federate: job<{ event: FederatedEvent; key: string; order: ActivityId }>('deliver', 8),
  /** Queues `deliver` for due deliveries without such a job. */
  'sweep-deliveries': scheduled('deliver', 9),

  /**
   * A received activity of a verified signer. `raw`: its body, byte by byte; `signer`: null when the signer's key is gone; `at`: time of
   * arrival by the clock of the database (milliseconds); `arrivedAt`: by the clock of the process, see `arrivesNow`.
   */
  inbox: job<{ kind: string; raw: string; actor: string; signer: string | null; at: number; arrivedAt?: number }>(
    'inbox',
    5,
  ),

  /** Mails a person about their account. */
  'account-mail': job<{
    accountId: AccountId
    about: 'confirm' | 'approved' | 'address-in-use' | 'address-wanted' | 'change' | 'reset' | 'join'
  }>('mail', 0),
  /** Mails a moderator how many people wait for approval. */
  'applicants-mail': job<{ accountId: AccountId }>('mail', 1),
  /** Mails a person that their sign-up was rejected. `letter`: sealed, as the account is gone. */
  'rejection-mail': job<{ accountId: AccountId; letter: string }>('mail', 1),
  /** Mails a person about an action of staff. */
  'strike-mail': job<{ strikeId: StrikeId }>('mail', 0),
  /** Mails a person that an action of staff was lifted. */
  'lift-mail': job<{ strikeId: StrikeId }>('mail', 0),
  /** Mails a person that their appeal was approved or rejected. */
  'appeal-mail': job<{ strikeId: StrikeId }>('mail', 0),
  /** Mails a member of staff how many appeals or reviews wait, or how many webhooks were turned off. */
  'staff-mail': job<{ accountId: AccountId; about: 'appeals' | 'reviews' | 'webhooks' }>('mail', 1),
  /** Deletes the data of a suspended account at once. */
  'purge-account': job<{ accountId: AccountId }>('rest', 17),
  /** Does what a member of staff (null: the command line) decided for many accounts. Dates are ISO texts. */
  'act-on-accounts': job<{
    actId: Id<'act'>
    staffId: AccountId | null
    ids: AccountId[]
    action: string
    text: string
    endsAt: string | null
    reviewAt: string | null
    /** Whether the persons get a mail; jobs of older versions send one. */
    mails?: boolean
  }>('rest', 1),
  /** Lifts strikes whose time is over, and tells staff of those that come up for review. */
  'end-strikes': scheduled('rest', 2),
  /** Deletes the data of accounts that were suspended 30 days ago. */
  'purge-accounts': scheduled('rest', 33),
  /** Mails somebody without an account that their report came in. `locale`: the language of the form. */
  'report-receipt': job<{ reportId: ReportId; locale: string }>('mail', 1),
  /** Mails the answer of staff to the person who reported. */
  'report-mail': job<{ reportId: ReportId }>('mail', 1),
  /** Ends the follows by a remote account that a moderator suspended. */
  'sever-suspended': job<{ accountId: AccountId }>('rest', 17),
  /** Mails a person about an entry in the security log; `toFormer`: at the address that an earlier one replaced. */
  'security-mail': job<{ eventId: SecurityEventId; toFormer?: true }>('mail', 0),
  /** Mails a person about a notification. */
  'mention-mail': job<{ notificationId: NotificationId }>('mail', 1),

  /** Sends a notification to the app of one subscription. */
  push: job<{ subscriptionId: RelationId; notificationId: NotificationId }>('push', 0),

  /** Tells a webhook of an event about an account, a report or a post. `at`: time of the event (milliseconds). */
  webhook: job<{ webhookId: WebhookId; event: WebhookEvent; id: string; at: number }>('push', 1),

  /** Fetches the parents of a reply. `fetchesLeft`: the requests that the whole chain may still make. */
  ancestors: job<{ statusId: StatusId; uri: string; depth: number; fetchesLeft: number }>('fetch', 20),
  /** Fetches the status that a received status quotes, and verifies its author's consent. */
  quote: job<{ statusId: StatusId; depth: number }>('fetch', 20),
  /** Verifies the consent that a received reply names. */
  'reply-consent': job<{ statusId: StatusId }>('fetch', 20),
  /**
   * Verifies that accounts agree to be in the collections of a remote account. `fetchesLeft`: the requests that the whole chain may still
   * make; `endsAt`: when it ends (milliseconds).
   */
  'collection-items': job<{ accountId: AccountId; fetchesLeft: number; endsAt: number }>('fetch', 23),
  /** Asks whether a remote account is gone, since its inbox is. */
  'check-gone': job<{ accountId: AccountId }>('fetch', 20),
  /** Fetches the pinned posts, featured tags and collections of a remote account. */
  featured: job<{ accountId: AccountId }>('fetch', 21),
  /** Fetches the preview of a page. */
  card: job<{ cardId: CardId }>('fetch', 22),
  /** Fetches the replies to a remote status, level by level. `found`: the number of replies so far. */
  thread: job<{ statusId: StatusId; steps: ThreadStep[]; fetchesLeft: number; found: number }>('fetch', 23),
  /** Fetches a remote profile again, with its server's counts. */
  profile: job<{ accountId: AccountId }>('fetch', 24),
  /** Fetches the latest posts of a remote account. */
  backfill: job<{ accountId: AccountId }>('fetch', 24),
  /** Fetches the local followers that a remote account's server knows, and makes both sides agree. */
  'synchronise-followers': job<{ accountId: AccountId; url: string; digest: string }>('fetch', 24),
  /** Asks the pages that an account's profile links to whether they link back. */
  'verify-links': job<{ accountId: AccountId }>('fetch', 25),
  /** Copies a remote film or sound. */
  'cache-recording': job<{ url: string }>('fetch', 28),
  /** Fetches a post that a relay named. */
  relayed: job<{ uri: string }>('fetch', 35),

  /** Converts an uploaded film, sound or animation. */
  media: job<{ mediaId: MediaId }>('media', 15),

  /** Moves the filtered notifications of accepted accounts to the others. */
  'merge-notifications': job<{ accountId: AccountId; fromAccountIds: AccountId[] }>('timely', 0),
  /** Publishes a scheduled status. */
  'publish-scheduled': job<{ scheduledStatusId: ScheduledStatusId }>('timely', 2),
  /** Sends a status or boost that was held back to other servers. */
  'release-held': job<{ statusId: StatusId }>('timely', 2),
  /** Makes a person who came by an invitation follow its maker. */
  'follow-inviter': job<{ accountId: AccountId }>('timely', 3),
  /** Ends a poll. */
  'poll-end': job<{ statusId: StatusId }>('timely', 3),
  /** Notifies voters of the end of a poll, those after `after`. */
  'poll-notices': job<{ statusId: StatusId; after: AccountId | null }>('timely', 3),
  /** Notifies followers who turned this on of a new status, the follows after `after`. */
  'status-notices': job<{ statusId: StatusId; after: RelationId | null }>('timely', 3),
  /** Notifies people who boosted or quoted a status of an edit, the boosts and quotes after `after`. */
  'edit-notices': job<{ statusId: StatusId; after: StatusId | null }>('timely', 6),

  /** Applies the rules about a server, or about all, to its stored accounts and posts. */
  'apply-domain-rules': job<{ domain: string | null }>('rest', 1),
  /** Makes the annual report of an account. */
  'annual-report': job<{ accountId: AccountId; year: number }>('rest', 16),
  /** Erases all data of a deleted account; before that, unless `hasRecipients`, stores the recipients of its Delete. */
  'erase-account': job<{ accountId: AccountId; hasRecipients: boolean }>('rest', 17),
  /** Turns follow requests that need no decision any more into follows. */
  'accept-follow-requests': job<{ accountId: AccountId }>('rest', 17),
  /** Moves local people along with an account: their decisions about it, then its followers and requests, those after `after`. */
  'move-relationships': job<{
    fromId: AccountId
    toId: AccountId
    part: 'decisions' | 'followers' | 'requests'
    after: AccountId | RelationId | null
  }>('rest', 18),
  /** Ends an account's follows to and from a server that it blocked, and deletes its notifications. */
  'sever-domain': job<{ accountId: AccountId; domain: string }>('rest', 25),
  /** Removes files from the storage. */
  'delete-files': job<{ files: string[] }>('rest', 30),
  /** Counts the uses of tags, links and statuses, and computes trends. */
  trends: scheduled('rest', 31),
  /** Asks linked pages again whether they link back. */
  'recheck-links': scheduled('rest', 32),
  /** Deletes expired rows and files. */
  'clean-up': scheduled('rest', 33),
  /** Counts the statistics of past days. */
  'daily-stats': scheduled('rest', 33),
  /** Adds older statuses to the search index, from `before` backwards, or from the newest. */
  'index-statuses': job<{ before: StatusId | null }>('rest', 40),
}

type Kinds = typeof jobKinds
/** Names of the jobs that the crontab queues. */
export type ScheduledJob = {
  [Name in keyof Kinds]: Kinds[Name] extends { isScheduled: true } ? Name : never
}[keyof Kinds]
/** The payloads of all other jobs, by their names. */
export type Jobs = {
  [Name in Exclude<keyof Kinds, ScheduledJob>]: Kinds[Name] extends JobKind<infer Payload> ? Payload : never
}
/** A job to be queued. `key`: it replaces a waiting job of the same key. `queue`: jobs of one queue run one after the other. */
export type Job = {
  [Name in keyof Jobs]: {
    name: Name
    payload: Jobs[Name]
    runAt?: Date
    key?: string
    queue?: string
    priority?: number
  }
}[keyof Jobs]

/** The lane of a job by its name; unknown jobs of other versions are in `rest`. */
export const laneOf = (name: string): Lane =>
  (jobKinds as Partial<Record<string, { lane: Lane }>>)[name]?.lane ?? 'rest'

/** Why posts are fetched: they reply to a post, belong to a conversation, or a stored post replies to them. */
export type ThreadList = { repliesTo: string } | { context: string } | { repliedBy: string }

/** The next fetch of a thread. `depth`: how many levels below the opened post. */
export type ThreadStep =
  /** A post; `list` is the list that named it, null for the opened post. */
  | { type: 'status'; uri: string; depth: number; list: ThreadList | null }
  /** A page of a list; `pagesLeft` more pages may follow it. */
  | { type: 'page'; url: string; depth: number; list: ThreadList; pagesLeft: number }
