/** When a year can be looked back on. Days are those of UTC. */
import { firstIdAt, type StatusId } from '../../platform/ids.ts'

/** From this day of December on there is enough of a year to look back on; Mastodon offers it from then on, too. */
const firstDay = 10

/** Whether a year is over, or nearly. */
export const canLookBack = (year: number, now = new Date()): boolean => now.getTime() >= Date.UTC(year, 11, firstDay)

/** The year that people are invited to look back on these days; null for most of the time. */
export function currentSeason(now = new Date()): number | null {
  const year = now.getUTCFullYear()
  return canLookBack(year, now) ? year : null
}

/** The span of ids of what was written in a year: from the first on, up to, and without, the second. */
export const idsOf = (year: number): [StatusId, StatusId] => [
  firstIdAt(new Date(Date.UTC(year, 0))),
  firstIdAt(new Date(Date.UTC(year + 1, 0))),
]

/** How many months of a year have begun. */
export const monthsOf = (year: number, now = new Date()): number =>
  now.getUTCFullYear() > year ? 12 : now.getUTCMonth() + 1
