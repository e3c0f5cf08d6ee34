import { commandLine } from '#src/accounts/roles/staff.ts'
import { resolveReport } from '#src/moderation/reports/handle.ts'
import { listReports, type ListedReport } from '#src/moderation/reports/list.ts'
import { loadReport, type ReportDetail, type ReportedPost } from '#src/moderation/reports/load.ts'
import { Refusal } from '#src/platform/errors.ts'
import { isId, type ReportId } from '#src/platform/ids.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

/** `reports list` */
export function list(options: { json?: boolean; all?: boolean; limit: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const reports = await listReports(app.db, {
      limit: wholeNumber('--limit', options.limit, 1, 10_000),
      withResolved: options.all ?? false,
    })
    return { data: reports, lines: reports.flatMap(linesOf) }
  })
}

function linesOf({
  id,
  createdAt,
  resolvedAt,
  reporter,
  target,
  category,
  comment,
  statusUris,
}: ListedReport): string[] {
  const head = [
    id,
    createdAt.toISOString(),
    `${reporter} reports ${target}`,
    category,
    ...(resolvedAt ? ['resolved'] : []),
  ].join('\t')
  return [head, ...indented(comment), ...statusUris.map((uri) => `  ${uri}`)]
}

/** `reports show` */
export function show(id: string, options: { json?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const detail = await named(id, (reportId) => loadReport(app.db, app.uris, commandLine, reportId))
    return { data: dataOf(detail), lines: linesOfDetail(detail) }
  })
}

/** `reports resolve` */
export function resolve(id: string, options: { json?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    await named(id, (reportId) => app.db.transaction((tx) => resolveReport(tx, commandLine, reportId)))
    return { data: { id, resolved: true }, lines: [`Report ${id} is resolved`] }
  })
}

async function named<T>(id: string, work: (id: ReportId) => Promise<T>): Promise<T> {
  const missing = () => new Refusal('not_found', `There is no report ${id}`)
  if (!isId(id)) throw missing()
  try {
    return await work(id as ReportId)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') throw missing()
    throw error
  }
}

/** The report without the profiles of the accounts. */
function dataOf({ report, reporter, target, assignedTo, resolvedBy, ...rest }: ReportDetail) {
  return {
    ...report,
    reporter: reporter?.handle ?? report.reporterName,
    target: target.handle,
    assignedTo: assignedTo?.handle ?? null,
    resolvedBy: resolvedBy?.handle ?? null,
    ...rest,
  }
}

function linesOfDetail({
  report,
  reporter,
  target,
  assignedTo,
  posts,
  rules,
  collections,
  notes,
  related,
  strikes,
}: ReportDetail): string[] {
  const by = reporter?.handle ?? `${report.reporterName} <${report.reporterEmail}>`
  return [
    [
      report.id,
      report.createdAt.toISOString(),
      `${by} reports ${target.handle}`,
      report.category,
      report.resolvedAt ? 'resolved' : 'open',
      ...(assignedTo ? [`assigned to ${assignedTo.handle}`] : []),
      ...(report.isForwarded ? ['forwarded'] : []),
    ].join('\t'),
    ...indented(report.comment),
    ...posts.flatMap(linesOfPost),
    ...rules.map(({ text }) => `Rule: ${text}`),
    ...collections.map(({ name }) => `Collection: ${name}`),
    ...notes.flatMap(({ author, text }) => [`Note of ${author ? `@${author}` : 'nobody'}:`, ...indented(text)]),
    ...strikes.map(({ told, createdAt, liftedAt }) =>
      [`Strike: ${told}`, createdAt.toISOString(), ...(liftedAt ? ['lifted'] : [])].join('\t'),
    ),
    ...related.map(
      ({ id, category, resolvedAt }) => `See also: ${id}\t${category}\t${resolvedAt ? 'resolved' : 'open'}`,
    ),
  ]
}

function linesOfPost({ id, before, now, isChanged }: ReportedPost): string[] {
  const shown = before ?? now
  const state = !now || now.deletedAt ? ', deleted since' : isChanged ? ', edited since' : ''
  return [
    `Post: ${shown?.url ?? id}${state}`,
    ...(shown?.spoilerText ? indented(`[${shown.spoilerText}]`) : []),
    ...indented(shown?.text ?? ''),
    ...(shown?.media ?? []).map(({ url, description }) => `  File: ${url}\t${description}`),
  ]
}

const indented = (text: string): string[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => `  ${line}`)
