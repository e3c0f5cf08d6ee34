/** Which items of a collection take one of its places: the account is in it, or was asked. */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

const activeStates = ['pending', 'accepted'] as const

export const isActive = (state: string): state is (typeof activeStates)[number] =>
  (activeStates as readonly string[]).includes(state)

/** `isActive` as SQL, of the column with an item's state. */
export const isActiveState = (state: AnyColumn | SQL): SQL =>
  sql`${state} in (${sql.raw(activeStates.map((each) => `'${each}'`).join(', '))})`
