import { sql } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'

/** A Follow that its Undo overtook comes within this time, in minutes. */
const overtakenMinutes = 10

/**
 * Notes that an activity takes effect in this transaction. False when it did before, or was taken back before it came: who repeats
 * itself changes nothing. What does the same at the same time is waited for.
 */
export async function receiveOnce(tx: Tx, uri: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`insert into received_activities (uri) values (${uri}) on conflict do nothing`)
  return rowCount === 1
}

/**
 * Notes that a Follow was taken back: one that was overtaken by this does nothing any more when it comes. Of one that took effect
 * before, the next counts again, as some servers use the same id whenever somebody follows the same account.
 */
export async function takeBackFollow(tx: Tx, uri: string): Promise<void> {
  // One that is being received at the moment is waited for.
  const isFirst = await receiveOnce(tx, uri)
  await tx.execute(sql`delete from received_activities where uri = ${uri}`)
  if (isFirst) await tx.execute(sql`insert into tombstones (uri) values (${uri}) on conflict (uri) do update set created_at = now()`)
}

/** Whether a Follow that comes now was taken back already. */
export async function wasTakenBack(tx: Tx, uri: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`delete from tombstones where uri = ${uri} and created_at > now() - ${overtakenMinutes}::int * interval '1 minute'`)
  return rowCount === 1
}
