import { and, eq, isNull, sql } from 'drizzle-orm'
import type { App } from '../app.ts'
import type { Tx } from '../db/index.ts'
import { users } from '../db/schema/accounts.ts'
import { polls, pollVotes } from '../db/schema/interactions.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { notifyEach } from '../notifications/notify.ts'
import { emit } from '../outbox.ts'
import { lockPoll } from './polls.ts'

/**
 * What follows when the time of a poll is over: its local author and voters hear of it, once, and other servers get the final
 * counts. A poll whose end was moved, or that is gone, is left alone. Asks its server, where that is another one.
 */
export async function noticePollEnd(app: App, statusId: StatusId): Promise<void> {
  const [status] = await app.db
    .select({ uri: statuses.uri, isLocal: statuses.isLocal })
    .from(statuses)
    .innerJoin(polls, and(eq(polls.statusId, statuses.id), sql`${polls.expiresAt} <= now()`))
    .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
  if (!status) return
  if (!status.isLocal) await app.remote.refresh(status.uri)
  await app.db.transaction((tx) => endPoll(tx, statusId))
}

async function endPoll(tx: Tx, statusId: StatusId): Promise<void> {
  const poll = await lockPoll(tx, statusId)
  const [status] = await tx.select({ accountId: statuses.accountId, isLocal: statuses.isLocal }).from(statuses).where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
  if (!poll?.hasEnded || !status) return
  const voters = await tx
    .selectDistinct({ id: pollVotes.accountId })
    .from(pollVotes)
    .innerJoin(users, eq(users.accountId, pollVotes.accountId))
    .where(eq(pollVotes.statusId, statusId))
  const concerned = new Set<AccountId>([...(status.isLocal ? [status.accountId] : []), ...voters.map(({ id }) => id)])
  await notifyEach(tx, { type: 'poll', from: status.accountId, statusId }, [...concerned])
  if (status.isLocal) await emit(tx, { type: 'poll.tallied', statusId })
}
