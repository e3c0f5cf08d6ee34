import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { finishRefresh } from '../../platform/async-refreshes.ts'
import type { Reader } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { annualReports, type Year } from '../../platform/db/schema/annual-reports.ts'
import type { AccountId } from '../../platform/ids.ts'
import { newFollowers } from '../../relationships/new-followers.ts'
import { countYear } from '../../statuses/counts/year.ts'
import { archetypeOf } from './archetype.ts'
import { reportRefreshId } from './reports.ts'
import { idsOf, monthsOf } from './season.ts'

/** The `annual-report` job: counts an account's year, and stores the report. An existing report stays unchanged. */
export async function makeReport(app: App, accountId: AccountId, year: number): Promise<void> {
  await app.db.transaction(async (tx) => {
    const [user] = await tx
      .select({ accountId: users.accountId })
      .from(users)
      .where(eq(users.accountId, accountId))
      .for('key share')
    if (!user) return
    await tx
      .insert(annualReports)
      .values({ accountId, year, data: await lookBack(tx, accountId, year) })
      .onConflictDoNothing()
    await finishRefresh(tx, reportRefreshId(app, accountId, year), 1)
  })
}

async function lookBack(db: Reader, accountId: AccountId, year: number): Promise<Year> {
  const written = await countYear(db, accountId, ...idsOf(year))
  const followers = await newFollowers(db, accountId, year)
  const months = Array.from({ length: monthsOf(year) }, (_, i) => i + 1)
  return {
    archetype: archetypeOf(written),
    months: months.map((month) => ({
      month,
      statuses: written.byMonth.get(month) ?? 0,
      followers: followers.get(month) ?? 0,
    })),
    topTag: written.topTag,
    mostBoostedId: written.mostBoostedId,
  }
}
