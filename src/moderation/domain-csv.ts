/** Rules about other servers in the CSV format that Mastodon's admins exchange. */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { severities, type Severity } from '../platform/db/schema/moderation.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { RuleInput, StoredRule } from './domains.ts'

export type CsvRule = RuleInput & { domain: string }

/** A line that can't be a rule, counted from one. */
export type CsvProblem = { line: number; text: string }

const header = ['#domain', '#severity', '#reject_media', '#reject_reports', '#public_comment', '#obfuscate']

export function toCsv(rules: readonly StoredRule[]): string {
  const lines = rules.map(({ domain, severity, rejectsMedia, rejectsReports, publicComment, isObfuscated }) =>
    [domain, severity, rejectsMedia, rejectsReports, publicComment, isObfuscated].map(String),
  )
  // Spreadsheets would run cells that begin with an equals sign and the like as formulas, so they get an apostrophe.
  return stringify([header, ...lines], { escape_formulas: true })
}

/**
 * Reads such a list. Columns may stand in any order, and be missing but for the domain; without a header, the first column is
 * the domain. The defaults of missing columns are Mastodon's: suspended, and not obfuscated.
 */
export function fromCsv(text: string): { rules: CsvRule[]; problems: CsvProblem[] } {
  const [first, ...others] = rowsOf(text)
  if (!first) return { rules: [], problems: [] }
  const names = first.cells.map((cell) => cell.trim().replace(/^#/, '').toLowerCase())
  const hasHeader = names.includes('domain')
  const columns = new Map(
    hasHeader ? names.map((name, column) => [name, column] as const).toReversed() : [['domain', 0]],
  )
  const at = (cells: string[], name: string) => cells[columns.get(name) ?? -1]?.trim() ?? ''
  const rules = new Map<string, CsvRule>()
  const problems: CsvProblem[] = []
  for (const { cells, line } of hasHeader ? others : [first, ...others]) {
    const written = at(cells, 'domain')
    const severity = severityOf(at(cells, 'severity'))
    // Names of which only a part is shown come with a star for each letter that is not.
    const domain = written.includes('*') ? null : normalizeDomain(written)
    if (domain === null || severity === null) {
      problems.push({ line, text: cells.join(',').slice(0, 100) })
      continue
    }
    rules.set(domain, {
      domain,
      severity,
      rejectsMedia: isTrue(at(cells, 'reject_media')),
      rejectsReports: isTrue(at(cells, 'reject_reports')),
      publicComment: at(cells, 'public_comment').slice(0, 2_000),
      isObfuscated: isTrue(at(cells, 'obfuscate')),
    })
  }
  return { rules: [...rules.values()], problems }
}

const severityOf = (text: string): Severity | null =>
  text === '' ? 'suspend' : (severities.find((severity) => severity === text.toLowerCase()) ?? null)

const isTrue = (text: string): boolean => /^(true|t|1|yes)$/i.test(text)

type Row = { cells: string[]; line: number }

/** The rows of a list, however its columns are quoted. @see https://www.rfc-editor.org/rfc/rfc4180 */
function rowsOf(text: string): Row[] {
  const rows = parse(text, {
    bom: true,
    info: true,
    record_delimiter: ['\n', '\r\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }) as unknown as Parsed[]
  return rows.map(({ record, info }) => ({ cells: record, line: info.lines }))
}

type Parsed = { record: string[]; info: { lines: number } }
