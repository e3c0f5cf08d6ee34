/** Texts by admins for everybody: rules, announcements, and the longer texts. */
import { Hono } from 'hono'
import { hasPermission, type Permission } from '#src/accounts/roles/permissions.ts'
import { loadPrivacyPolicy, loadText, saveText } from '#src/instance/texts.ts'
import { listAnnouncements, publishAnnouncement, removeAnnouncement } from '#src/moderation/announcements.ts'
import { addRule, loadRules, removeRule, type RuleId } from '#src/moderation/instance-rules.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type AnnouncementId, isId } from '#src/platform/ids.ts'
import { Action, Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireProof, requireProofWithinHour, requirePermission, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { AdminHead } from './tabs.tsx'

const path = '/admin/rules'
const done = (c: C): Response => c.redirect(`${path}?saved=1`, 303)

export const news = new Hono<Env>()
  .get(path, requirePermission('manage_rules', 'manage_announcements', 'manage_settings'), requireProof, (c) =>
    newsPage(c),
  )
  .post('/admin/rules', requirePermission('manage_rules'), requireProofWithinHour, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(() =>
      app.db.transaction(async (tx) => addRule(tx, await staffOf(c, tx), form.text('rule'), form.text('hint'))),
    )
    return refusal ? newsPage(c, refusal) : done(c)
  })
  .post('/admin/rules/:id/remove', requirePermission('manage_rules'), requireProofWithinHour, async (c) => {
    await c.var.app.db.transaction(async (tx) => removeRule(tx, await staffOf(c, tx), idOf(c) as RuleId))
    return done(c)
  })
  .post('/admin/announcements', requirePermission('manage_announcements'), requireProofWithinHour, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(() =>
      app.db.transaction(async (tx) =>
        publishAnnouncement(tx, await staffOf(c, tx), { text: form.text('announcement') }),
      ),
    )
    return refusal ? newsPage(c, refusal) : done(c)
  })
  .post(
    '/admin/announcements/:id/remove',
    requirePermission('manage_announcements'),
    requireProofWithinHour,
    async (c) => {
      await c.var.app.db.transaction(async (tx) =>
        removeAnnouncement(tx, await staffOf(c, tx), idOf(c) as AnnouncementId),
      )
      return done(c)
    },
  )
  .post('/admin/texts', requirePermission('manage_settings'), requireProofWithinHour, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(async () => {
      const shown = await loadPrivacyPolicy(app)
      const isOwn = (await loadText(app.db, 'privacyPolicy')) !== null
      const policy = form.text('privacy_policy').replaceAll('\r\n', '\n').trim()
      await app.db.transaction(async (tx) => {
        const staff = await staffOf(c, tx)
        await saveText(tx, staff, 'extendedDescription', form.text('extended_description'))
        // An unchanged default policy is not saved, so that it keeps following Pipit's own.
        if (isOwn || policy !== shown.source.trim()) await saveText(tx, staff, 'privacyPolicy', policy)
        await saveText(tx, staff, 'termsOfService', form.text('terms_of_service'))
      })
    })
    return refusal ? newsPage(c, refusal) : done(c)
  })

function idOf(c: C): string {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id
}

/** Shows the parts that the role of the viewer may change. */
async function newsPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, form } = c.var
  const may = (name: Permission) => hasPermission(viewerOf(c).permissions, name)
  const [rules, announcements, description, policy, terms] = await Promise.all([
    loadRules(app.db),
    listAnnouncements(app.db),
    loadText(app.db, 'extendedDescription'),
    loadPrivacyPolicy(app),
    loadText(app.db, 'termsOfService'),
  ])
  const { t } = c.var.messages
  const problems = refusal?.problems ?? []
  // A refusal does not lose the person's input.
  const typed = (name: string, stored = ''): string => (refusal && form.text(name)) || stored
  return page(
    c,
    t('admin.news'),
    <>
      <AdminHead here={path} />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      <Refused refusal={refusal} />
      {may('manage_rules') && (
        <section class="sheet">
          <h2>{t('admin.rules')}</h2>
          {rules.length === 0 && <p class="hint">{t('admin.noRules')}</p>}
          {rules.length > 0 && (
            <ol class="entries">
              {rules.map(({ id, text, hint }) => (
                <li>
                  <div>
                    <p dir="auto">{text}</p>
                    {hint && (
                      <p class="hint" dir="auto">
                        {hint}
                      </p>
                    )}
                  </div>
                  <Action
                    action={`/admin/rules/${id}/remove`}
                    label={t('admin.removeRule', { text })}
                    class="button button-quiet"
                  >
                    {t('common.remove')}
                  </Action>
                </li>
              ))}
            </ol>
          )}
          <Form action="/admin/rules" label={t('admin.addRule')}>
            <Field
              name="rule"
              problems={problems}
              label={t('admin.newRule')}
              value={typed('rule')}
              required
              maxlength={300}
            />
            <Field name="hint" problems={problems} label={t('admin.ruleHint')} value={typed('hint')} maxlength={1000} />
            <div class="buttons">
              <button type="submit" class="button">
                {t('common.add')}
              </button>
            </div>
          </Form>
        </section>
      )}
      {may('manage_announcements') && (
        <section class="sheet">
          <h2>{t('admin.announcements')}</h2>
          {announcements.length > 0 && (
            <ul class="entries">
              {announcements.map(({ id, text, publishedAt }) => (
                <li>
                  <div>
                    <p dir="auto">{text}</p>
                    {publishedAt && (
                      <p class="hint">
                        <Moment at={publishedAt} />
                      </p>
                    )}
                  </div>
                  <Action
                    action={`/admin/announcements/${id}/remove`}
                    label={t('admin.removeAnnouncement', { text: text.slice(0, 60) })}
                    class="button button-quiet"
                  >
                    {t('common.remove')}
                  </Action>
                </li>
              ))}
            </ul>
          )}
          <Form action="/admin/announcements" label={t('admin.publishAnnouncement')}>
            <Field
              name="announcement"
              problems={problems}
              label={t('admin.newAnnouncement')}
              rows={3}
              value={typed('announcement')}
              required
              maxlength={5000}
              hint={t('admin.announcementHint')}
            />
            <div class="buttons">
              <button type="submit" class="button">
                {t('admin.publish')}
              </button>
            </div>
          </Form>
        </section>
      )}
      {may('manage_settings') && (
        <Form action="/admin/texts" class="sheet" label={t('admin.texts')}>
          <h2>{t('admin.texts')}</h2>
          <p class="hint">{t('admin.textsHint')}</p>
          <Field
            name="extended_description"
            problems={problems}
            label={t('admin.extendedDescription')}
            rows={8}
            value={typed('extended_description', description?.source)}
          />
          <Field
            name="privacy_policy"
            problems={problems}
            label={t('admin.privacyPolicy')}
            rows={12}
            value={typed('privacy_policy', policy.source)}
            hint={t('admin.privacyPolicyHint')}
          />
          <Field
            name="terms_of_service"
            problems={problems}
            label={t('admin.terms')}
            rows={8}
            value={typed('terms_of_service', terms?.source)}
          />
          <div class="buttons">
            <button type="submit" class="button">
              {t('common.save')}
            </button>
          </div>
        </Form>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
