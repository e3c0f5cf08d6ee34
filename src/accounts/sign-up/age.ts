/** The minimum age: a date of birth is checked at sign-up, and forgotten. */
import type { FieldProblem } from '../../platform/errors.ts'
import { dayOf, isDay } from '../../platform/time.ts'
import { problemWith } from '../../text/refusals.ts'

/** Nobody is older; such a year is a slip. */
const maxAge = 130

/**
 * What is wrong with a date of birth where people must have lived `minAge` years; null if nothing is. Somebody who was born on
 * 29 February is a year older on 1 March of other years.
 *
 * @param written `YYYY-MM-DD`
 * @param timeZone in which a new day begins for the person; null: UTC
 */
export function birthProblem(
  written: string,
  minAge: number,
  timeZone: string | null,
  now: Date = new Date(),
): FieldProblem | null {
  const birth = written.trim()
  if (birth === '') return problemWith('date_of_birth', 'ERR_BLANK', 'blank')
  const today = timeZone === null ? dayOf(now) : dayIn(timeZone, now)
  if (!isDay(birth) || birth < yearsBefore(today, maxAge)) return problemWith('date_of_birth', 'ERR_INVALID', 'notDate')
  return birth <= yearsBefore(today, minAge) ? null : problemWith('date_of_birth', 'ERR_BELOW_LIMIT', 'tooYoung')
}

/** The same day of an earlier year. Days are compared as texts, so 29 February lies between its neighbours in each year. */
const yearsBefore = (day: string, years: number): string =>
  `${String(Number(day.slice(0, 4)) - years).padStart(4, '0')}${day.slice(4)}`

/** The day of a moment in a time zone. Swedish writes dates as ISO 8601 does. */
const dayIn = (timeZone: string, now: Date): string =>
  new Intl.DateTimeFormat('sv', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)
