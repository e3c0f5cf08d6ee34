/** Words of filters in texts: whatever their case, their width and the space between them. */
import { charBefore } from '../../text/host.ts'
import { normalize } from '../../text/normalize.ts'

const wordChar = /[\p{L}\p{M}\p{N}\p{Pc}]/u

/** A text or keyword in the form in which the two are compared. */
export const folded = (text: string): string =>
  normalize(text, 'NFKC').toLowerCase().replaceAll('ς', 'σ').replace(/\s+/gu, ' ').trim()

/**
 * Whether a text has a keyword, both folded. A whole word has nothing of a word next to it; a keyword's side that is no part
 * of a word itself, such as the `#` of a hashtag, may stand next to anything.
 */
export function findsWord(text: string, keyword: string, isWholeWord: boolean): boolean {
  if (keyword === '') return false
  if (!isWholeWord) return text.includes(keyword)
  const opens = wordChar.test(charAfter(keyword, 0))
  const closes = wordChar.test(charBefore(keyword, keyword.length))
  for (let at = text.indexOf(keyword); at !== -1; at = text.indexOf(keyword, at + 1)) {
    const isCutBefore = !opens || !wordChar.test(charBefore(text, at))
    if (isCutBefore && (!closes || !wordChar.test(charAfter(text, at + keyword.length)))) return true
  }
  return false
}

const charAfter = (text: string, at: number): string =>
  at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''
