/**
 * The query language for posts: words, all of which must match; `"phrases"`; `-excluded`; and operators such as
 * `from:alice`, `has:media`, `is:reply`, `before:2026-03-01`, `language:en`, `in:library`.
 */
import { dayMs } from '../../platform/time.ts'
import { hashtagName } from '../../text/hashtag.ts'
import { languageTag } from '../../text/language-tag.ts'
import { markLexeme, quoted, tagLexeme } from './document.ts'
import { searchWords } from './words.ts'

type SearchScope = 'all' | 'library' | 'public'

/** Part of a query: consecutive words, one mark, or any of several marks. */
export type Term = { lexemes: string[]; isAnyOf?: boolean; isNegative: boolean }

export type PostQuery = {
  terms: Term[]
  /** Authors as written in the query: handles, or `me`. */
  from: { handle: string; isNegative: boolean }[]
  /** Posts were written from `since` (inclusive) to `until` (exclusive). */
  since: Date | null
  until: Date | null
  /** Whether posts must (true) or must not (false) have a playable preview; null: either. */
  plays: boolean | null
  scope: SearchScope
}

const marks: Record<string, readonly string[]> = {
  has: ['media', 'poll', 'link', 'image', 'video', 'audio'],
  is: ['reply', 'sensitive', 'quote'],
}
const maxTerms = 30

/** Parses a query. Everything that is not an operator is words, including an operator with an unknown value. */
export function parsePostQuery(text: string): PostQuery {
  const query = emptyQuery()
  for (const [, minus, name, phrase, word] of partsOf(text)) {
    if (query.terms.length + query.from.length >= maxTerms) break
    const value = phrase ?? word ?? ''
    const isNegative = minus !== undefined
    if (name !== undefined && applyOperator(query, name.toLowerCase(), value, isNegative)) continue
    const lexemes = lexemesOf(name === undefined ? value : `${name}:${value}`)
    if (lexemes.length > 0) query.terms.push({ lexemes, isNegative })
  }
  return query
}

const emptyQuery = (): PostQuery => ({ terms: [], from: [], since: null, until: null, plays: null, scope: 'all' })

const partsOf = (text: string) => text.matchAll(/(?<!\S)(-)?(?:(\p{L}+):)?(?:["“”„«]([^"“”„»]*)["“”»]?|(\S+))/gu)

/** The parts of a query that look like operators, but are searched as words. Addresses of pages are none. */
export function misunderstood(text: string): string[] {
  const query = emptyQuery()
  return [...partsOf(text)]
    .slice(0, maxTerms)
    .filter(([, minus, name, phrase, word]) => {
      const value = phrase ?? word ?? ''
      if (name === undefined || value.startsWith('//')) return false
      return !applyOperator(query, name.toLowerCase(), value, minus !== undefined)
    })
    .map(([part]) => part.trim())
}

/** Terms as a `tsquery` in PostgreSQL's notation; null for none. */
export function toTsquery(terms: readonly Term[]): string | null {
  if (terms.length === 0) return null
  return terms
    .map(
      ({ lexemes, isAnyOf, isNegative }) =>
        `${isNegative ? '!' : ''}(${lexemes.map(quoted).join(isAnyOf ? ' | ' : ' <-> ')})`,
    )
    .join(' & ')
}

/** A term that is one hashtag matches as a hashtag; any other text matches by its words. */
function lexemesOf(text: string): string[] {
  const [, tag] = /^[#＃](\S+)$/u.exec(text) ?? []
  const name = tag === undefined ? '' : hashtagName(tag)
  return name === '' ? searchWords(text) : [tagLexeme(name)]
}

/** @returns whether it was an operator */
function applyOperator(query: PostQuery, name: string, value: string, isNegative: boolean): boolean {
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

/** Days are in UTC. */
function during(query: PostQuery, name: 'before' | 'after' | 'during', value: string): boolean {
  const day = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : null
  if (!day || Number.isNaN(day.getTime())) return false
  const end = new Date(day.getTime() + dayMs)
  if (name === 'before') query.until = day
  else if (name === 'after') query.since = end
  else [query.since, query.until] = [day, end]
  return true
}
