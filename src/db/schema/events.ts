import { sql } from 'drizzle-orm'
import { bigint, customType, index, jsonb, pgTable } from 'drizzle-orm/pg-core'
import { createdAt } from '../columns.ts'

/**
 * What happened lately, for processes that show it to people as it happens. Ids are given out before transactions commit, so
 * no id tells what a reader has seen; `transaction` does, held against a snapshot (`src/streaming/feed.ts`).
 */
export const events = pgTable(
  'events',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    transaction: customType<{ data: string }>({ dataType: () => 'xid8' })('transaction').notNull().default(sql`pg_current_xact_id()`),
    event: jsonb('event').notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('events_transaction').on(t.transaction), index('events_created_at').on(t.createdAt)],
)
