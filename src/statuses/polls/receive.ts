import { and, eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { pollOptions, polls, pollVotes } from '../../platform/db/schema/interactions.ts'
import type { StatusId } from '../../platform/ids.ts'
import { type PollKind, optionTitles, queuePollEnd } from './poll.ts'

/** A remote poll, as plain data. */
export type RemotePoll = {
  kind: PollKind
  options: { title: string; votesCount: number }[]
  /** Null: open for ever. */
  expiresAt: Date | null
  votersCount: number
}

/** Stores the poll of a new remote status. */
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
 * Updates a poll's counts and end, if its options are unchanged. While the poll runs, lower counts are ignored, as updates may
 * arrive out of order. Counts of an ended poll are final.
 *
 * @returns whether options or kind differ, in which case nothing was stored
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
  const stored = await tx
    .select({ position: pollOptions.position, votesCount: pollOptions.votesCount })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
  if (hasEnded || sum(data.options) >= sum(stored)) {
    for (const { position, votesCount } of stored) {
      const newCount = data.options[position]?.votesCount ?? 0
      if (newCount !== votesCount)
        await tx
          .update(pollOptions)
          .set({ votesCount: newCount })
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

/** Replaces the poll of a status by another one, or by none. */
export async function replaceRemotePoll(tx: Tx, statusId: StatusId, data: RemotePoll | null): Promise<void> {
  await tx.delete(polls).where(eq(polls.statusId, statusId))
  if (data) await storeRemotePoll(tx, statusId, data)
}

/** Whether there are local votes: of a remote poll, no others are known. */
async function hasVotes(tx: Tx, statusId: StatusId): Promise<boolean> {
  const rows = await tx
    .select({ position: pollVotes.position })
    .from(pollVotes)
    .where(eq(pollVotes.statusId, statusId))
    .limit(1)
  return rows.length > 0
}

const sum = (options: { votesCount: number }[]): number =>
  options.reduce((total, { votesCount }) => total + votesCount, 0)
