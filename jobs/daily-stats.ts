import { countMissedDays } from '#src/instance/stats.ts'
import type { App } from '#src/platform/app.ts'
import { getLogger } from '#src/platform/log.ts'
import { dayOf } from '#src/platform/time.ts'

const log = getLogger('jobs')

/**
 * Ten past midnight UTC: counts the day before, and those that were missed while nothing ran.
 * The day comes from when the run was due, so one that is late or repeated counts the same days.
 */
export async function dailyStats(app: App, payload: unknown): Promise<void> {
  const days = await countMissedDays(app.db, dayOf(dueAt(payload)))
  if (days.length > 0) log.info('Counted {days}', { days: days.join(', ') })
}

/** When graphile-worker's cron wanted it to run; now where it was queued in another way. */
function dueAt(payload: unknown): Date {
  const { ['_cron']: cron } = (payload ?? {}) as { _cron?: { ts: string } }
  return cron ? new Date(cron.ts) : new Date()
}
