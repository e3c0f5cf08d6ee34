import type { Reader } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { wroteBetween } from '../../statuses/counts/year.ts'
import { findReport } from './reports.ts'
import { currentSeason, idsOf } from './season.ts'

/** The year whose report a person may make or has not read yet, in its season; else null, which mostly takes no statement. */
export async function offeredYear(db: Reader, accountId: AccountId, now = new Date()): Promise<number | null> {
  const year = currentSeason(now)
  if (year === null) return null
  const report = await findReport(db, accountId, year)
  const isOffered = report ? report.readAt === null : await wroteBetween(db, accountId, ...idsOf(year))
  return isOffered ? year : null
}
