/** Every kind of job: its payload, its lane (`platform/queue/lanes.ts`), and how early it runs within the lane, where lower is earlier. */
import type {
  AccountId,
  ActivityId,
  CardId,
  MediaId,
  NotificationId,
  RelationId,
  ScheduledStatusId,
  StatusId,
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
  /** Sends what is due to other servers, until nothing is. */
  deliver: job<Record<string, never>>('deliver', 4),
  /** Turns an event into an activity and its deliveries. `key` makes a repeated run make the same activity id; `order` grows with time. */
  federate: job<{ event: FederatedEvent; key: string; order: ActivityId }>('deliver', 8),
  /** Wakes deliveries that nobody was woken for. */
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
  'account-mail': job<{ accountId: AccountId; about: 'confirm' | 'approved' | 'known' | 'reset' }>('mail', 0),
  /** Mails a person about a notification. */
  'mention-mail': job<{ notificationId: NotificationId }>('mail', 1),

  /** Sends a notification to the app of one subscription. */
  push: job<{ subscriptionId: RelationId; notificationId: NotificationId }>('push', 0),

  /** Fetches the parents of a reply. `fetchesLeft`: what the whole chain may still ask for. */
  ancestors: job<{ statusId: StatusId; uri: string; depth: number; fetchesLeft: number }>('fetch', 20),
  /** Finds what a received status quotes, and asks whether its author consents. */
  quote: job<{ statusId: StatusId; depth: number }>('fetch', 20),
  /** Asks whether the consent which a received reply shows is one. */
  'reply-consent': job<{ statusId: StatusId }>('fetch', 20),
  /** Asks whether an account elsewhere is gone, as its inbox is. */
  'check-gone': job<{ accountId: AccountId }>('fetch', 20),
  /** Reads what an account elsewhere shows first on its profile. */
  featured: job<{ accountId: AccountId }>('fetch', 21),
  /** Fetches the preview of a page. */
  card: job<{ cardId: CardId }>('fetch', 22),
  /** Fetches the replies to a status of another server, level by level. `found`: those that it got so far. */
  thread: job<{ statusId: StatusId; steps: ThreadStep[]; fetchesLeft: number; found: number }>('fetch', 23),
  /** Reads a profile of another server once more, with what that server counts. */
  profile: job<{ accountId: AccountId }>('fetch', 24),
  /** Fetches the latest posts of an account elsewhere. */
  backfill: job<{ accountId: AccountId }>('fetch', 24),
  /** Asks the server of an account elsewhere whom of us it takes for followers, and makes both agree. */
  'synchronise-followers': job<{ accountId: AccountId; url: string; digest: string }>('fetch', 24),
  /** Asks the pages that an account's profile links to whether they link back. */
  'verify-links': job<{ accountId: AccountId }>('fetch', 25),
  /** Makes a copy of a film or sound of another server. */
  'cache-recording': job<{ url: string }>('fetch', 28),
  /** Fetches a post that a relay named. */
  relayed: job<{ uri: string }>('fetch', 35),

  /** Makes of an uploaded film, sound or animation what is shown. */
  media: job<{ mediaId: MediaId }>('media', 15),

  /** Puts what an accepted account was held back with among the notifications. */
  'merge-notifications': job<{ accountId: AccountId; fromAccountIds: AccountId[] }>('timely', 0),
  /** Publishes a status that was written for this time. */
  'publish-scheduled': job<{ scheduledStatusId: ScheduledStatusId }>('timely', 2),
  /** The time of a poll is over. */
  'poll-end': job<{ statusId: StatusId }>('timely', 3),
  /** Tells voters of the end of a poll, from the one after a given one on. */
  'poll-notices': job<{ statusId: StatusId; after: AccountId | null }>('timely', 3),
  /** Tells followers who asked for it of a new status, from the follow after a given one on. */
  'status-notices': job<{ statusId: StatusId; after: RelationId | null }>('timely', 3),
  /** Tells those who boosted or quoted a status that it was edited, from the boost or quote after a given one on. */
  'edit-notices': job<{ statusId: StatusId; after: StatusId | null }>('timely', 6),

  /** Makes what is here of a server, or of all, be as the rules about it want. */
  'apply-domain-rules': job<{ domain: string | null }>('rest', 1),
  /** Counts what an account's year was like. */
  'annual-report': job<{ accountId: AccountId; year: number }>('rest', 16),
  /** Erases what a deleted account wrote and did, until nothing is left; before, unless `isTold`, finds out whom to tell of its end. */
  'erase-account': job<{ accountId: AccountId; isTold: boolean }>('rest', 17),
  /** Makes follows of requests that need no decision any more. */
  'let-in': job<{ accountId: AccountId }>('rest', 17),
  /** Takes people here along from an account that moved: what they decided about it, then who follows it, from one on. */
  'move-people': job<{
    fromId: AccountId
    toId: AccountId
    part: 'opinions' | 'followers' | 'requests'
    after: AccountId | RelationId | null
  }>('rest', 18),
  /** Ends an account's follows to and from a server that it blocked, and takes its notifications away. */
  'sever-domain': job<{ accountId: AccountId; domain: string }>('rest', 25),
  /** Removes files from the storage. */
  'delete-files': job<{ files: string[] }>('rest', 30),
  /** Counts what is used and liked. */
  trends: scheduled('rest', 31),
  /** Asks linked pages again whether they link back. */
  'recheck-links': scheduled('rest', 32),
  /** Removes what has expired. */
  'clean-up': scheduled('rest', 33),
  /** Counts the days that have ended. */
  'daily-stats': scheduled('rest', 33),
  /** Adds statuses from before there was an index of words to it, from one on back, or from the newest. */
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

/** The lane of a job by its name; jobs of other versions are of none in particular. */
export const laneOf = (name: string): Lane =>
  (jobKinds as Partial<Record<string, { lane: Lane }>>)[name]?.lane ?? 'rest'

/** Why posts are fetched: they reply to one, belong to a conversation, or one that is here replies to them. */
export type ThreadList = { repliesTo: string } | { context: string } | { repliedBy: string }

/** What is to be fetched of a thread next. `depth`: how many replies below the one that was opened. */
export type ThreadStep =
  /** A post; `list` is where it was found, null for the one that was opened. */
  | { type: 'status'; uri: string; depth: number; list: ThreadList | null }
  /** A page of a list; so many may come after it. */
  | { type: 'page'; url: string; depth: number; list: ThreadList; pagesLeft: number }
