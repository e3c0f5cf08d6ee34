import { Hono } from 'hono'
import { reportAsVisitor, visitorLimits, type VisitorReport } from '#src/moderation/reports/visitors.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { calmPage } from '../calm.tsx'
import { captchaAnswer, captchaTask } from '../captcha.ts'
import { Captcha } from '../components/captcha.tsx'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { clientOf } from '../session.ts'

const blank: VisitorReport = { name: '', email: '', links: '', reason: '' }

/** Legal notices of people without an account. */
export const visitorReports = new Hono<Env>()
  .get('/report', (c) => formPage(c, blank))
  .post('/report', async (c) => {
    const { app, form } = c.var
    const values: VisitorReport = {
      name: form.text('name'),
      email: form.text('email'),
      links: form.text('links'),
      reason: form.text('reason'),
    }
    const refusal = await refusalOf(() =>
      reportAsVisitor(app, values, clientOf(c).address, captchaAnswer(c), c.var.messages.locale),
    )
    if (refusal) return formPage(c, values, refusal)
    const { t } = c.var.messages
    return calmPage(c, t('reports.visitorDone'), [t('reports.visitorDoneLead')])
  })

async function formPage(c: C, values: VisitorReport, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const [{ title }, captcha] = [await loadSettings(app.db), await captchaTask(c, refusal)]
  const problems = refusal?.problems ?? []
  return page(
    c,
    { title: t('reports.visitorTitle'), canonical: `${app.uris.origin}/report` },
    <>
      <Head title={t('reports.visitorTitle')} />
      <Form action="/report" class="sheet" label={t('reports.visitorTitle')}>
        <Refused refusal={refusal} />
        <p>{t('reports.visitorLead', { server: title })}</p>
        <Field
          name="name"
          label={t('reports.visitorName')}
          value={values.name}
          problems={problems}
          required
          autocomplete="name"
          maxlength={visitorLimits.name}
        />
        <Field
          name="email"
          type="email"
          label={t('reports.visitorEmail')}
          value={values.email}
          problems={problems}
          required
          autocomplete="email"
          maxlength={visitorLimits.email}
          hint={t('reports.visitorEmailHint')}
        />
        <Field
          name="links"
          label={t('reports.visitorLinks')}
          rows={3}
          value={values.links}
          problems={problems}
          required
          hint={t('reports.visitorLinksHint', { links: visitorLimits.links })}
        />
        <Field
          name="reason"
          label={t('reports.visitorReason')}
          rows={6}
          value={values.reason}
          problems={problems}
          required
          maxlength={visitorLimits.reason}
          hint={t('reports.visitorReasonHint')}
        />
        <Captcha task={captcha} problems={problems} />
        <p class="hint">{t('reports.visitorPrivacy')}</p>
        <div class="buttons">
          <button type="submit" class="button">
            {t('reports.visitorSend')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
