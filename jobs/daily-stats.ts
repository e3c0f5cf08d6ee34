import { countMissedDays } from '#src/instance/stats.ts'
import type { App } from '#src/platform/app.ts'
import { getLogger } from '#src/platform/log.ts'
import { dayOf } from '#src/platform/time.ts'

const log = getLogger('jobs')

/**
 * Ten past midnight UTC: counts the day before, and days that were missed while no worker ran.
 * The day comes from the due time of the run, so a late or repeated run counts the same days.
 */
export async function dailyStats(app: App, payload: unknown): Promise<void> {
  const days = await countMissedDays(app.db, dayOf(dueAt(payload)))
  if (days.length > 0) log.info('Counted {days}', { days: days.join(', ') })
}

/** The due time by graphile-worker's cron; now for a job that was queued in another way. */
function dueAt(payload: unknown): Date {
  const { ['_cron']: cron } = (payload ?? {}) as { _cron?: { ts: string } }
  return cron ? new Date(cron.ts) : new Date()
}
