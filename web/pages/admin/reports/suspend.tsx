import { staffMember } from '#src/accounts/roles/staff.ts'
import { loadReport } from '#src/moderation/reports/load.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { ReportId } from '#src/platform/ids.ts'
import { Form, Refused } from '../../../components/form.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'
import { ActFields } from './act.tsx'

/** Asks before the reported account is suspended, and says what follows. */
export async function suspendPage(c: C, id: ReportId, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages, form } = c.var
  const { t } = messages
  const { target } = await loadReport(app.db, app.uris, await staffMember(app.db, viewerOf(c).accountId), id)
  const [isLocal, path] = [target.domain === null, `/admin/reports/${id}`]
  const title = t('reports.suspendTitle', { name: target.handle })
  return page(
    c,
    title,
    <>
      <AdminHead here="/admin/reports" />
      <Form action={`${path}/suspend`} class="sheet" label={title}>
        <h2>{title}</h2>
        <Refused refusal={refusal} />
        <p>{t(isLocal ? 'reports.suspendLead' : 'reports.suspendLeadRemote')}</p>
        <p class="hint">{t(isLocal ? 'reports.actLead' : 'reports.actLeadRemote')}</p>
        <input type="hidden" name="return_to" value={`${path}/suspend`} />
        <ActFields
          isLocal={isLocal}
          values={(name) => (refusal ? form.text(name) : '')}
          mails={!refusal || form.isChecked('mails')}
        />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('reports.suspendNow')}
          </button>
          <a href={path} class="button button-quiet">
            {t('reports.suspendNot')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
