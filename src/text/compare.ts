/** Compares two texts word by word, for people who read what an edit changed. */
import { diffArrays } from 'diff'

/** A piece of a comparison. In a change, the removed text comes before the added text. */
export type Piece<T = string> = { kind: 'same' | 'removed' | 'added'; value: T }

/** Longer texts (UTF-16 units) are not compared, but shown one after the other. */
const maxLength = 5_000
/** The same for texts with more changes, in words: the time grows by their square, to some 5 ms. */
const maxChanges = 200
/** Up to this length, words are looked for in Chinese, Japanese, Thai and the like, which takes 10 µs a character. */
const maxSegmented = 2_000

/**
 * The words that two texts have in common, and those that only one of them has. Words are those of the language, so that
 * Chinese, Japanese and Thai texts are compared by words, too.
 *
 * @param language BCP 47 tag; null when it is unknown
 */
export function compareTexts(before: string, after: string, language: string | null = null): Piece[] {
  if (before === after) return before === '' ? [] : [{ kind: 'same', value: before }]
  const isLong = before.length > maxLength || after.length > maxLength
  const changes = isLong ? undefined : diffArrays(wordsOf(before, language), wordsOf(after, language), bounds)
  if (!changes) return whole(before, after)
  return tidied(changes.map(({ value, added, removed }) => ({ kind: kindOf(added, removed), value: value.join('') })))
}

/** The same for two short lists, such as the options of a poll. */
export function compareLists(before: readonly string[], after: readonly string[]): Piece[] {
  const changes = diffArrays([...before], [...after], bounds) ?? []
  return changes.flatMap(({ value, added, removed }) =>
    value.map((item): Piece => ({ kind: kindOf(added, removed), value: item })),
  )
}

const bounds = { maxEditLength: maxChanges }

const kindOf = (added: boolean, removed: boolean): Piece['kind'] => (added ? 'added' : removed ? 'removed' : 'same')

const whole = (before: string, after: string): Piece[] =>
  [{ kind: 'removed', value: before } as const, { kind: 'added', value: after } as const].filter(
    ({ value }) => value !== '',
  )

/** Words, spaces between them, and other characters one by one. */
function wordsOf(text: string, language: string | null): string[] {
  const words = text.match(/[\p{L}\p{M}\p{N}\p{Join_Control}_]+|\s+|[^]/gu) ?? []
  if (text.length > maxSegmented || !unspaced.test(text)) return words
  const segmenter = segmenterOf(language)
  return words.flatMap((word) =>
    unspaced.test(word) ? Array.from(segmenter.segment(word), ({ segment }) => segment) : word,
  )
}

/** Scripts without spaces between words, which only a dictionary finds. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

function segmenterOf(language: string | null): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language ?? undefined, { granularity: 'word' })
  } catch (error) {
    // Other servers send any text as a language.
    if (error instanceof RangeError) return new Intl.Segmenter(undefined, { granularity: 'word' })
    throw error
  }
}

/**
 * Joins changes with nothing but a space between them: "one two" that became "three four" is one change, not two with a space
 * in common.
 */
function tidied(pieces: readonly Piece[]): Piece[] {
  const done: Piece[] = []
  let removed = ''
  let added = ''
  const flush = () => {
    done.push(...whole(removed, added))
    removed = ''
    added = ''
  }
  for (const [i, { kind, value }] of pieces.entries()) {
    const next = pieces[i + 1]
    if (kind === 'removed') removed += value
    else if (kind === 'added') added += value
    else if (removed !== '' && added !== '' && next && /^[^\S\n]+$/.test(value)) {
      removed += value
      added += value
    } else {
      flush()
      done.push({ kind, value })
    }
  }
  flush()
  return done
}
