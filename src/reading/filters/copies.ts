/** Filters as files, to take along: JSON in the form of the API, and CSV with a line a keyword. Posts are left out: they have other ids elsewhere. */
import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { type FilterContext, filterContexts } from '../../platform/db/schema/filters.ts'
import { Refusal, type RefusalText } from '../../platform/errors.ts'
import { type FilterAction, filterActions } from '../../statuses/views/filters.ts'
import { parseMoment } from '../../text/moment.ts'
import { checkedContexts, checkedKeyword, checkedTitle } from './manage.ts'
import type { FilterView } from './read.ts'

/** A filter without ids. */
export type FilterCopy = {
  title: string
  contexts: FilterContext[]
  action: FilterAction
  expiresAt: Date | null
  keywords: { keyword: string; isWholeWord: boolean }[]
}

/** What is wrong at a place of a file: a line of CSV, or the number of a filter in JSON. */
type CopyProblem = { place: number; text: RefusalText }

export const copyLimits = { bytes: 500_000, keywords: 2_000 }

const tooLong: CopyProblem = { place: 0, text: { key: 'copyTooLong', values: { max: copyLimits.keywords } } }

export const toJson = (filters: readonly FilterView[]): string =>
  `${JSON.stringify(
    {
      filters: filters.map(({ title, contexts, action, expiresAt, keywords }) => ({
        title,
        context: contexts,
        filter_action: action,
        expires_at: expiresAt?.toISOString() ?? null,
        keywords: keywords.map(({ keyword, isWholeWord }) => ({ keyword, whole_word: isWholeWord })),
      })),
    },
    null,
    2,
  )}\n`

const header = ['title', 'keyword', 'whole_word', 'context', 'filter_action', 'expires_at'] as const

export function toCsv(filters: readonly FilterView[]): string {
  const lines = filters.flatMap(({ title, contexts, action, expiresAt, keywords }) =>
    keywords.map(({ keyword, isWholeWord }) => [
      title,
      keyword,
      String(isWholeWord),
      contexts.join(' '),
      action,
      expiresAt?.toISOString() ?? '',
    ]),
  )
  // Spreadsheets would run cells that begin with an equals sign and the like as formulas, so they get an apostrophe.
  return stringify([[...header], ...lines], { escape_formulas: true })
}

type Reading = { copies: FilterCopy[]; problems: CopyProblem[]; kind: 'json' | 'csv' }

/** Reads such a file. With a problem, nothing of it may be used. */
export function readCopies(text: string): Reading {
  const kind = /^\uFEFF?\s*[{[]/.test(text) ? 'json' : 'csv'
  const { copies, problems } = kind === 'json' ? fromJson(text) : fromCsv(text)
  const count = copies.reduce((sum, copy) => sum + copy.keywords.length, 0)
  if (count > copyLimits.keywords) problems.push(tooLong)
  if (copies.length === 0 && problems.length === 0) problems.push({ place: 0, text: { key: 'copyEmpty', values: {} } })
  return { copies, problems, kind }
}

const entry = z.object({
  title: z.string(),
  context: z.array(z.string()).default([...filterContexts]),
  filter_action: z.enum(filterActions).default('warn'),
  expires_at: z.string().nullish(),
  keywords: z.array(z.object({ keyword: z.string(), whole_word: z.boolean().default(true) })).default([]),
})
const file = z.union([
  z.array(z.unknown()),
  z.object({ filters: z.array(z.unknown()) }).transform(({ filters }) => filters),
])

type Found = Omit<Reading, 'kind'>

function fromJson(text: string): Found {
  const found: Found = { copies: [], problems: [] }
  const entries = file.safeParse(parsed(text))
  if (!entries.success) return { copies: [], problems: [{ place: 0, text: { key: 'copyUnreadable', values: {} } }] }
  for (const [i, value] of entries.data.entries()) {
    const place = i + 1
    const { success, data, error } = entry.safeParse(value)
    if (!success) {
      const field = error.issues[0]?.path.join('.') || 'title'
      found.problems.push({ place, text: { key: 'copyField', values: { field } } })
      continue
    }
    const expiresAt = momentOf(data.expires_at ?? '')
    const copy = check(found.problems, place, () => ({
      title: checkedTitle(data.title),
      contexts: checkedContexts(data.context),
      action: data.filter_action,
      expiresAt: expiresAt ?? null,
      keywords: data.keywords.map(({ keyword, whole_word: isWholeWord }) => ({
        keyword: checkedKeyword(keyword),
        isWholeWord,
      })),
    }))
    if (expiresAt === undefined)
      found.problems.push({ place, text: { key: 'copyField', values: { field: 'expires_at' } } })
    else if (copy) found.copies.push(copy)
  }
  return found
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Null for an empty text, undefined for one that is no time. */
const momentOf = (text: string): Date | null | undefined => (text === '' ? null : (parseMoment(text) ?? undefined))

function fromCsv(text: string): Found {
  const found: Found = { copies: [], problems: [] }
  const lines = rowsOf(text)
  if (!lines) return { copies: [], problems: [{ place: 0, text: { key: 'copyUnreadable', values: {} } }] }
  const [first, ...rows] = lines
  const names = first?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  if (!names.includes('title') || !names.includes('keyword'))
    return { copies: [], problems: [{ place: 1, text: { key: 'copyColumns', values: {} } }] }
  if (rows.length > copyLimits.keywords) return { copies: [], problems: [tooLong] }
  const byTitle = new Map<string, FilterCopy & { place: number }>()
  for (const { cells, line: place } of rows) {
    const at = (name: (typeof header)[number]) => plain(cells[names.indexOf(name)]?.trim() ?? '')
    const wrong = (field: string) => found.problems.push({ place, text: { key: 'copyField', values: { field } } })
    const isWholeWord = yesOrNo(at('whole_word'))
    const action = filterActions.find((known) => known === (at('filter_action') || 'warn'))
    const expiresAt = momentOf(at('expires_at'))
    if (isWholeWord === null) wrong('whole_word')
    if (!action) wrong('filter_action')
    if (expiresAt === undefined) wrong('expires_at')
    const contexts = at('context')
      .split(/[\s,;]+/)
      .filter((name) => name !== '')
    const line = check(found.problems, place, () => ({
      title: checkedTitle(at('title')),
      contexts: checkedContexts(contexts.length > 0 ? contexts : filterContexts),
      keyword: checkedKeyword(at('keyword')),
    }))
    if (!line || isWholeWord === null || !action || expiresAt === undefined) continue
    const { keyword, ...head } = line
    const known = byTitle.get(head.title)
    const copy = known ?? { ...head, action, expiresAt, keywords: [], place }
    if (!isSame(copy, { ...head, action, expiresAt }))
      found.problems.push({ place, text: { key: 'copyDiffers', values: { line: copy.place } } })
    copy.keywords.push({ keyword, isWholeWord })
    byTitle.set(head.title, copy)
  }
  return {
    ...found,
    copies: [...byTitle.values()].map(({ title, contexts, action, expiresAt, keywords }) => ({
      title,
      contexts,
      action,
      expiresAt,
      keywords,
    })),
  }
}

/** Spreadsheets keep the apostrophe before a formula. */
const plain = (cell: string): string => cell.replace(/^'(?=[=+\-@])/, '')

const yesOrNo = (text: string): boolean | null =>
  /^(|true|t|1|yes)$/i.test(text) ? true : /^(false|f|0|no)$/i.test(text) ? false : null

type Settings = Omit<FilterCopy, 'keywords'>
const isSame = (a: Settings, b: Settings): boolean =>
  a.action === b.action &&
  a.expiresAt?.getTime() === b.expiresAt?.getTime() &&
  a.contexts.join(' ') === b.contexts.join(' ')

/** A value that a rule of filters may refuse, which becomes a problem of the place. */
function check<T>(problems: CopyProblem[], place: number, read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Refusal) || !error.text) throw error
    problems.push({ place, text: error.text })
    return null
  }
}

type Row = { cells: string[]; line: number }

/** Characters of a line; a quote that never ends makes the rest of the file one. */
const maxLine = 10_000

/**
 * The rows of a list, however its columns are quoted, up to the first that is too many; null if it is no such list.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
function rowsOf(text: string): Row[] | null {
  try {
    return parsedRows(text).map(({ record, info }) => ({ cells: record, line: info.lines }))
  } catch (error) {
    if (error instanceof CsvError) return null
    throw error
  }
}

const parsedRows = (text: string) =>
  parse(text, {
    bom: true,
    info: true,
    record_delimiter: ['\n', '\r\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxLine,
    // The header, the lines, and one too many.
    to: copyLimits.keywords + 2,
  }) as unknown as { record: string[]; info: { lines: number } }[]
