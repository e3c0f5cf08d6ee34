/** What webhooks are told of, as apps of staff get it. */
import { commandLine } from '#src/accounts/roles/staff.ts'
import { loadReportRow } from '#src/moderation/reports/rows.ts'
import type { ReadObject } from '#src/moderation/webhooks/deliver.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { AccountId, ReportId, StatusId } from '#src/platform/ids.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { presentReports, presentStaffAccount } from './admin/present.ts'
import { toStatus } from './entities/status.ts'

/** The admins who make webhooks answer for what they get: they see what the command line sees. */
export const readObject: ReadObject = async (app, event, id) => {
  try {
    if (event.startsWith('account.')) {
      const account = await presentStaffAccount(app, commandLine, id as AccountId)
      return account.domain === null ? account : null
    }
    if (event.startsWith('report.')) {
      const row = await loadReportRow(app.db, commandLine, id as ReportId)
      return (await presentReports(app, commandLine, [row]))[0] ?? null
    }
    return await publicStatus(app, id as StatusId)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return null
    throw error
  }
}

/** A post or boost of this server that everybody may see. */
async function publicStatus(app: App, id: StatusId): Promise<object | null> {
  const [view] = await loadStatusViews(app.db, null, [id])
  const isOpen = view?.visibility === 'public' || view?.visibility === 'unlisted'
  return isOpen && view.account.isLocal ? toStatus(view, app.uris, null) : null
}
