/** Rules about other servers in the CSV format that Mastodon's admins exchange. */
import { severities, type Severity } from '../platform/db/schema/moderation.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { RuleInput, StoredRule } from './domains.ts'

export type CsvRule = RuleInput & { domain: string }

/** A line that is not a valid rule; `line` counts from 1. */
export type CsvProblem = { line: number; text: string }

const header = ['#domain', '#severity', '#reject_media', '#reject_reports', '#public_comment', '#obfuscate']

export function toCsv(rules: readonly StoredRule[]): string {
  const lines = rules.map(({ domain, severity, rejectsMedia, rejectsReports, publicComment, isObfuscated }) =>
    [domain, severity, rejectsMedia, rejectsReports, publicComment, isObfuscated].map((cell) => toCell(String(cell))),
  )
  return [header, ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}

/** Spreadsheets would run cells that begin with these characters as formulas, so they get an apostrophe. */
const toCell = (text: string): string => {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/**
 * Reads a list of rules. Columns may come in any order; only the domain is required. Without a header, the first column is the
 * domain. The defaults are Mastodon's: suspended, and not obfuscated.
 */
export function fromCsv(text: string): { rules: CsvRule[]; problems: CsvProblem[] } {
  const [first, ...others] = rowsOf(text.replace(/^\uFEFF/, ''))
  if (!first) return { rules: [], problems: [] }
  const names = first.cells.map((cell) => cell.trim().replace(/^#/, '').toLowerCase())
  const hasHeader = names.includes('domain')
  const columns = new Map(
    hasHeader ? names.map((name, column) => [name, column] as const).toReversed() : [['domain', 0]],
  )
  const cellOf = (cells: string[], name: string) => cells[columns.get(name) ?? -1]?.trim() ?? ''
  const rules = new Map<string, CsvRule>()
  const problems: CsvProblem[] = []
  for (const { cells, line } of hasHeader ? others : [first, ...others]) {
    const written = cellOf(cells, 'domain')
    const severity = severityOf(cellOf(cells, 'severity'))
    // An obfuscated name has a star for each hidden letter.
    const domain = written.includes('*') ? null : normalizeDomain(written)
    if (domain === null || severity === null) {
      problems.push({ line, text: cells.join(',').slice(0, 100) })
      continue
    }
    rules.set(domain, {
      domain,
      severity,
      rejectsMedia: isTrue(cellOf(cells, 'reject_media')),
      rejectsReports: isTrue(cellOf(cells, 'reject_reports')),
      publicComment: cellOf(cells, 'public_comment').slice(0, 2_000),
      isObfuscated: isTrue(cellOf(cells, 'obfuscate')),
    })
  }
  return { rules: [...rules.values()], problems }
}

const severityOf = (text: string): Severity | null =>
  text === '' ? 'suspend' : (severities.find((severity) => severity === text.toLowerCase()) ?? null)

const isTrue = (text: string): boolean => /^(true|t|1|yes)$/i.test(text)

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
function rowsOf(text: string): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  let line = 1
  let start = 1
  const endRow = () => {
    if (cells.length > 0 || cell.trim() !== '') rows.push({ cells: [...cells, cell], line: start })
    ;[cells, cell, start] = [[], '', line]
  }
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '\n') line += 1
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (text.charAt(i + 1) === '"') cell += text.charAt(++i)
      else isQuoted = false
    } else if (character === '"' && cell === '') isQuoted = true
    else if (character === ',') {
      cells.push(cell)
      cell = ''
    } else if (character === '\n') endRow()
    else if (character !== '\r') cell += character
  }
  endRow()
  return rows
}
