import { sql } from 'drizzle-orm'
import { bigint, customType, index, jsonb, pgTable, smallint } from 'drizzle-orm/pg-core'

/** Hours go round over so many partitions: `events_0` to `events_2`. */
export const eventSlots = 3
/** The number of the hour, counted from 1970. By the moment of writing: a transaction may have begun long before. */
export const eventHour = sql`(extract(epoch from clock_timestamp())::bigint / 3600)`

/**
 * What happened lately, for processes that show it to people as it happens. Ids are given out before transactions commit, so
 * no id tells what a reader has seen; `transaction` does, held against a snapshot (`src/reading/streaming/feed.ts`).
 *
 * Each hour's rows go to the partition of its slot, which is emptied as a whole before its turn comes again
 * (`src/reading/streaming/rotate.ts`): no row is ever deleted, so none leaves a gap, however old the snapshots are that others hold.
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
