import { listReports, type ListedReport } from '#src/moderation/reports/list.ts'
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
  return [
    head,
    ...comment
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${line}`),
    ...statusUris.map((uri) => `  ${uri}`),
  ]
}
