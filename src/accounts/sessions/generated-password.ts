import { randomInt } from 'node:crypto'

/** Without characters that look alike on paper. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A password of 100 random bits, in groups that can be copied by hand. */
export function generatedPassword(): string {
  const group = () => Array.from({ length: 5 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
  return [group(), group(), group(), group()].join('-')
}
