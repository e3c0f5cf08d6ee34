import { staffMember } from '#src/accounts/roles/staff.ts'
import { loadReport } from '#src/moderation/reports/load.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { ReportId } from '#src/platform/ids.ts'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { suspendFormPage } from '../suspend-form.tsx'

/** Asks before the reported account is suspended. */
export async function suspendPage(c: C, id: ReportId, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { target } = await loadReport(app.db, app.uris, await staffMember(app.db, viewerOf(c).accountId), id)
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
