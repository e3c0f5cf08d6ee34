import { isDay } from '#src/platform/time.ts'
import { refuse } from '#src/text/refusals.ts'

/** The beginning of a day, UTC; null for an empty field. */
export function dayIn(text: string): Date | null {
  if (text === '') return null
  if (!isDay(text)) throw refuse('invalid', 'strikeTimePast')
  return new Date(`${text}T00:00:00Z`)
}
