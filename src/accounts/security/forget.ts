/** Deletes old entries of the security log, and addresses of clients after the time that admins set, in batches. */
import { sql } from 'drizzle-orm'
import { deleteSome } from '../../platform/db/delete-some.ts'
import type { Tx } from '../../platform/db/index.ts'
import { firstIdAt, type SecurityEventId, type TokenId } from '../../platform/ids.ts'
import { sessionDays } from '../sessions/sessions.ts'

/** Deletes entries of the log. Their ids grow with time. @returns the number of entries */
export async function deleteLog(tx: Tx, before: Date, limit: number): Promise<number> {
  const rows = await deleteSome(tx, 'security_events', sql`id < ${firstIdAt<SecurityEventId>(before)}`, limit, {
    skipsLocked: true,
  })
  return rows.length
}

/** Deletes the addresses of entries of the log. @returns the number of entries */
export async function forgetLogAddresses(tx: Tx, before: Date, limit: number): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update security_events set address = null where id = any(array(
      select id from security_events where address is not null and id < ${firstIdAt<SecurityEventId>(before)}
      order by id limit ${limit} for update skip locked))`)
  return rowCount ?? 0
}

/** Deletes the addresses of sessions that were not used for some days. @returns the number of sessions */
export async function forgetSessionAddresses(tx: Tx, days: number, limit: number): Promise<number> {
  // The index of ends leaves out those that began later than the last use would have been.
  const { rowCount } = await tx.execute(sql`
    update sessions set address = null where token_hash = any(array(
      select token_hash from sessions
      where address is not null and last_used_at < now() - ${days}::int * interval '1 day'
        and expires_at < now() + ${sessionDays - days}::int * interval '1 day'
      limit ${limit} for update skip locked))`)
  return rowCount ?? 0
}

/** Deletes the addresses of sign-ups. @returns the number of accounts */
export async function forgetSignUpAddresses(tx: Tx, days: number, limit: number): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update users set sign_up_address = null where account_id = any(array(
      select account_id from users
      where sign_up_address is not null and created_at < now() - ${days}::int * interval '1 day'
      limit ${limit} for update skip locked))`)
  return rowCount ?? 0
}

/**
 * Deletes the addresses of tokens that were not used for some days, among the next ones by id.
 *
 * @param after the last token of the batch before
 * @returns the last token of this batch, null at the end; and the number of addresses
 */
export async function forgetTokenAddresses(
  tx: Tx,
  days: number,
  after: TokenId | null,
  limit: number,
): Promise<{ last: TokenId | null; count: number }> {
  const isOld = sql`last_used_at < now() - ${days}::int * interval '1 day'`
  const { rows } = await tx.execute<{ last: TokenId | null; count: number }>(sql`
    with walked as materialized (
      select id, last_address is not null and ${isOld} as is_due from access_tokens where id > ${after ?? '0'}::bigint order by id limit ${limit}),
    forgotten as (
      update access_tokens set last_address = null where id = any(array(select id from walked where is_due)) and ${isOld} returning 1)
    select (select max(id) from walked) as last, (select count(*)::int from forgotten) as count`)
  return rows[0] ?? { last: null, count: 0 }
}
