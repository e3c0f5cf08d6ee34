/** The jobs that need the API's entities: webhooks get those that apps of staff get. */
import { commandLine } from '#src/accounts/roles/staff.ts'
import { loadReportRow } from '#src/moderation/reports/rows.ts'
import { deliverWebhook } from '#src/moderation/webhooks/deliver.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { AccountId, ReportId, StatusId } from '#src/platform/ids.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { presentReports, presentStaffAccount } from './admin/present.ts'
import { toStatus } from './entities/status.ts'

export const apiTasks = (app: App) => ({
  webhook: (payload: Jobs['webhook']) => deliverWebhook(app, readObject, payload),
})

/** The admins who make webhooks answer for what they get: they see what the command line sees. */
async function readObject(app: App, event: Jobs['webhook']['event'], id: string): Promise<object | null> {
  try {
    if (event.startsWith('account.')) {
      const account = await presentStaffAccount(app, commandLine, id as AccountId)
      return account.domain === null ? account : null
    }
    if (event.startsWith('report.')) {
      const [report] = await presentReports(app, commandLine, [
        await loadReportRow(app.db, commandLine, id as ReportId),
      ])
      return report ?? null
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
