/** Loads accounts and reports for staff, a page at a time, and turns them into entities. */
import { loadRoles } from '#src/accounts/roles/roles.ts'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { loadStaffViews } from '#src/accounts/views.ts'
import { addressesOf } from '#src/moderation/accounts/addresses.ts'
import { seesPeople, type StaffAccount, staffAccounts } from '#src/moderation/accounts/find.ts'
import type { ReportRow } from '#src/moderation/reports/lock.ts'
import { recordLook } from '#src/moderation/reports/look.ts'
import { rulesOfReports } from '#src/moderation/reports/rows.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { loadReportedViews, type StatusView } from '#src/statuses/views/views.ts'
import { type AdminAccount, toAdminAccount } from '../entities/admin-account.ts'
import { toAdminReport } from '../entities/admin-report.ts'
import { toInstanceAdminAccount } from '../entities/instance-account.ts'
import { type Status, toStatus } from '../entities/status.ts'

export async function presentStaffAccounts(app: App, staff: Staff, found: StaffAccount[]): Promise<AdminAccount[]> {
  const ids = found.map(({ id }) => id)
  const [views, addresses, roles, settings] = await Promise.all([
    loadStaffViews(app.db, ids),
    addressesOf(app.db, staff, ids),
    loadRoles(app.db),
    loadSettings(app.db),
  ])
  return found.flatMap((account) => {
    const view = views.get(account.id)
    return view
      ? [
          toAdminAccount(account, view, addresses.get(account.id) ?? [], {
            uris: app.uris,
            roles,
            settings,
            seesPeople: seesPeople(staff),
          }),
        ]
      : []
  })
}

/** @throws Refusal `not_found` also for an account whose data was deleted */
export async function presentStaffAccount(app: App, staff: Staff, id: AccountId): Promise<AdminAccount> {
  const found = (await staffAccounts(app.db, staff, [id])).filter(({ deletedAt }) => deletedAt === null)
  const [account] = await presentStaffAccounts(app, staff, found)
  if (!account) throw notFound()
  return account
}

/** Reports of a list, with those of their posts that are public or unlisted. */
export async function presentReports(app: App, staff: Staff, reports: ReportRow[]) {
  const ids = [...new Set(reports.flatMap(({ statusIds }) => statusIds))]
  const views = await loadReportedViews(app.db, ids)
  return present(
    app,
    staff,
    reports,
    views.filter(({ visibility }) => isOpen(visibility)),
  )
}

/** One report, with its posts of any visibility: they were reported, so staff may read them, on record. */
export async function presentReport(app: App, staff: Staff, report: ReportRow) {
  await recordLook(app.db, staff, report)
  const [entity] = await present(app, staff, [report], await loadReportedViews(app.db, report.statusIds))
  if (!entity) throw notFound()
  return entity
}

async function present(app: App, staff: Staff, reports: ReportRow[], views: StatusView[]) {
  const parties = reports.flatMap((report) =>
    [report.accountId, report.targetId, report.assignedToId, report.resolvedById].filter((id) => id !== null),
  )
  const found = await staffAccounts(app.db, staff, [...new Set(parties)])
  const accounts = new Map((await presentStaffAccounts(app, staff, found)).map((account) => [account.id, account]))
  const rules = await rulesOfReports(app.db, reports)
  const statuses = new Map<string, Status>(views.map((view) => [view.id, toStatus(view, app.uris, null)]))
  const accountOf = (id: AccountId | null) => (id && accounts.get(id)) || null
  return reports.flatMap((report) => {
    const target = accountOf(report.targetId)
    if (!target) return []
    return toAdminReport(report, {
      // The entity needs a reporter. For people without an account the instance itself stands there.
      account: accountOf(report.accountId) ?? toInstanceAdminAccount(app.uris, report.createdAt),
      target,
      assigned: accountOf(report.assignedToId),
      resolver: accountOf(report.resolvedById),
      statuses: report.statusIds.flatMap((id) => statuses.get(id) ?? []),
      rules: report.ruleIds.flatMap((id) => rules.get(id) ?? []),
    })
  })
}
