/** When annual reports are offered. Days are days of UTC. */
import { firstIdAt, type StatusId } from '../../platform/ids.ts'

/** The day of December from which on the year has a report, as in Mastodon. */
const firstDay = 10

/** Whether a year is over, or nearly over. */
export const canLookBack = (year: number, now = new Date()): boolean => now.getTime() >= Date.UTC(year, 11, firstDay)

/** The year whose report is offered at present; null for most of the time. */
export function currentSeason(now = new Date()): number | null {
  const year = now.getUTCFullYear()
  return canLookBack(year, now) ? year : null
}

/** The span of ids of a year: from the first, included, to the second, excluded. */
export const idsOf = (year: number): [StatusId, StatusId] => [
  firstIdAt(new Date(Date.UTC(year, 0))),
  firstIdAt(new Date(Date.UTC(year + 1, 0))),
]

/** How many months of a year have begun. */
export const monthsOf = (year: number, now = new Date()): number =>
  now.getUTCFullYear() > year ? 12 : now.getUTCMonth() + 1
