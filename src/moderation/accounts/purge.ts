/** The `purge-accounts` job: deletes the data of accounts that were suspended 30 days ago, and of those that staff purge at once. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requireAbove, requirePermission, schedule, type Staff } from '../../accounts/roles/staff.ts'
import { deleteAccount } from '../../erasure/delete-account.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { Db, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { strikes } from '../../platform/db/schema/moderation.ts'
import type { AccountId } from '../../platform/ids.ts'
import { jobParts } from '../../platform/queue/parts.ts'
import { unfollow } from '../../relationships/follow.ts'
import { lockPairs } from '../../relationships/pairs.ts'
import { finishSeverances, recordSuspension } from '../../relationships/severance.ts'
import { refuse } from '../../text/refusals.ts'
import { lockTarget, targetOf } from './strike.ts'

const accountsAtATime = 50
const followsAtATime = 50

/**
 * Has the data of a suspended account deleted without waiting for the end of the 30 days. There is no way back.
 *
 * @param typed the username, as a person typed it to confirm; undefined where nothing is typed
 * @throws Refusal `not_permitted`, also for an account that no moderator suspended, `not_found`, `unprocessable` for another name
 */
export async function purgeAccount(tx: Tx, staff: Staff, accountId: AccountId, typed?: string): Promise<void> {
  requirePermission(staff, 'delete_user_data')
  await requireAbove(tx, staff, accountId)
  const target = await lockTarget(tx, accountId)
  if (typed !== undefined && typed.trim().replace(/^@/, '').toLowerCase() !== target.username.toLowerCase())
    throw refuse('unprocessable', 'purgeWrongName')
  if (target.suspendedBy !== 'moderator') throw refuse('not_permitted', 'onlySuspendedAccounts')
  await tx
    .update(accounts)
    .set({ purgeAt: sql`now()` })
    .where(eq(accounts.id, accountId))
  await audit(tx, staff, 'account', 'purge', targetOf(target))
  await addJobs(tx, [{ name: 'purge-account', payload: { accountId }, key: `purge-account ${accountId}` }])
}

/** Purges all accounts that are due, one after the other. An account that fails does not stop the others. */
export async function purgeAccounts(db: Db, signal?: AbortSignal): Promise<void> {
  const parts = jobParts(signal)
  for (let count = accountsAtATime, after = ''; count === accountsAtATime;) {
    signal?.throwIfAborted()
    const { rows } = await db.execute<{ id: AccountId; purgeAt: string }>(sql`
      select id, purge_at::text as "purgeAt" from accounts
      where purge_at <= now() and deleted_at is null ${after === '' ? sql`` : sql`and purge_at > ${after}::timestamptz`}
      order by purge_at limit ${accountsAtATime}`)
    for (const { id } of rows) await parts.run(`account ${id}`, () => purge(db, id, signal))
    count = rows.length
    after = rows.at(-1)?.purgeAt ?? after
  }
  parts.end()
}

/** Deletes the data of an account that is due. It may be repeated, and stops when the suspension was lifted meanwhile. */
export async function purge(db: Db, accountId: AccountId, signal?: AbortSignal): Promise<void> {
  for (let count = followsAtATime; count === followsAtATime;) {
    signal?.throwIfAborted()
    count = await db.transaction((tx) => leaveSome(tx, accountId))
  }
  await db.transaction((tx) => erase(tx, accountId))
  await finishSeverances(db, 'account_suspension')
}

const isDue = and(sql`${accounts.purgeAt} <= now()`, eq(accounts.suspendedBy, 'moderator'), isNull(accounts.deletedAt))

/** Ends follows of a remote account by local people, so that its server sends nothing for them any more. */
async function leaveSome(tx: Tx, accountId: AccountId): Promise<number> {
  const { rows } = await tx.execute<{
    accountId: AccountId
    isRequest: boolean
    showsReblogs: boolean
    notifies: boolean
    languages: string[] | null
    username: string
    domain: string
  }>(sql`
    select r.*, ${accounts.username}, ${accounts.domain} from (
      select follower_id as "accountId", target_id, shows_reblogs as "showsReblogs", notifies, languages, false as "isRequest" from follows where target_id = ${accountId}
      union all select follower_id, target_id, shows_reblogs, notifies, languages, true from follow_requests where target_id = ${accountId}
    ) r join accounts on ${accounts.id} = r.target_id
    where ${accounts.domain} is not null and ${isDue} limit ${followsAtATime}`)
  const [first] = rows
  if (!first) return 0
  await lockPairs(
    tx,
    rows.map((row) => [row.accountId, accountId] as const),
  )
  for (const row of rows) await unfollow(tx, row.accountId, accountId)
  await recordSuspension(tx, accountId, first, true, rows)
  return rows.length
}

async function erase(tx: Tx, accountId: AccountId): Promise<void> {
  const [target] = await tx
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isDue))
    .for('update')
  if (!target) return
  await audit(tx, schedule, 'account', 'purge', targetOf(target))
  await deleteAccount(tx, accountId)
  await tx.update(accounts).set({ purgeAt: null }).where(eq(accounts.id, accountId))
  // What was done to it can't be lifted any more.
  await tx.update(strikes).set({ endsAt: null, reviewAt: null }).where(eq(strikes.accountId, accountId))
}
