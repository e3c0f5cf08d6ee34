import { countCharacters } from '../../rules/count.ts'
import { refuse } from '../../text/refusals.ts'

/**
 * A text of a profile within its limit.
 *
 * @throws Refusal `invalid` for a longer one
 */
export function bounded(label: string, text: string, max: number): string {
  if (countCharacters(text) > max) throw refuse('invalid', 'profileTooLong', { field: label, max })
  return text
}
