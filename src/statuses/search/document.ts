import { searchWords } from './words.ts'

/** The searchable parts of a status. */
export type Searchable = {
  /** Plain texts: content, warning, alternative texts, poll options. */
  texts: readonly string[]
  /** Keys of its hashtags. */
  tags: readonly string[]
  /** Marks, for the operators of a search. */
  marks: readonly string[]
}

/** PostgreSQL stores positions up to 16,383, and up to 256 per word. */
const maxWords = 10_000
const maxPositions = 250

/** Positions left free between two texts, so that no phrase matches across them. */
const gap = 10

/**
 * A status as a `tsvector` in PostgreSQL's notation: words with positions, hashtags as `#name`, marks as `=mark`.
 *
 * @see https://www.postgresql.org/docs/current/datatype-textsearch.html
 */
export function searchDocument({ texts, tags, marks }: Searchable): string {
  const positions = new Map<string, number[]>()
  let position = 0
  for (const text of texts) {
    for (const word of searchWords(text)) {
      if (++position > maxWords) break
      const earlier = positions.get(word)
      if (!earlier) positions.set(word, [position])
      else if (earlier.length < maxPositions) earlier.push(position)
    }
    position += gap
  }
  const words = [...positions].map(([word, at]) => `${quoted(word)}:${at.join(',')}`)
  return [
    ...words,
    ...tags.map((tag) => quoted(tagLexeme(tag))),
    ...marks.map((mark) => quoted(markLexeme(mark))),
  ].join(' ')
}

/** No word begins with these characters. */
export const tagLexeme = (name: string): string => `#${name}`
export const markLexeme = (mark: string): string => `=${mark}`

/** A lexeme in PostgreSQL's notation. */
export const quoted = (lexeme: string): string => `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
