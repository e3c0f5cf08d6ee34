import { and, eq, isNull, sql } from 'drizzle-orm'
import { notify, notifyEach } from '../../notices/notify.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { polls } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { lockPoll } from './poll.ts'

/**
 * Ends a poll whose time is over: notifies its local author and voters once, and sends the final counts to other servers. Fetches
 * a remote poll first. Does nothing when the poll's end was moved, or the poll was deleted.
 */
export async function endPoll(app: App, statusId: StatusId): Promise<void> {
  const [status] = await app.db
    .select({ uri: statuses.uri, isLocal: statuses.isLocal })
    .from(statuses)
    .innerJoin(polls, and(eq(polls.statusId, statuses.id), sql`${polls.expiresAt} <= now()`))
    .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
  if (!status) return
  if (!status.isLocal) await app.remote.refresh(status.uri)
  await app.db.transaction((tx) => announceEnd(tx, statusId))
}

async function announceEnd(tx: Tx, statusId: StatusId): Promise<void> {
  const poll = await lockPoll(tx, statusId)
  const [status] = await tx
    .select({ accountId: statuses.accountId, isLocal: statuses.isLocal })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
  if (!poll?.hasEnded || !status) return
  if (status.isLocal) {
    await notify(tx, { type: 'poll', for: status.accountId, from: status.accountId, statusId })
    await emit(tx, { type: 'poll.tallied', statusId })
  }
  await notifyVoters(tx, statusId, null)
}

/** Voters that are notified in one transaction. */
const batchSize = 500

/**
 * Notifies the local voters of a poll that it has ended. Handles one batch, and queues a job for the next. Repeating it changes
 * nothing.
 *
 * @param after the last voter of the batch before; null for the first batch
 */
export async function notifyVoters(tx: Tx, statusId: StatusId, after: AccountId | null): Promise<void> {
  const { rows } = await tx.execute<{ id: AccountId; authorId: AccountId }>(sql`
    select distinct v.account_id as id, s.account_id as "authorId"
    from statuses s
    join polls p on p.status_id = s.id and p.expires_at <= now()
    join poll_votes v on v.status_id = s.id and v.account_id > ${after ?? '0'}::bigint
    join users u on u.account_id = v.account_id
    where s.id = ${statusId} and s.deleted_at is null
    order by v.account_id limit ${batchSize}`)
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return
  await notifyEach(
    tx,
    { type: 'poll', from: first.authorId, statusId },
    rows.map(({ id }) => id),
  )
  if (rows.length === batchSize) await addJobs(tx, [{ name: 'poll-notices', payload: { statusId, after: last.id } }])
}
