import { requireAbove, staffMember } from '#src/accounts/roles/staff.ts'
import { loadReport } from '#src/moderation/reports/load.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { ReportId } from '#src/platform/ids.ts'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { suspendFormPage } from '../suspend-form.tsx'

/** Asks before the reported account is suspended. */
export async function suspendPage(c: C, id: ReportId, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const { target } = await loadReport(app.db, app.uris, staff, id)
  // A refusal says so itself.
  if (!refusal) await requireAbove(app.db, staff, target.id)
  const isLocal = target.domain === null
  return suspendFormPage(c, {
    handle: target.handle,
    isLocal,
    path: `/admin/reports/${id}`,
    here: '/admin/reports',
    hint: messages.t(isLocal ? 'reports.actLead' : 'reports.actLeadRemote'),
    back: messages.t('reports.suspendNot'),
    refusal,
  })
}
