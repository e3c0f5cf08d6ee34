import { countGraphemes } from '../text/clean.ts'
import { scan, type Token } from '../text/scan.ts'
import { limits } from './limits.ts'

/**
 * Length of a status for its limit, as apps show it: grapheme clusters of text and content warning, where each http(s) URL in the
 * text counts 23 and `@user@host` counts as `@user`.
 */
export function countCharacters(text: string, spoilerText = ''): number {
  return scan(text).reduce((sum, token) => sum + countToken(token), countGraphemes(spoilerText))
}

function countToken(token: Token): number {
  switch (token.type) {
    case 'link':
      return /^https?:/i.test(token.text) ? limits.status.charactersReservedPerUrl : countGraphemes(token.text)
    case 'mention':
      return token.username.length + 1
    default:
      return countGraphemes(token.text)
  }
}
