/**
 * Records of received activities that took effect: a row for each, written in the transaction of the effect. An
 * activity that can be undone counts again after its Undo, also under its old id, as some servers derive ids from the
 * two accounts or the post. An activity that reports a state counts when its state differs from the last one about the
 * same subject.
 */
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { minuteMs } from '../platform/time.ts'

/** Identifies repeats of an activity. */
export type Receipt = {
  /** The activity's id, or the subject whose state it reports. */
  key: string
  /** The state, or a digest of it; null when the activity counts once, whatever its content. */
  said: string | null
}

/** When and how an activity arrived. */
export type ArrivalTime = {
  at: Date
  /** Whether its actor delivered it. A forwarded activity may be old, so it does not reverse an Undo. */
  isDirect: boolean
}

/** `late`: a newer activity about the same subject arrived before. */
export type Reception = 'first' | 'late' | 'repeated'

/**
 * Values of `said` for an activity that was undone, and for one whose Undo arrived first. No digest has these values.
 */
const undone = '00000000-0000-0000-0000-000000000000'
const overtaken = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
/** An activity that its Undo overtook arrives within this time. */
const overtakenMs = 10 * minuteMs

/** The stored form of keys and states: 16 bytes of a digest, written as a PostgreSQL `uuid`. */
export function digestOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/**
 * Records that an activity takes effect in this transaction, unless it is a repeat. Waits for a transaction that
 * receives the same one at the moment.
 */
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
      // This counts as the overtaken activity. Any later one takes effect, also one that arrived shortly before.
      await note(tx, key, undone, new Date(before.at.getTime() - overtakenMs))
      return 'repeated'
    }
  }
  if (at < before.at) return 'late'
  await note(tx, key, said, at)
  return 'first'
}

/**
 * Records that an activity is undone.
 *
 * @returns `stood`: it had taken effect; `unseen`: it had not; `undone`: it was undone before; `newer`: it was repeated
 *   after this Undo
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

/**
 * Corrects an `unseen` of `takeBack` when the activity's effect exists after all: the record of an activity is
 * deleted sooner than its effect.
 */
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
  // The clean-up deleted the row in this moment: it was too old to matter.
  return row ? { said: row.said, at: new Date(row.at) } : { said: overtaken, at: new Date(0) }
}

async function note(tx: Tx, key: string, said: string | null, at: Date): Promise<void> {
  await tx.execute(
    sql`update received_activities set said = ${said}, received_at = ${at.toISOString()} where key = ${key}`,
  )
}
