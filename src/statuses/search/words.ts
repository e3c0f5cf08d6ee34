/**
 * Words of texts as the full-text index knows them: without regard to case, accents and width, in whatever script. Languages
 * that set no spaces between words are cut by the dictionaries of ICU, the same way for statuses and for what is searched.
 */

import { normalize } from '../../text/normalize.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** Accents of Latin, Greek and Cyrillic letters. Signs of other scripts are no ornaments, and stay. */
const accents = /[\u0300-\u036f]/g

/** Longer ones are no words; PostgreSQL takes up to 2046 bytes. */
const maxWordLength = 80

/** The words of a text, in order. */
export function searchWords(text: string): string[] {
  const words: string[] = []
  for (const { segment, isWordLike } of segmenter.segment(fold(text))) {
    if (isWordLike && segment.length <= maxWordLength) words.push(segment)
  }
  return words
}

const fold = (text: string): string =>
  normalize(normalize(text, 'NFKD').replace(accents, ''), 'NFKC').toLowerCase().replaceAll('’', "'")
