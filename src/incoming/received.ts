/**
 * Which received activities took effect. A row is kept for each, written in the transaction of the effect. An activity that can
 * be taken back counts again after its Undo, also under its old id, as some servers derive ids from the two accounts or the post.
 * An activity that tells a state counts whenever it says something else than the last one about the same subject.
 */
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { minuteMs } from '../platform/time.ts'

/** By what a repeat is known. */
export type Receipt = {
  /** The activity's id, or the subject whose state it tells. */
  key: string
  /** The state, or a digest of it; null where the activity counts once, whatever it says. */
  said: string | null
}

/** How an activity came. */
export type ArrivalTime = {
  at: Date
  /** Whether its actor delivered it. What others pass on may be old: nobody brings back by it what was taken back. */
  isDirect: boolean
}

/** `late`: something newer about the same subject arrived before. */
export type Reception = 'first' | 'late' | 'repeated'

/** What stands in `said` of a deed that was taken back, and of one whose Undo came first: no digest is ever one of these. */
const undone = '00000000-0000-0000-0000-000000000000'
const overtaken = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
/** An activity that its Undo overtook comes within this time. */
const overtakenMs = 10 * minuteMs

/** The form in which keys and states are kept: 16 bytes of a digest, as PostgreSQL writes a `uuid`. */
export function digestOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Notes that an activity takes effect in this transaction, unless it is a repeat. One that is being received at the moment is waited for. */
export async function receiveOnce(tx: Tx, receipt: Receipt, { at, isDirect }: ArrivalTime): Promise<Reception> {
  const key = digestOf(receipt.key)
  const said = receipt.said === null ? null : digestOf(receipt.said)
  const { rowCount } = await tx.execute(
    sql`insert into received_activities (key, said, received_at) values (${key}, ${said}, ${at.toISOString()}) on conflict do nothing`,
  )
  if (rowCount === 1) return 'first'
  const before = await lock(tx, key)
  const isLater = at.getTime() > before.at.getTime()
  if (before.said === said) {
    if (isDirect && isLater) await note(tx, key, said, at)
    return 'repeated'
  }
  if (before.said === undone || before.said === overtaken) {
    if (!isDirect) return 'repeated'
    if (!isLater) {
      if (before.said === overtaken) await note(tx, key, undone, before.at)
      return 'repeated'
    }
    if (before.said === overtaken && at.getTime() < before.at.getTime() + overtakenMs) {
      // It is taken for the one that was overtaken; whatever comes after it counts, also what arrived shortly before.
      await note(tx, key, undone, new Date(before.at.getTime() - overtakenMs))
      return 'repeated'
    }
  }
  if (at < before.at) return 'late'
  await note(tx, key, said, at)
  return 'first'
}

/**
 * Notes that what an activity did is taken back.
 *
 * @returns `stood`: it took effect before; `unseen`: it did not; `undone`: it was taken back before; `newer`: it came again after this Undo
 */
export async function takeBack(tx: Tx, uri: string, at: Date): Promise<'stood' | 'unseen' | 'undone' | 'newer'> {
  const key = digestOf(uri)
  const { rowCount } = await tx.execute(
    sql`insert into received_activities (key, said, received_at) values (${key}, ${overtaken}, ${at.toISOString()}) on conflict do nothing`,
  )
  if (rowCount === 1) return 'unseen'
  const before = await lock(tx, key)
  if (before.said === undone) return 'undone'
  if (before.said === overtaken) return 'unseen'
  if (before.at.getTime() > at.getTime()) return 'newer'
  await note(tx, key, undone, at)
  return 'stood'
}

/** Notes of what `takeBack` had not seen that it was here after all: what is known of an activity is forgotten sooner than what it did. */
export async function wasTakenBack(tx: Tx, uri: string, at: Date): Promise<void> {
  await tx.execute(
    sql`update received_activities set said = ${undone}, received_at = greatest(received_at, ${at.toISOString()}::timestamptz) where key = ${digestOf(uri)}`,
  )
}

/** Whether the Follow by which an account follows another, or asks to, arrived after a moment. */
export async function isFollowedSince(
  db: Reader,
  followerId: AccountId,
  targetId: AccountId,
  at: Date,
): Promise<boolean> {
  const { rows: found } = await db.execute<{ uri: string }>(sql`
    select uri from follows where follower_id = ${followerId} and target_id = ${targetId}
    union all select uri from follow_requests where follower_id = ${followerId} and target_id = ${targetId}`)
  if (found.length === 0) return false
  const keys = arrayOf(found.map(({ uri }) => digestOf(uri)))
  const { rows } = await db.execute(
    sql`select from received_activities where key = any(${keys}::uuid[]) and received_at > ${at.toISOString()}`,
  )
  return rows.length > 0
}

async function lock(tx: Tx, key: string): Promise<{ said: string | null; at: Date }> {
  const { rows } = await tx.execute<{ said: string | null; at: string }>(
    sql`select said, received_at as at from received_activities where key = ${key} for update`,
  )
  const [row] = rows
  // The sweep took it in this moment: it was of no use any more.
  return row ? { said: row.said, at: new Date(row.at) } : { said: overtaken, at: new Date(0) }
}

async function note(tx: Tx, key: string, said: string | null, at: Date): Promise<void> {
  await tx.execute(
    sql`update received_activities set said = ${said}, received_at = ${at.toISOString()} where key = ${key}`,
  )
}
