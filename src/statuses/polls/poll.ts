/** Polls of local statuses: what they may be, how they are stored, and what an edit makes of them. */
import { and, asc, eq, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { pollOptions, polls, pollVotes } from '../../platform/db/schema/interactions.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import { invalid } from '../../platform/errors.ts'
import { newId, type StatusId } from '../../platform/ids.ts'
import { minuteMs } from '../../platform/time.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName, countGraphemes } from '../../text/clean.ts'

export type PollInput = {
  options: string[]
  /** Undefined where the author left it out, which is refused. */
  expiresInSeconds: number | undefined
  isMultiple?: boolean
  hidesTotals?: boolean
}

/** A poll that is fit to be published. */
export type PollDraft = { options: string[]; expiresInSeconds: number; kind: PollKind; hidesTotals: boolean }
export type PollKind = (typeof polls.$inferSelect)['kind']

/** What an edit did to a poll: nothing that shows, only its end, or what people were asked. */
type PollChange = 'none' | 'moved' | 'changed'

/** Apps send the time that is left anew with every edit, and need a moment to do so. */
const sameEndMs = minuteMs
const maxOptionLength = 1_000

/** @throws Refusal `invalid` when it has too few, too many, too long or equal options, or the wrong duration */
export function preparePoll(input: PollInput): PollDraft {
  const { maxOptions, maxCharactersPerOption, minExpirationSeconds, maxExpirationSeconds } = limits.poll
  // Forms send the lines that were left empty, too.
  const options = input.options.map((option) => cleanName(option, maxOptionLength)).filter((option) => option !== '')
  if (options.length < 2) throw invalid('Poll choices must have more than one item')
  if (options.length > maxOptions) throw invalid(`Poll choices can't contain more than ${maxOptions} items`)
  if (options.some((option) => countGraphemes(option) > maxCharactersPerOption))
    throw invalid(`Poll choices cannot be longer than ${maxCharactersPerOption} characters each`)
  if (new Set(options).size < options.length) throw invalid('Poll choices contain duplicate items')
  const seconds = input.expiresInSeconds
  if (seconds === undefined) throw invalid('Poll deadline can’t be blank')
  if (seconds < minExpirationSeconds) throw invalid('Poll deadline is too soon')
  if (seconds > maxExpirationSeconds) throw invalid('Poll deadline is too far into the future')
  return {
    options,
    expiresInSeconds: seconds,
    kind: input.isMultiple ? 'multiple' : 'single',
    hidesTotals: input.hidesTotals ?? false,
  }
}

/** Gives a status its poll, which runs from now on. */
export async function storePoll(tx: Tx, statusId: StatusId, draft: PollDraft): Promise<void> {
  const expiresAt = endOf(draft)
  await tx.insert(polls).values({ statusId, expiresAt, kind: draft.kind, hidesTotals: draft.hidesTotals })
  await tx.insert(pollOptions).values(draft.options.map((title, position) => ({ statusId, position, title })))
  await queuePollEnd(tx, statusId, expiresAt)
}

/** Changes, adds or removes (null) the poll of a status. Votes stay as long as what people were asked does. */
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
  const isMoved = !isSame || Math.abs(expiresAt.getTime() - (current.expiresAt?.getTime() ?? 0)) > sameEndMs
  await tx
    .update(polls)
    .set({ hidesTotals: draft.hidesTotals, ...(isMoved ? { expiresAt } : {}) })
    .where(eq(polls.statusId, statusId))
  if (isMoved) {
    // It will end once more, and be told of once more.
    await tx.delete(notifications).where(and(eq(notifications.statusId, statusId), eq(notifications.type, 'poll')))
    await queuePollEnd(tx, statusId, expiresAt)
  }
  return isSame ? (isMoved || current.hidesTotals !== draft.hidesTotals ? 'moved' : 'none') : 'changed'
}

/** What a poll asks, in order; empty without a poll. */
export async function optionTitles(db: Reader, statusId: StatusId): Promise<string[]> {
  const rows = await db
    .select({ title: pollOptions.title })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
    .orderBy(asc(pollOptions.position))
  return rows.map(({ title }) => title)
}

/** Other options take the place of those that were there; votes for these are gone. */
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

/** Lets the end of a poll be noticed, at the time that is its end now. */
export async function queuePollEnd(tx: Tx, statusId: StatusId, at: Date): Promise<void> {
  await addJobs(tx, [{ name: 'poll-end', payload: { statusId }, runAt: at, key: `poll-end ${statusId}` }])
}

const tallyMs = 180_000

/** Tells other servers how a poll stands: not with each vote, but some minutes after the first one that they don't know of. */
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

/** The poll of a status, held until the transaction ends, so that votes and edits come one after the other. */
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

const endOf = (draft: PollDraft): Date => new Date(Date.now() + draft.expiresInSeconds * 1_000)
