/** Empties the partition for the events of the next hour: the events in it are at least an hour old. */
import { sql } from 'drizzle-orm'
import { sqlState, type Tx } from '../../platform/db/index.ts'
import { eventHour, eventSlots } from '../../platform/db/schema/events.ts'

/**
 * How long readers of events may have to wait when another reader takes long. Writers never wait: they write into
 * another partition.
 */
const lockWait = '200ms'
const lockNotAvailable = '55P03'

/**
 * Returns the number of deleted rows, or null when another reader took too long: the next run deletes them. Any number
 * of processes may do it at once. A feed that was disconnected for longer than an hour reads its tables anew.
 */
export async function rotateEvents(tx: Tx): Promise<number | null> {
  // Two runs that have both counted would wait for each other.
  const {
    rows: [lock],
  } = await tx.execute<{ isOurs: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended('rotate-events', 0)) as "isOurs"`,
  )
  if (!lock?.isOurs) return 0
  const { hour, next, count } = await nextSlot(tx)
  if (count === 0) return 0
  try {
    await tx.transaction(async (inner) => {
      await inner.execute(sql`select set_config('lock_timeout', ${lockWait}, true)`)
      await inner.execute(sql`lock table ${next} in access exclusive mode`)
      // The hour may have ended while we waited, and others may write there already. From here on they have to wait.
      const { rows } = await inner.execute(sql`select where ${eventHour} = ${hour}::bigint`)
      if (rows.length > 0) await inner.execute(sql`truncate table ${next}`)
    })
  } catch (error) {
    if (sqlState(error) === lockNotAvailable) return null
    throw error
  }
  return count
}

async function nextSlot(tx: Tx) {
  const {
    rows: [found],
  } = await tx.execute<{ hour: string; slot: number }>(
    sql`select hour, ((hour + 1) % ${eventSlots})::int as slot from (select ${eventHour} as hour) now`,
  )
  const { hour, slot } = found!
  const next = sql.identifier(`events_${slot}`)
  const {
    rows: [counted],
  } = await tx.execute<{ count: number }>(sql`select count(*)::int as count from ${next}`)
  return { hour, next, count: counted!.count }
}
