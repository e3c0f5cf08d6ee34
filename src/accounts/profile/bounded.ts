import { Refusal } from '../../platform/errors.ts'
import { countCharacters } from '../../rules/count.ts'

/**
 * A text of a profile within its limit.
 *
 * @throws Refusal `invalid` for a longer one
 */
export function bounded(label: string, text: string, max: number): string {
  if (countCharacters(text) > max) throw new Refusal('invalid', `${label} is too long: at most ${max} characters`)
  return text
}
