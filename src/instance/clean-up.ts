/** Deletes expired rows and files, in batches, so that no statement holds up others for long. */
import { type SQL, sql } from 'drizzle-orm'
import {
  deleteLog,
  forgetLogAddresses,
  forgetSessionAddresses,
  forgetSignUpAddresses,
  forgetTokenAddresses,
} from '../accounts/security/forget.ts'
import { forgetAccounts } from '../erasure/forget-accounts.ts'
import { forgetReceived } from '../incoming/forget-received.ts'
import { evictOldest, evictUnseen, remoteFilesUsage } from '../media/remote-eviction.ts'
import { forgetKeptPosts } from '../moderation/accounts/strike-posts.ts'
import { emit } from '../outbox/emit.ts'
import { emojisUri } from '../outbox/forget-documents.ts'
import type { App } from '../platform/app.ts'
import type { Config } from '../platform/config.ts'
import { deleteSome } from '../platform/db/delete-some.ts'
import type { Tx } from '../platform/db/index.ts'
import type { TokenId } from '../platform/ids.ts'
import { jobParts } from '../platform/queue/parts.ts'
import { dayMs } from '../platform/time.ts'
import { rotateEvents } from '../reading/streaming/rotate.ts'
import { loadSettings } from '../rules/settings.ts'
import { expireRequests } from '../statuses/access/requests.ts'
import { removeUnusedCards } from '../statuses/cards/fetch.ts'
import { purgeTombstones } from '../statuses/delete.ts'
import { countableDays } from './stats.ts'

const batchSize = 1_000
/** Rows that are left after this many batches wait for the next run. */
const maxBatches = 500
/** Each is answered, which takes several statements. */
const requestsAtOnce = 50
/** Most of them are only read. */
const tokensAtOnce = 10_000
const deletedStatusDays = 30
const rotationAttempts = 5
/** Links that confirm an address are valid for two days, and people may request new ones. */
const unconfirmedDays = 7
/** Days are counted by distinct accounts over half a year. */
const activeDaysKept = 200
/** Hashtags and links show a week, figures for staff two. */
const trendDaysKept = 15
const securityLogDays = 400
/** Browsers keep the cookie of a known browser as long. */
const unusedDeviceDays = 400

/** The state of a sweep between its batches. */
type Memory = { excess?: number; pagesLeft?: number; batchesLeft?: number; attempts?: number; after?: TokenId }
/** How many rows were deleted, and whether there may be more. */
type Batch = { count: number; hasMore: boolean }
/** What the instance's settings say about how long things are kept. */
type Kept = Pick<Config, 'remoteMedia'> & { addressesKeptDays: number }
/** Deletes up to one batch. */
type Sweep = (tx: Tx, kept: Kept, memory: Memory) => Promise<Batch>

const sweeps = {
  sessions: deletes('sessions', sql`expires_at < now()`),
  mailTokens: deletes('mail_tokens', sql`expires_at < now()`),
  // Spent codes stay for a while: a second use revokes the token of the first.
  authorizationCodes: deletes('authorization_codes', sql`expires_at < now() - interval '1 day'`),
  accessTokens: deletes('access_tokens', sql`revoked_at < now() - interval '1 day'`),
  // They are listed for a while, so that people see why a program of theirs stopped working.
  expiredTokens: deletes('access_tokens', sql`expires_at < now() - interval '30 days'`),
  signInStates: deletes('sign_in_states', sql`expires_at < now()`),
  // Ids grow with time.
  securityEvents: async (tx) => batchOf(await deleteLog(tx, daysAgo(securityLogDays), batchSize)),
  // The latest stays, by which a sign-in after a long time is not the account's first.
  devices: deletes(
    'devices',
    sql`last_used_at < now() - ${unusedDeviceDays}::int * interval '1 day' and last_used_at < (select max(d.last_used_at) from devices d where d.account_id = devices.account_id)`,
  ),
  logAddresses: async (tx, { addressesKeptDays }) =>
    batchOf(await forgetLogAddresses(tx, daysAgo(addressesKeptDays), batchSize)),
  sessionAddresses: async (tx, { addressesKeptDays }) =>
    batchOf(await forgetSessionAddresses(tx, addressesKeptDays, batchSize)),
  signUpAddresses: async (tx, { addressesKeptDays }) =>
    batchOf(await forgetSignUpAddresses(tx, addressesKeptDays, batchSize)),
  tokenAddresses,
  kv: deletes('kv', sql`expires_at < now()`),
  events: rotatedEvents,
  attempts: deletes('attempts', sql`expires_at < now()`),
  interactionRequests: async (tx) => {
    const count = await expireRequests(tx, requestsAtOnce)
    return { count, hasMore: count === requestsAtOnce }
  },
  mutes: deletes('mutes', sql`expires_at < now()`),
  networks: deletes('ip_blocks', sql`expires_at < now()`),
  idempotencyKeys: deletes('idempotency_keys', sql`created_at < now() - interval '24 hours'`),
  receivedActivities: (tx, _, memory) => forgetReceived(tx, memory),
  tombstones: deletes('tombstones', sql`created_at < now() - interval '7 days'`),
  // Recipients whose job was given up.
  deleteRecipients: deletes('delete_recipients', sql`created_at < now() - interval '30 days'`),
  tagDays: deletes('tag_days', sql`day < current_date - ${trendDaysKept}::int`),
  cardDays: deletes('card_days', sql`day < current_date - ${trendDaysKept}::int`),
  activeDays: deletes('active_days', sql`day < current_date - ${activeDaysKept}::int`),
  // They stay until the statistics of their day are written, however long that takes.
  deliveryDays: deletes(
    'delivery_days',
    sql`day < current_date - ${countableDays}::int and exists (select from daily_stats s where s.day = delivery_days.day and s.counted_at >= (s.day + 1)::timestamp at time zone 'UTC')`,
  ),
  activities: deletes(
    'activities',
    sql`created_at < now() - interval '30 days' and not exists (select from deliveries d where d.activity_id = activities.id)`,
  ),
  // A later request builds them again.
  documents: deletes('documents', sql`made_at < now() - interval '30 days' and uri <> ${emojisUri}`),
  strikePosts: async (tx) => batchOf(await forgetKeptPosts(tx, batchSize)),
  statuses: async (tx) => batchOf(await purgeTombstones(tx, new Date(Date.now() - deletedStatusDays * dayMs))),
  media: unattachedMedia,
  remoteFiles: async (tx, { remoteMedia }) => batchOf(await evictUnseen(tx, remoteMedia.keptDays, batchSize)),
  remoteFilesOverflow,
  cards: async (tx) => batchOf(await removeUnusedCards(tx, batchSize)),
  unconfirmed: neverConfirmed,
  // Last, since rows that the other sweeps delete may refer to accounts.
  accounts: (tx, _, memory) => forgetAccounts(tx, memory),
} satisfies Record<string, Sweep>

export type Removed = Record<keyof typeof sweeps, number>

/**
 * Deletes everything that has expired; returns the number of rows of each kind.
 *
 * @param signal stops it between two batches
 * @throws Error naming the kinds that could not be swept, after all others were
 */
export async function cleanUp(app: Pick<App, 'db' | 'config'>, signal?: AbortSignal): Promise<Removed> {
  const removed: Partial<Removed> = {}
  const parts = jobParts(signal)
  const { addressesKeptDays } = await loadSettings(app.db)
  const kept = { remoteMedia: app.config.remoteMedia, addressesKeptDays }
  for (const [name, sweep] of Object.entries(sweeps) as [keyof Removed, Sweep][]) {
    removed[name] = (await parts.run(name, () => sweepAll(app, kept, sweep, signal))) ?? 0
  }
  parts.end()
  return removed as Removed
}

async function sweepAll(
  { db }: Pick<App, 'db'>,
  kept: Kept,
  sweep: Sweep,
  signal: AbortSignal | undefined,
): Promise<number> {
  let total = 0
  const memory: Memory = {}
  for (let batch = 0; batch < maxBatches; batch++) {
    if (signal?.aborted) break
    const { count, hasMore } = await db.transaction((tx) => sweep(tx, kept, memory))
    total += count
    if (!hasMore) break
  }
  return total
}

const daysAgo = (days: number): Date => new Date(Date.now() - days * dayMs)

const batchOf = (count: number): Batch => ({ count, hasMore: count >= batchSize })

function deletes(table: string, where: SQL): Sweep {
  return async (tx) => batchOf((await deleteSome(tx, table, where, batchSize, { skipsLocked: true })).length)
}

/** Tries again when a long read holds the partition; a partition that stays locked waits until its slot is due again. */
async function rotatedEvents(tx: Tx, _: unknown, memory: Memory): Promise<Batch> {
  const count = await rotateEvents(tx)
  memory.attempts = (memory.attempts ?? 0) + 1
  return { count: count ?? 0, hasMore: count === null && memory.attempts < rotationAttempts }
}

/** The sizes of all copies are added up once a run. */
async function remoteFilesOverflow(
  tx: Tx,
  { remoteMedia }: Pick<Config, 'remoteMedia'>,
  memory: Memory,
): Promise<Batch> {
  memory.excess ??= (await remoteFilesUsage(tx)).bytes - remoteMedia.maxBytes
  if (memory.excess <= 0) return batchOf(0)
  const { count, bytes } = await evictOldest(tx, memory.excess, batchSize)
  memory.excess -= bytes
  return batchOf(count)
}

/** Uploads that were not attached to a post within a day, with their files. */
async function unattachedMedia(tx: Tx): Promise<Batch> {
  const { rows } = await tx.execute<{ file: string | null; preview: string | null }>(sql`
    delete from media where id = any(array(
      select id from media where status_id is null and scheduled_status_id is null and draft_id is null and created_at < now() - interval '24 hours' limit ${batchSize} for update skip locked))
    returning file, preview_file as preview`)
  const files = rows.flatMap(({ file, preview }) => [file, preview].filter((name) => name !== null))
  // A job's payload stays small.
  for (let i = 0; i < files.length; i += 100) await emit(tx, { type: 'files.orphaned', files: files.slice(i, i + 100) })
  return batchOf(rows.length)
}

/** The addresses of apps' last uses. No index has their times, so a run walks the tokens once, by their ids. */
async function tokenAddresses(tx: Tx, { addressesKeptDays }: Kept, memory: Memory): Promise<Batch> {
  const { last, count } = await forgetTokenAddresses(tx, addressesKeptDays, memory.after ?? null, tokensAtOnce)
  if (last !== null) memory.after = last
  return { count, hasMore: last !== null }
}

/** Sign-ups whose address was not confirmed: nobody has seen the name, so it is free again. */
async function neverConfirmed(tx: Tx): Promise<Batch> {
  const { rows } = await tx.execute(sql`
    delete from accounts where id in (
      select account_id from users where confirmed_at is null and role = 'user' and created_at < now() - ${unconfirmedDays}::int * interval '1 day' limit ${batchSize})
    returning id`)
  return batchOf(rows.length)
}
