/** Inboxes that are to hear of an end, kept from the transaction that ends something until the job that tells of it. */
import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'

/** An account or status that ends. */
export type Deleted = AccountId | StatusId

/**
 * Writes inboxes down, without leaving PostgreSQL.
 *
 * @param inboxes query for rows of `inbox`
 */
export async function storeDeleteRecipients(tx: Tx, subject: Deleted, inboxes: SQL): Promise<void> {
  await tx.execute(
    sql`insert into delete_recipients (subject_id, inbox_url) select ${subject}::bigint, inbox from (${inboxes}) as kept where inbox is not null on conflict do nothing`,
  )
}

/** Rows of `inbox`. */
export const deleteRecipients = (subject: Deleted): SQL =>
  sql`select inbox_url as inbox from delete_recipients where subject_id = ${subject}`

/** Forgets the inboxes, as each has its delivery. */
export async function forgetDeleteRecipients(tx: Tx, subject: Deleted): Promise<void> {
  await tx.execute(sql`delete from delete_recipients where subject_id = ${subject}`)
}
