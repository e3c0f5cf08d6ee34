import { countDay, countMissedDays, type DayStats, loadDay } from '#src/instance/stats.ts'
import type { App } from '#src/platform/app.ts'
import { addDays, dayOf, isDay } from '#src/platform/time.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

/** `stats run` */
export function run(options: { json?: boolean; date?: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const today = dayOf(new Date())
    if (options.date !== undefined && (!isDay(options.date) || options.date > today))
      throw new UsageError('--date must be a day such as 2026-02-28, and not to come')
    const days = options.date === undefined ? await missedAndRecent(app, today) : [options.date]
    for (const day of days) await app.db.transaction((tx) => countDay(tx, day))
    const counted = (await Promise.all(days.map((day) => loadDay(app.db, day)))).filter((row) => row !== null)
    return { data: counted, lines: counted.map((row) => line(row, row.day === today)) }
  })
}

/** The days that a server would count by itself, and the two most recent days, which the command shows. */
async function missedAndRecent(app: App, today: string): Promise<string[]> {
  const missed = await countMissedDays(app.db, today)
  return [...new Set([...missed, addDays(today, -1), today])]
}

function line(row: DayStats, isToday: boolean): string {
  const { day, ...numbers } = row
  const words = Object.entries(numbers).map(
    ([name, count]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${count}`,
  )
  return `${day}${isToday ? ' (so far)' : ''}: ${words.join(', ')}`
}
