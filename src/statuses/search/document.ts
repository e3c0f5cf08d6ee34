import { searchWords } from './words.ts'

/** What of a status can be found. */
export type Searchable = {
  /** Its texts, plain: that of its content, its warning, alternative texts, options of its poll. */
  texts: readonly string[]
  /** Keys of its hashtags. */
  tags: readonly string[]
  /** Marks, as the operators of a search ask for them. */
  marks: readonly string[]
}

/** PostgreSQL keeps places up to 16,383, and up to 256 of a word. */
const maxWords = 10_000
const maxPlaces = 250

/** Between two texts, so that no phrase reaches from one into the other. */
const gap = 10

/**
 * A status as a `tsvector` in PostgreSQL's notation: its words with their places, its hashtags as `#name`, its marks as `=mark`.
 *
 * @see https://www.postgresql.org/docs/current/datatype-textsearch.html
 */
export function searchDocument({ texts, tags, marks }: Searchable): string {
  const places = new Map<string, number[]>()
  let place = 0
  for (const text of texts) {
    for (const word of searchWords(text)) {
      if (++place > maxWords) break
      const known = places.get(word)
      if (!known) places.set(word, [place])
      else if (known.length < maxPlaces) known.push(place)
    }
    place += gap
  }
  const words = [...places].map(([word, at]) => `${quoted(word)}:${at.join(',')}`)
  return [
    ...words,
    ...tags.map((tag) => quoted(tagLexeme(tag))),
    ...marks.map((mark) => quoted(markLexeme(mark))),
  ].join(' ')
}

/** No word begins like these. */
export const tagLexeme = (name: string): string => `#${name}`
export const markLexeme = (mark: string): string => `=${mark}`

/** A lexeme in PostgreSQL's notation. */
export const quoted = (lexeme: string): string => `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
