/** Matches the keywords of filters in texts, without regard to case, width and white space. */
import { charBefore } from '../../text/host.ts'
import { normalize } from '../../text/normalize.ts'

const wordChar = /[\p{L}\p{M}\p{N}\p{Pc}]/u

/** The form in which texts and keywords are compared. */
export const folded = (text: string): string =>
  normalize(text, 'NFKC').toLowerCase().replaceAll('ς', 'σ').replace(/\s+/gu, ' ').trim()

/**
 * Whether a text contains a keyword, both folded. A whole word has no word character next to it. An end of the keyword that is
 * not a word character itself, such as the `#` of a hashtag, may be next to anything.
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
