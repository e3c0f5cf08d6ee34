/** The recipients of a Delete: inboxes stored in the transaction that deletes an account or status, until the job that sends the Delete. */
import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'

/** A deleted account or status. */
export type Deleted = AccountId | StatusId

/**
 * Stores inboxes, without leaving PostgreSQL.
 *
 * @param inboxes query for rows of `inbox`
 */
export async function storeDeleteRecipients(tx: Tx, subject: Deleted, inboxes: SQL): Promise<void> {
  await tx.execute(
    sql`insert into delete_recipients (subject_id, inbox_url) select ${subject}::bigint, inbox from (${inboxes}) as kept where inbox is not null on conflict do nothing`,
  )
}

/** A query for rows of `inbox`. */
export const deleteRecipients = (subject: Deleted): SQL =>
  sql`select inbox_url as inbox from delete_recipients where subject_id = ${subject}`

/** Deletes the inboxes, once each has its delivery. */
export async function forgetDeleteRecipients(tx: Tx, subject: Deleted): Promise<void> {
  await tx.execute(sql`delete from delete_recipients where subject_id = ${subject}`)
}
