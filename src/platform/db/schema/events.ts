import { sql } from 'drizzle-orm'
import { bigint, customType, index, jsonb, pgTable, smallint } from 'drizzle-orm/pg-core'

/** The number of partitions that hours rotate over: `events_0` to `events_2`. */
export const eventSlots = 3
/** The number of the hour since 1970, at the moment of writing: the transaction may have begun long before. */
export const eventHour = sql`(extract(epoch from clock_timestamp())::bigint / 3600)`

/**
 * Recent events, for processes that stream them to people. Ids are assigned before transactions commit, so an id does not
 * say which events a reader has seen; `transaction` does, compared with a snapshot (`src/reading/streaming/feed.ts`).
 *
 * Each hour's rows go to the partition of its slot, which is truncated before it is used again
 * (`src/reading/streaming/rotate.ts`): no row is ever deleted, so none leaves a gap, however old the open snapshots are.
 * Drizzle knows no partitions: the migration that makes the table is written by hand.
 */
export const events = pgTable(
  'events',
  {
    id: bigint('id', { mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    transaction: customType<{ data: string }>({ dataType: () => 'xid8' })('transaction')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    event: jsonb('event').notNull(),
    slot: smallint('slot')
      .notNull()
      .default(sql`((extract(epoch from clock_timestamp())::bigint / 3600) % 3)::smallint`),
  },
  (t) => [index('events_transaction').on(t.transaction)],
)
