/** Scheduled statuses. They are checked when they are written, and again when they are due. */
import { and, asc, count, eq, lte, sql } from 'drizzle-orm'
import { canAct } from '../accounts/sessions/account-status.ts'
import { addJobs } from '../outbox/add-jobs.ts'
import type { App } from '../platform/app.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Db, Reader, Tx } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { media } from '../platform/db/schema/media.ts'
import { scheduledStatuses } from '../platform/db/schema/statuses.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { type AccountId, newId, type ScheduledStatusId, type StatusId } from '../platform/ids.ts'
import { dayMs } from '../platform/time.ts'
import { momentIn } from '../platform/zoned-time.ts'
import { limits } from '../rules/limits.ts'
import { refuse } from '../text/refusals.ts'
import { releaseFiles, reserveFiles } from './attach-files.ts'
import type { Draft, StatusInput } from './prepare.ts'
import { prepareThread, publishThread } from './publish-thread.ts'
import { earlierStatus, replyTarget } from './publish.ts'
import type { MediaView } from './views/views.ts'

/** The stored request; `failure`: why it could not be published when it was due. */
type ScheduledParams = StatusInput & { further?: StatusInput[]; failure?: string }

export type ScheduledView = {
  id: ScheduledStatusId
  scheduledAt: Date
  params: StatusInput
  /** The further statuses of a thread. */
  further: StatusInput[]
  /** The files of all statuses of a thread. */
  media: MediaView[]
  /** Why it could not be published when it was due; null while it waits. */
  failure: string | null
}

/** A status with its input and its draft, as it would be published now, so that errors show at once. */
export type ToSchedule = { input: StatusInput; draft: Draft }

/** The result of scheduling: a scheduled status, or the earlier status when the idempotency key was used before. */
export type Scheduled = { scheduledId: ScheduledStatusId } | { statusId: StatusId }

/**
 * Schedules a status, with its files, or a thread of several.
 *
 * @throws Refusal `invalid` when it can't be published, is due too soon, or too many are scheduled; `not_found` as publishing does
 */
export async function scheduleStatus(
  tx: Tx,
  authorId: AccountId,
  at: Date,
  { input, draft }: ToSchedule,
  further: readonly ToSchedule[] = [],
): Promise<Scheduled> {
  if (draft.idempotencyKey !== null) {
    const statusId = await earlierStatus(tx, authorId, draft.idempotencyKey)
    if (statusId) return { statusId }
    const [earlier] = await tx
      .select({ id: scheduledStatuses.id })
      .from(scheduledStatuses)
      .where(
        and(
          eq(scheduledStatuses.accountId, authorId),
          sql`${scheduledStatuses.params} ->> 'idempotencyKey' = ${draft.idempotencyKey}`,
        ),
      )
    if (earlier) return { scheduledId: earlier.id }
  }
  await assertBelowLimits(tx, authorId, at, true)
  if (draft.inReplyToId !== null)
    await replyTarget(tx, authorId, draft.inReplyToId, {
      quotes: draft.quotedStatusId !== null,
      goesOn: further.length > 0,
    })

  const id = newId<ScheduledStatusId>()
  const params: ScheduledParams = {
    ...input,
    ...defaultsOf(draft),
    ...(further.length > 0 ? { further: further.map((part) => ({ ...part.input, ...defaultsOf(part.draft) })) } : {}),
  }
  await tx.insert(scheduledStatuses).values({ id, accountId: authorId, scheduledAt: at, params })
  await reserveFiles(
    tx,
    authorId,
    id,
    [draft, ...further.map((part) => part.draft)].flatMap(({ mediaIds }) => mediaIds),
  )
  await queuePublication(tx, id, at)
  return { scheduledId: id }
}

/** Moves a scheduled status to another time. @throws Refusal `not_found`, `invalid` as scheduling does */
export async function reschedule(tx: Tx, authorId: AccountId, id: ScheduledStatusId, at: Date): Promise<void> {
  const [row] = await tx
    .select({ at: scheduledStatuses.scheduledAt })
    .from(scheduledStatuses)
    .where(own(authorId, id))
    .for('update')
  if (!row) throw notFound()
  await assertBelowLimits(tx, authorId, at, false)
  await tx
    .update(scheduledStatuses)
    .set({ scheduledAt: at, params: sql`${scheduledStatuses.params} - 'failure'` })
    .where(own(authorId, id))
  await queuePublication(tx, id, at)
}

/** Cancels a scheduled status; its files can be attached to others. @throws Refusal `not_found` */
export async function cancelScheduled(tx: Tx, authorId: AccountId, id: ScheduledStatusId): Promise<void> {
  const [row] = await tx
    .select({ id: scheduledStatuses.id })
    .from(scheduledStatuses)
    .where(own(authorId, id))
    .for('update')
  if (!row) throw notFound()
  await releaseFiles(tx, { scheduledStatusId: id })
  await tx.delete(scheduledStatuses).where(eq(scheduledStatuses.id, id))
}

/**
 * Publishes a due status. Repeating it changes nothing. A status that was moved or cancelled is skipped; one that can't be
 * published stays among the scheduled ones, where its author sees it with the reason. May reach the network.
 *
 * @throws Refusal with the reason why it can't be published
 */
export async function publishScheduled(app: App, id: ScheduledStatusId): Promise<void> {
  const due = and(eq(scheduledStatuses.id, id), lte(scheduledStatuses.scheduledAt, sql`now()`))
  const [row] = await app.db.select().from(scheduledStatuses).where(due)
  if (!row) return
  try {
    if (!(await canAct(app.db, row.accountId))) throw refuse('not_permitted', 'mayNotPost')
    const { further, params } = partsOf(row)
    const drafts = await prepareThread(app, row.accountId, [params, ...further])
    await app.db.transaction(async (tx) => {
      const [locked] = await tx.select({ id: scheduledStatuses.id }).from(scheduledStatuses).where(due).for('update')
      if (!locked) return
      await releaseFiles(tx, { scheduledStatusId: id })
      await tx.delete(scheduledStatuses).where(eq(scheduledStatuses.id, id))
      await publishThread(tx, app.uris, row.accountId, drafts)
    })
  } catch (error) {
    if (error instanceof Refusal) await keepFailure(app.db, id, error.message)
    throw error
  }
}

const keepFailure = (db: Db, id: ScheduledStatusId, failure: string) =>
  db
    .update(scheduledStatuses)
    .set({ params: sql`${scheduledStatuses.params} || ${JSON.stringify({ failure })}::jsonb` })
    .where(eq(scheduledStatuses.id, id))

/** A page of an account's scheduled statuses, the latest written first. */
export async function listScheduled(db: Reader, authorId: AccountId, page: Page): Promise<ScheduledView[]> {
  const { where, orderBy, limit } = slice(scheduledStatuses.id, page)
  const rows = await db
    .select()
    .from(scheduledStatuses)
    .where(and(eq(scheduledStatuses.accountId, authorId), where))
    .orderBy(orderBy)
    .limit(limit)
  return withMedia(db, settle(page, rows))
}

/** @throws Refusal `not_found` */
export async function loadScheduled(db: Reader, authorId: AccountId, id: ScheduledStatusId): Promise<ScheduledView> {
  const [view] = await withMedia(db, await db.select().from(scheduledStatuses).where(own(authorId, id)))
  if (!view) throw notFound()
  return view
}

/** Stores the author's present defaults: they may change before the publication, and widen the audience. */
function defaultsOf({ idempotencyKey, ...draft }: Draft): Partial<StatusInput> {
  const { visibility, isSensitive, language, quotePolicy, quoteManual, interactionPolicy } = draft
  const policies = { quotePolicy, quoteManual, interactionPolicy }
  return { visibility, isSensitive, language, ...policies, ...(idempotencyKey === null ? {} : { idempotencyKey }) }
}

async function withMedia(db: Reader, rows: (typeof scheduledStatuses.$inferSelect)[]): Promise<ScheduledView[]> {
  const ids = rows.map(({ id }) => id)
  const files =
    ids.length === 0
      ? []
      : await db.select().from(media).where(isOneOfIds(media.scheduledStatusId, ids)).orderBy(asc(media.position))
  return rows.map((row) => ({
    id: row.id,
    scheduledAt: row.scheduledAt,
    ...partsOf(row),
    media: files.filter((file) => file.scheduledStatusId === row.id),
  }))
}

function partsOf({ params }: typeof scheduledStatuses.$inferSelect) {
  const { further = [], failure = null, ...first } = params as ScheduledParams
  return { params: first as StatusInput, further, failure }
}

async function assertBelowLimits(tx: Tx, authorId: AccountId, at: Date, isNew: boolean): Promise<void> {
  const { maxWaiting, maxPerDay, minAheadSeconds } = limits.scheduled
  if (at.getTime() < Date.now() + minAheadSeconds * 1_000)
    throw refuse('invalid', 'scheduledTooSoon', { minutes: minAheadSeconds / 60 })
  if (at.getTime() > Date.now() + maxAheadMs) throw refuse('invalid', 'scheduledTooFar')
  // The lock keeps several at the same time from all taking the last place.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`scheduled ${authorId}`}, 0))`)
  const day = sql`(${at.toISOString()}::timestamptz at time zone 'UTC')::date`
  const [waiting] = await tx
    .select({
      all: count(),
      onDay: sql<number>`count(*) filter (where (${scheduledStatuses.scheduledAt} at time zone 'UTC')::date = ${day})::int`,
    })
    .from(scheduledStatuses)
    .where(eq(scheduledStatuses.accountId, authorId))
  if (isNew && (waiting?.all ?? 0) >= maxWaiting) throw refuse('invalid', 'tooManyScheduled', { max: maxWaiting })
  if ((waiting?.onDay ?? 0) >= maxPerDay) throw refuse('invalid', 'tooManyScheduledThatDay', { max: maxPerDay })
}

const maxAheadMs = 10 * 366 * dayMs

async function queuePublication(tx: Tx, id: ScheduledStatusId, at: Date): Promise<void> {
  await addJobs(tx, [
    { name: 'publish-scheduled', payload: { scheduledStatusId: id }, runAt: at, key: `publish-scheduled ${id}` },
  ])
}

const own = (authorId: AccountId, id: ScheduledStatusId) =>
  and(eq(scheduledStatuses.id, id), eq(scheduledStatuses.accountId, authorId))

/**
 * The moment that a form names, in the author's time zone; null when it names none.
 *
 * @throws Refusal `invalid` when it is no date and time
 */
export function scheduledMoment(zone: string | null, local: string): Date | null {
  if (local === '') return null
  const moment = momentIn(zone, local)
  if (!moment) throw refuse('invalid', 'chooseTime')
  return moment
}
