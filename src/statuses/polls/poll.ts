/** Polls of local statuses: their limits, storing them, and changing them by an edit. */
import { and, asc, eq, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { pollOptions, polls, pollVotes } from '../../platform/db/schema/interactions.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import { newId, type StatusId } from '../../platform/ids.ts'
import { minuteMs } from '../../platform/time.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName, countGraphemes } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'

export type PollInput = {
  options: string[]
  /** Null: the poll has no end. Undefined when the author left it out, which is refused. */
  expiresInSeconds: number | null | undefined
  isMultiple?: boolean
  hidesTotals?: boolean
}

/** A checked poll, ready to be stored. */
export type PollDraft = { options: string[]; expiresInSeconds: number | null; kind: PollKind; hidesTotals: boolean }
export type PollKind = (typeof polls.$inferSelect)['kind']

/** The effect of an edit on a poll: none, a new end or other setting (`moved`), or other options or kind (`changed`). */
type PollChange = 'none' | 'moved' | 'changed'

/** Apps send the remaining time with every edit, some moments late: within this, the end counts as unchanged. */
const sameEndMs = minuteMs
const maxOptionLength = 1_000

/** @throws Refusal `invalid` when it has too few, too many, too long or equal options, or the wrong duration */
export function preparePoll(input: PollInput): PollDraft {
  const { maxOptions, maxCharactersPerOption, minExpirationSeconds, maxExpirationSeconds } = limits.poll
  // Forms send the lines that were left empty, too.
  const options = input.options.map((option) => cleanName(option, maxOptionLength)).filter((option) => option !== '')
  if (options.length < 2) throw refuse('invalid', 'pollTooFew')
  if (options.length > maxOptions) throw refuse('invalid', 'pollTooMany', { max: maxOptions })
  if (options.some((option) => countGraphemes(option) > maxCharactersPerOption))
    throw refuse('invalid', 'pollOptionTooLong', { max: maxCharactersPerOption })
  if (new Set(options).size < options.length) throw refuse('invalid', 'pollDuplicates')
  const seconds = input.expiresInSeconds
  if (seconds === undefined) throw refuse('invalid', 'pollDeadlineBlank')
  if (seconds !== null && seconds < minExpirationSeconds) throw refuse('invalid', 'pollTooShort')
  if (seconds !== null && seconds > maxExpirationSeconds) throw refuse('invalid', 'pollTooLong')
  return {
    options,
    expiresInSeconds: seconds,
    kind: input.isMultiple ? 'multiple' : 'single',
    hidesTotals: input.hidesTotals ?? false,
  }
}

/** Stores the poll of a status. It runs from now on. */
export async function storePoll(tx: Tx, statusId: StatusId, draft: PollDraft): Promise<void> {
  const expiresAt = endOf(draft)
  await tx.insert(polls).values({ statusId, expiresAt, kind: draft.kind, hidesTotals: draft.hidesTotals })
  await tx.insert(pollOptions).values(draft.options.map((title, position) => ({ statusId, position, title })))
  if (expiresAt) await queuePollEnd(tx, statusId, expiresAt)
}

/** Changes, adds or removes (null) the poll of a status. Votes stay while options and kind stay the same. */
export async function changePoll(tx: Tx, statusId: StatusId, draft: PollDraft | null): Promise<PollChange> {
  const [current] = await tx.select().from(polls).where(eq(polls.statusId, statusId)).for('update')
  if (!current && !draft) return 'none'
  if (!draft) {
    await tx.delete(polls).where(eq(polls.statusId, statusId))
    return 'changed'
  }
  if (!current) {
    await storePoll(tx, statusId, draft)
    return 'changed'
  }
  const titles = await optionTitles(tx, statusId)
  const isSame =
    current.kind === draft.kind &&
    titles.length === draft.options.length &&
    titles.every((title, i) => title === draft.options[i])
  if (!isSame) {
    await resetOptions(
      tx,
      statusId,
      draft.options.map((title) => ({ title, votesCount: 0 })),
    )
    await tx.update(polls).set({ kind: draft.kind, votersCount: 0 }).where(eq(polls.statusId, statusId))
  }
  const expiresAt = endOf(draft)
  const isMoved = !isSame || !isSameEnd(expiresAt, current.expiresAt)
  await tx
    .update(polls)
    .set({ hidesTotals: draft.hidesTotals, ...(isMoved ? { expiresAt } : {}) })
    .where(eq(polls.statusId, statusId))
  if (isMoved) {
    // If it ends again, then with new notifications.
    await tx.delete(notifications).where(and(eq(notifications.statusId, statusId), eq(notifications.type, 'poll')))
    if (expiresAt) await queuePollEnd(tx, statusId, expiresAt)
  }
  return isSame ? (isMoved || current.hidesTotals !== draft.hidesTotals ? 'moved' : 'none') : 'changed'
}

/** The titles of a poll's options, in order; empty without a poll. */
export async function optionTitles(db: Reader, statusId: StatusId): Promise<string[]> {
  const rows = await db
    .select({ title: pollOptions.title })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
    .orderBy(asc(pollOptions.position))
  return rows.map(({ title }) => title)
}

/** Replaces the options, and deletes the votes for the old ones. */
async function resetOptions(
  tx: Tx,
  statusId: StatusId,
  options: { title: string; votesCount: number }[],
): Promise<void> {
  await tx.delete(pollVotes).where(eq(pollVotes.statusId, statusId))
  await tx.delete(pollOptions).where(eq(pollOptions.statusId, statusId))
  if (options.length > 0)
    await tx.insert(pollOptions).values(options.map((option, position) => ({ statusId, position, ...option })))
}

/** Queues the `poll-end` job, or moves it to a new end. */
export async function queuePollEnd(tx: Tx, statusId: StatusId, at: Date): Promise<void> {
  await addJobs(tx, [{ name: 'poll-end', payload: { statusId }, runAt: at, key: `poll-end ${statusId}` }])
}

const tallyMs = 180_000

/** Queues an update of a poll's counts to other servers: not with each vote, but 3 minutes after the first unsent one. */
export async function queueTally(tx: Tx, statusId: StatusId): Promise<void> {
  const event = { type: 'poll.tallied' as const, statusId }
  await addJobs(
    tx,
    [
      {
        name: 'federate',
        payload: { event, key: crypto.randomUUID(), order: newId() },
        runAt: new Date(Date.now() + tallyMs),
        key: `tally ${statusId}`,
      },
    ],
    { keepsTime: true },
  )
}

/** The poll of a status, locked until the transaction ends, so that votes and edits come one after the other. */
export async function lockPoll(tx: Tx, statusId: StatusId) {
  const [poll] = await tx
    .select({
      expiresAt: polls.expiresAt,
      kind: polls.kind,
      hasEnded: sql<boolean>`coalesce(${polls.expiresAt} <= now(), false)`,
    })
    .from(polls)
    .where(eq(polls.statusId, statusId))
    .for('update')
  return poll ?? null
}

const endOf = ({ expiresInSeconds }: PollDraft): Date | null =>
  expiresInSeconds === null ? null : new Date(Date.now() + expiresInSeconds * 1_000)

const isSameEnd = (a: Date | null, b: Date | null): boolean =>
  a && b ? Math.abs(a.getTime() - b.getTime()) <= sameEndMs : a === b
