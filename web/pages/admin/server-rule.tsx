import { Hono } from 'hono'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { ruleAbout, setDomainRule, severities } from '#src/moderation/domains.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { normalizeDomain } from '#src/platform/handle.ts'
import { refuse } from '#src/text/refusals.ts'
import { Check, Field, Form, Kept, NoticeBox, Refused } from '../../components/form.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf, typedForm } from '../../forms.ts'
import { requirePermission, requireProof, requireProofKeepingForm, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { AdminHead } from './tabs.tsx'

const path = '/admin/servers/rule'
const guard = requirePermission('manage_federation')
const maxLength = 300

/** The rule about one server, in place of an earlier one. */
export const serverRule = new Hono<Env>()
  .get(path, guard, requireProof, (c) =>
    rulePage(c, (c.req.query('host') ?? '').replaceAll('\0', '').slice(0, maxLength)),
  )
  .post(path, guard, requireProofKeepingForm, async (c) => {
    const { app, form } = c.var
    const host = form.text('host')
    const refusal = await refusalOf(() =>
      app.db.transaction(async (tx) => {
        const severity = severities.find((one) => one === form.text('severity'))
        if (!severity) throw refuse('unprocessable', 'chooseAction')
        await setDomainRule(tx, await staffOf(c, tx), app.uris, host, {
          severity,
          rejectsMedia: form.isChecked('rejects_media'),
          rejectsReports: form.isChecked('rejects_reports'),
          privateComment: form.text('private_comment'),
          publicComment: form.text('public_comment'),
          isObfuscated: form.isChecked('obfuscated'),
        })
      }),
    )
    if (refusal) return rulePage(c, host, refusal)
    return c.redirect(`${path}?${new URLSearchParams({ host, done: '1' })}`, 303)
  })

async function rulePage(c: C, typed: string, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const sent = await typedForm(c, refusal)
  const host = normalizeDomain(typed)
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const present = host === null ? null : await ruleAbout(app.db, staff, host)
  const value = (name: string, stored: string) => sent?.text(name) ?? stored
  const chosen = value('severity', present?.severity ?? 'noop')
  return page(
    c,
    t('accountList.ruleTitle'),
    <>
      <AdminHead here="/admin/servers" />
      {c.req.query('done') && <NoticeBox kind="good">{t('accountList.ruleDone')}</NoticeBox>}
      <Form action={path} class="sheet" label={t('accountList.ruleTitle')}>
        <h2>{t('accountList.ruleTitle')}</h2>
        <Refused refusal={refusal} />
        {sent && !refusal && <Kept />}
        <input type="hidden" name="return_to" value={`${path}?${new URLSearchParams({ host: typed })}`} />
        <Field
          name="host"
          label={t('accountList.host')}
          value={value('host', typed)}
          required
          autocapitalize="none"
          hint={t('accountList.ruleHint')}
        />
        <fieldset class="report-actions">
          <legend>{t('accountList.ruleSeverity')}</legend>
          {severities.map((severity) => (
            <label class="check">
              <input type="radio" name="severity" value={severity} required checked={severity === chosen} />
              <span>
                {t(`accountList.rule_${severity}`)}
                <small>{t(`accountList.ruleHint_${severity}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Check
          name="rejects_media"
          label={t('accountList.ruleMedia')}
          checked={sent?.isChecked('rejects_media') ?? present?.rejectsMedia ?? false}
        />
        <Check
          name="rejects_reports"
          label={t('accountList.ruleReports')}
          checked={sent?.isChecked('rejects_reports') ?? present?.rejectsReports ?? false}
        />
        <Field
          name="public_comment"
          label={t('accountList.rulePublic')}
          value={value('public_comment', present?.publicComment ?? '')}
        />
        <Field
          name="private_comment"
          label={t('accountList.rulePrivate')}
          value={value('private_comment', present?.privateComment ?? '')}
        />
        <Check
          name="obfuscated"
          label={t('accountList.ruleObfuscated')}
          checked={sent?.isChecked('obfuscated') ?? present?.isObfuscated ?? false}
        />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('accountList.ruleNow')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
