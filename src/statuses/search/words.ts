/**
 * Splits texts into words for the full-text index, without regard to case, accents and width, in any script. Languages without
 * spaces are split by ICU's dictionaries, in the same way for statuses and for queries.
 */

import { normalize } from '../../text/normalize.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** Accents of Latin, Greek and Cyrillic letters. Combining signs of other scripts carry meaning, and stay. */
const accents = /[\u0300-\u036f]/g

/** Longer segments are not words; PostgreSQL allows up to 2,046 bytes. */
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
