/** The days that a figure is about. */
import type { TimeSpan } from '../../platform/db/sample.ts'
import { addDays, dayMs, dayOf } from '../../platform/time.ts'
import { refuse } from '../../text/refusals.ts'

/** Days (UTC), `YYYY-MM-DD`, both of them included. */
export type Days = { first: string; last: string }

/** A year of days. */
const maxDays = 366

/** Nothing is older than the first servers; the end may lie in a month that is not over. */
const earliest = new Date('2000-01-01T00:00:00Z')
const latestInMs = maxDays * dayMs

/** The days from one moment to another. @throws Refusal `invalid` for too many, for an end before the start, and for days out of reach */
export function daysOf(start: Date, end: Date, max = maxDays): Days {
  const days = { first: dayOf(start), last: dayOf(end) }
  if (days.last < days.first) throw refuse('invalid', 'figureEnd')
  if (countOf(days) > max) throw refuse('invalid', 'figureSpan', { max })
  if (start < earliest || end > new Date(Date.now() + latestInMs)) throw refuse('invalid', 'figureDay')
  return days
}

export const countOf = ({ first, last }: Days): number => Math.round((startOf(last) - startOf(first)) / dayMs) + 1

/** As many days before. */
export const before = (days: Days): Days => ({
  first: addDays(days.first, -countOf(days)),
  last: addDays(days.first, -1),
})

export const timesOf = ({ first, last }: Days): TimeSpan => ({ from: startOf(first), to: startOf(last) + dayMs })

/** Each of the days, the first one first. */
export const eachDay = (days: Days): string[] => Array.from({ length: countOf(days) }, (_, i) => addDays(days.first, i))

/** A day that SQL gave as its number since 1970. */
export const dayNumbered = (number: number): string => dayOf(new Date(number * dayMs))

const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)
