import { and, eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { pollOptions, polls, pollVotes } from '../../platform/db/schema/interactions.ts'
import type { StatusId } from '../../platform/ids.ts'
import { type PollKind, optionTitles, queuePollEnd } from './poll.ts'

/** A poll as another server tells of it. */
export type RemotePoll = {
  kind: PollKind
  options: { title: string; votesCount: number }[]
  /** Null: open for ever. */
  expiresAt: Date | null
  votersCount: number
}

/** Stores the poll of a new status. */
export async function storeRemotePoll(
  tx: Tx,
  statusId: StatusId,
  { kind, options, expiresAt, votersCount }: RemotePoll,
): Promise<void> {
  await tx.insert(polls).values({ statusId, kind, expiresAt, votersCount })
  if (options.length > 0)
    await tx.insert(pollOptions).values(options.map((option, position) => ({ statusId, position, ...option })))
}

/**
 * Brings a poll's counts and end up to date, where it asks what it asked before. Counts only grow while it runs: tidings of
 * them may overtake one another. The last word is that of a poll that has ended.
 *
 * @returns whether it asks something else, of which nothing was stored
 */
export async function refreshRemotePoll(tx: Tx, statusId: StatusId, data: RemotePoll | null): Promise<boolean> {
  const [current] = await tx.select().from(polls).where(eq(polls.statusId, statusId)).for('update')
  if (!current || !data) return (current === undefined) !== (data === null)
  const titles = await optionTitles(tx, statusId)
  if (
    current.kind !== data.kind ||
    titles.length !== data.options.length ||
    !titles.every((title, i) => title === data.options[i]?.title)
  )
    return true

  const hasEnded = data.expiresAt !== null && data.expiresAt.getTime() <= Date.now()
  const known = await tx
    .select({ position: pollOptions.position, votesCount: pollOptions.votesCount })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
  if (hasEnded || sum(data.options) >= sum(known)) {
    for (const { position, votesCount } of known) {
      const told = data.options[position]?.votesCount ?? 0
      if (told !== votesCount)
        await tx
          .update(pollOptions)
          .set({ votesCount: told })
          .where(and(eq(pollOptions.statusId, statusId), eq(pollOptions.position, position)))
    }
    await tx.update(polls).set({ votersCount: data.votersCount }).where(eq(polls.statusId, statusId))
  }
  const hadEnded = current.expiresAt !== null && current.expiresAt.getTime() <= Date.now()
  if (data.expiresAt?.getTime() !== current.expiresAt?.getTime() && !(hadEnded && hasEnded)) {
    await tx.update(polls).set({ expiresAt: data.expiresAt }).where(eq(polls.statusId, statusId))
    if (data.expiresAt && (await hasVotes(tx, statusId))) await queuePollEnd(tx, statusId, data.expiresAt)
  }
  return false
}

/** Puts another poll, or none, in the place of the one that was there. */
export async function replaceRemotePoll(tx: Tx, statusId: StatusId, data: RemotePoll | null): Promise<void> {
  await tx.delete(polls).where(eq(polls.statusId, statusId))
  if (data) await storeRemotePoll(tx, statusId, data)
}

/** Only local votes are known of a poll of another server. */
async function hasVotes(tx: Tx, statusId: StatusId): Promise<boolean> {
  const found = await tx
    .select({ position: pollVotes.position })
    .from(pollVotes)
    .where(eq(pollVotes.statusId, statusId))
    .limit(1)
  return found.length > 0
}

const sum = (options: { votesCount: number }[]): number =>
  options.reduce((total, { votesCount }) => total + votesCount, 0)
