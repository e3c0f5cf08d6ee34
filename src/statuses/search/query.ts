/**
 * The language of searches for posts: words, all of which must be there; `"phrases"`; `-without`; and operators such as
 * `from:alice`, `has:media`, `is:reply`, `before:2026-03-01`, `language:en`, `in:library`.
 */
import { dayMs } from '../../platform/time.ts'
import { hashtagName } from '../../text/hashtag.ts'
import { languageTag } from '../../text/language-tag.ts'
import { markLexeme, quoted, tagLexeme } from './document.ts'
import { searchWords } from './words.ts'

type SearchScope = 'all' | 'library' | 'public'

/** Part of a query: words in a row, or one mark, or any of several. */
export type Term = { lexemes: string[]; isAnyOf?: boolean; isNegative: boolean }

export type PostQuery = {
  terms: Term[]
  /** Authors as they were written: handles, or `me`. */
  from: { handle: string; isNegative: boolean }[]
  /** Moments from which and up to which posts were written, the second exclusive. */
  since: Date | null
  until: Date | null
  /** Whether it must, or must not, have a preview that plays; null: no matter. */
  plays: boolean | null
  scope: SearchScope
}

const marks: Record<string, readonly string[]> = {
  has: ['media', 'poll', 'link', 'image', 'video', 'audio'],
  is: ['reply', 'sensitive', 'quote'],
}
const maxTerms = 30

/** Reads a query. What is no operator is words; an operator with a value that it doesn't know, too. */
export function parsePostQuery(text: string): PostQuery {
  const query: PostQuery = { terms: [], from: [], since: null, until: null, plays: null, scope: 'all' }
  for (const [, minus, name, phrase, word] of text.matchAll(
    /(?<!\S)(-)?(?:(\p{L}+):)?(?:["“”„«]([^"“”„»]*)["“”»]?|(\S+))/gu,
  )) {
    if (query.terms.length + query.from.length >= maxTerms) break
    const value = phrase ?? word ?? ''
    const isNegative = minus !== undefined
    if (name !== undefined && operate(query, name.toLowerCase(), value, isNegative)) continue
    const lexemes = lexemesOf(name === undefined ? value : `${name}:${value}`)
    if (lexemes.length > 0) query.terms.push({ lexemes, isNegative })
  }
  return query
}

/** Words and marks as a `tsquery` in PostgreSQL's notation; null for none. */
export function toTsquery(terms: readonly Term[]): string | null {
  if (terms.length === 0) return null
  return terms
    .map(
      ({ lexemes, isAnyOf, isNegative }) =>
        `${isNegative ? '!' : ''}(${lexemes.map(quoted).join(isAnyOf ? ' | ' : ' <-> ')})`,
    )
    .join(' & ')
}

/** A hashtag is found as one where it stands alone; else it is words like others. */
function lexemesOf(text: string): string[] {
  const [, tag] = /^[#＃](\S+)$/u.exec(text) ?? []
  const name = tag === undefined ? '' : hashtagName(tag)
  return name === '' ? searchWords(text) : [tagLexeme(name)]
}

/** @returns whether it was an operator */
function operate(query: PostQuery, name: string, value: string, isNegative: boolean): boolean {
  if (value === '') return false
  if (marks[name]?.includes(value.toLowerCase())) return add(query, value.toLowerCase(), isNegative)
  switch (name) {
    case 'has':
      if (value.toLowerCase() !== 'embed') return false
      query.plays = !isNegative
      return true
    case 'language': {
      const tag = languageTag(value)
      return tag !== null && add(query, `language:${tag.toLowerCase()}`, isNegative)
    }
    case 'from':
      query.from.push({ handle: value, isNegative })
      return true
    case 'in':
      if (isNegative || !/^(?:all|library|public)$/i.test(value)) return false
      query.scope = value.toLowerCase() as SearchScope
      return true
    case 'before':
    case 'after':
    case 'during':
      return !isNegative && during(query, name, value)
    default:
      return false
  }
}

function add(query: PostQuery, mark: string, isNegative: boolean): true {
  query.terms.push({ lexemes: [markLexeme(mark)], isNegative })
  return true
}

/** Days are those of UTC. */
function during(query: PostQuery, name: 'before' | 'after' | 'during', value: string): boolean {
  const day = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : null
  if (!day || Number.isNaN(day.getTime())) return false
  const end = new Date(day.getTime() + dayMs)
  if (name === 'before') query.until = day
  else if (name === 'after') query.since = end
  else [query.since, query.until] = [day, end]
  return true
}
