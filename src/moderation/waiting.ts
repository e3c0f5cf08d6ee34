/** Counts of what waits for staff, for menus and mails. */
import { sql } from 'drizzle-orm'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import type { Reader } from '../platform/db/index.ts'

/** The number of appeals that wait, up to 1,000, for the menu. Cached until it changes. */
export const countAppeals = cachedUntilChanged('appeals', async (db): Promise<number> => {
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from (select from appeals where approved_at is null and rejected_at is null limit 1000) waiting`,
  )
  return rows[0]?.n ?? 0
})

/** The number of actions that have come up for review, up to 1,000, for the menu. Cached for a minute at most. */
export const countReviews = cachedUntilChanged('appeals', async (db): Promise<number> => {
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from (select from strikes where review_at <= now() and lifted_at is null limit 1000) waiting`,
  )
  return rows[0]?.n ?? 0
})

/** The number of webhooks that this server turned off, as they failed. Those that staff turned off wait for nobody. */
export async function countFailedWebhooks(db: Reader): Promise<number> {
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from webhooks where gave_up_at is not null`,
  )
  return rows[0]?.n ?? 0
}
