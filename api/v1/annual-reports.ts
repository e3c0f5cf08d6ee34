import { Hono } from 'hono'
import {
  type AnnualReport,
  isYear,
  loadReport,
  loadReports,
  markReportRead,
  reportState,
  requestReport,
} from '#src/instance/annual-reports/reports.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { toAnnualReport } from '../entities/annual-report.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { linkRefresh } from '../http/async-refresh.ts'
import { params, text } from '../http/params.ts'
import { presentAccounts, presentStatuses } from '../present.ts'

/** An invalid year is answered like a year without a report. */
const one = {
  year: text()
    .refine((year) => /^\d{4}$/.test(year) && isYear(Number(year)), { params: { isId: true } })
    .transform(Number),
}

export const annualReports = new Hono<Env>()

annualReports.get('/annual_reports', requires('read:accounts'), async (c) => {
  const { app, accountId } = c.var
  return c.json(await present(app, accountId, await loadReports(app.db, accountId)))
})

annualReports.get('/annual_reports/:year', requires('read:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await present(app, accountId, [await loadReport(app.db, accountId, params.year)]))
})

annualReports.get('/annual_reports/:year/state', requires('read:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json({ state: await reportState(app.db, app, accountId, params.year) })
})

annualReports.post('/annual_reports/:year/read', requires('write:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => markReportRead(tx, accountId, params.year))
  return c.json({})
})

annualReports.post('/annual_reports/:year/generate', requires('write:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const refresh = await app.db.transaction((tx) => requestReport(tx, app, accountId, params.year))
  if (refresh) linkRefresh(c, refresh)
  return c.json({}, refresh ? 202 : 200)
})

async function present(app: App, accountId: AccountId, reports: AnnualReport[]) {
  const statuses = await presentStatuses(
    app,
    accountId,
    reports.flatMap(({ data }) => data.mostBoostedId ?? []),
  )
  const shown = new Set(statuses.map(({ id }) => id))
  const accounts = reports.length > 0 ? await presentAccounts(app, [accountId]) : []
  return { annual_reports: reports.map((report) => toAnnualReport(report, shown)), accounts, statuses }
}
