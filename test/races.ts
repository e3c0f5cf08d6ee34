/** Transactions that run at the same time. */
import { sql } from 'drizzle-orm'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { TestDatabase } from './database.ts'
import { eventually } from './patience.ts'

type Act = (tx: Tx) => Promise<unknown>

/**
 * Begins a second transaction within a first one, which goes on once the second one has ended or waits for a lock. Refusals count as
 * ends.
 *
 * @param options `rest`: what the first one then does. `after`: what follows the second one
 * @returns how often the second one was tried: more than once after a deadlock
 */
export async function race(
  t: TestDatabase,
  first: Act,
  second: Act,
  { rest, after }: { rest?: Act; after?: () => Promise<unknown> } = {},
): Promise<number> {
  let tries = 0
  let other: Promise<unknown> = Promise.resolve()
  await t.db.transaction(async (tx) => {
    await first(tx)
    let isOver = false
    other = t.db
      .transaction((later) => {
        tries += 1
        return second(later)
      })
      .catch((error: unknown) => (error instanceof Refusal ? null : Promise.reject(error)))
      .then(() => after?.())
      .finally(() => {
        isOver = true
      })
    await eventually(async () => isOver || (await isAnyWaiting(t)))
    await rest?.(tx)
  })
  await other
  return tries
}

async function isAnyWaiting(t: TestDatabase): Promise<boolean> {
  const { rows } = await t.db.execute(
    sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length > 0
}
