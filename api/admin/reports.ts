/** Reports, with what staff do with them. */
import { Hono } from 'hono'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { reportCategories } from '#src/moderation/reports/create.ts'
import {
  assignReport,
  changeReport,
  reopenReport,
  resolveReport,
  unassignReport,
} from '#src/moderation/reports/handle.ts'
import { loadReportRow, loadReportRows } from '#src/moderation/reports/rows.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId, Id, ReportId } from '#src/platform/ids.ts'
import type { Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, flag, id, idIfAny, listIfGiven, params, withoutUndefined } from '../http/params.ts'
import { presentReport, presentReports } from './present.ts'

const one = { id: id<ReportId>() }
const reads = requiresStaff('admin:read:reports', 'manage_reports')
const writes = requiresStaff('admin:write:reports', 'manage_reports')

export const reports = new Hono<Env>()

reports.get(
  '/reports',
  reads,
  params({
    resolved: flag().optional(),
    account_id: idIfAny<AccountId>().optional(),
    target_account_id: idIfAny<AccountId>().optional(),
    ...paged(100),
  }),
  async (c) => {
    const { app, staff, params } = c.var
    const { resolved, account_id: reporterId, target_account_id: targetId } = params
    const filter = { state: resolved ? 'resolved' : 'open', reporterId, targetId } as const
    const found = await loadReportRows(app.db, staff, filter, toPage(params))
    linkPage(
      c,
      toPage(params),
      found.map((report) => report.id),
      'since_id',
    )
    return c.json(await presentReports(app, staff, found))
  },
)

reports.get('/reports/:id', reads, params(one), async (c) => {
  const { app, staff, params } = c.var
  return c.json(await presentReport(app, staff, await loadReportRow(app.db, staff, params.id)))
})

reports.put(
  '/reports/:id',
  writes,
  params({ ...one, category: choice(reportCategories).optional(), rule_ids: listIfGiven(id<Id<'rule'>>()) }),
  async (c) => {
    const { app, staff, params } = c.var
    const sorting = withoutUndefined({ category: params.category, ruleIds: params.rule_ids })
    await app.db.transaction(async (tx) => changeReport(tx, await staffIn(c, tx), params.id, sorting))
    return c.json(await presentReport(app, staff, await loadReportRow(app.db, staff, params.id)))
  },
)

const verbs: Record<string, (tx: Tx, staff: Staff, id: ReportId) => Promise<void>> = {
  assign_to_self: assignReport,
  unassign: unassignReport,
  resolve: resolveReport,
  reopen: reopenReport,
}

for (const [verb, work] of Object.entries(verbs))
  reports.post(`/reports/:id/${verb}`, writes, params(one), async (c) => {
    const { app, staff, params } = c.var
    await app.db.transaction(async (tx) => work(tx, await staffIn(c, tx), params.id))
    return c.json(await presentReport(app, staff, await loadReportRow(app.db, staff, params.id)))
  })
