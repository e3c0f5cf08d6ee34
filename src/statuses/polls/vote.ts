/** Votes of local and remote accounts, in local and remote polls. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { pollOptions, polls, pollVotes } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { minuteMs } from '../../platform/time.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { visibleTo } from '../access/visibility.ts'
import { visibleStatus } from '../find.ts'
import { lockPoll, queuePollEnd, queueTally } from './poll.ts'

/** Delay after which a remote server has the final counts. */
const remoteEndMs = minuteMs

/**
 * Casts the vote of a local account: once, for one option, or for several if the poll allows it. A vote in a remote poll is sent
 * to its server.
 *
 * @param choices positions of options, from 0
 * @throws Refusal `not_found` when the account may not see the poll, `invalid` when the vote is not allowed
 */
export async function vote(tx: Tx, voterId: AccountId, statusId: StatusId, choices: number[]): Promise<void> {
  const status = await visibleStatus(tx, voterId, statusId)
  const poll = await lockPoll(tx, statusId)
  if (!poll) throw notFound()
  if (status.accountId === voterId) throw refuse('invalid', 'voteOwn')
  if (poll.hasEnded) throw refuse('invalid', 'voteEnded')
  const earlier = await tx
    .select({ position: pollVotes.position })
    .from(pollVotes)
    .where(and(eq(pollVotes.statusId, statusId), eq(pollVotes.accountId, voterId)))
  if (earlier.length > 0) throw refuse('invalid', 'voteAgain')

  const positions = [...new Set(choices)]
  if (positions.length === 0) throw refuse('invalid', 'voteEmpty')
  const options = await tx
    .select({ position: pollOptions.position })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
  if (!positions.every((position) => options.some((option) => option.position === position)))
    throw refuse('invalid', 'voteUnknown')
  // Mastodon's message: there, each choice is a vote.
  if (poll.kind === 'single' && positions.length > 1) throw refuse('invalid', 'voteAgain')

  await count(tx, statusId, voterId, positions, null)
  const [{ isLocal } = { isLocal: true }] = await tx
    .select({ isLocal: statuses.isLocal })
    .from(statuses)
    .where(eq(statuses.id, statusId))
  if (isLocal) return queueTally(tx, statusId)
  if (poll.expiresAt) await queuePollEnd(tx, statusId, new Date(poll.expiresAt.getTime() + remoteEndMs))
  await emit(tx, { type: 'poll.voted', accountId: voterId, statusId, positions })
}

/**
 * Counts a remote vote in a local poll: one per account, or one per option in a multiple-choice poll. A vote that may not be
 * counted changes nothing, without an error.
 *
 * @param choice the option's title
 * @param uri id of the vote's Note
 */
export async function receiveVote(
  tx: Tx,
  voterId: AccountId,
  statusId: StatusId,
  choice: string,
  uri: string | null,
): Promise<void> {
  const [status] = await tx
    .select({ accountId: statuses.accountId })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), eq(statuses.isLocal, true), visibleTo(voterId)))
  const poll = status && status.accountId !== voterId ? await lockPoll(tx, statusId) : null
  if (!poll || poll.hasEnded) return
  const earlier = await tx
    .select({ position: pollVotes.position })
    .from(pollVotes)
    .where(and(eq(pollVotes.statusId, statusId), eq(pollVotes.accountId, voterId)))
  if (poll.kind === 'single' && earlier.length > 0) return
  const options = await tx
    .select({ position: pollOptions.position, title: pollOptions.title })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
  const chosen = options.find(({ title }) => title === plainText(choice).trim())
  if (!chosen || earlier.some(({ position }) => position === chosen.position)) return
  if (await count(tx, statusId, voterId, [chosen.position], uri)) await queueTally(tx, statusId)
}

/** @returns false when another vote has this URI */
async function count(
  tx: Tx,
  statusId: StatusId,
  accountId: AccountId,
  positions: number[],
  uri: string | null,
): Promise<boolean> {
  const [before] = await tx
    .select({ n: sql<number>`count(*)::int` })
    .from(pollVotes)
    .where(and(eq(pollVotes.statusId, statusId), eq(pollVotes.accountId, accountId)))
  const added = await tx
    .insert(pollVotes)
    .values(positions.map((position) => ({ statusId, accountId, position, uri })))
    .onConflictDoNothing()
    .returning({ position: pollVotes.position })
  if (added.length === 0) return false
  await tx
    .update(pollOptions)
    .set({ votesCount: sql`${pollOptions.votesCount} + 1` })
    .where(
      and(
        eq(pollOptions.statusId, statusId),
        inArray(
          pollOptions.position,
          added.map(({ position }) => position),
        ),
      ),
    )
  if (before?.n === 0)
    await tx
      .update(polls)
      .set({ votersCount: sql`${polls.votersCount} + 1` })
      .where(eq(polls.statusId, statusId))
  return true
}
