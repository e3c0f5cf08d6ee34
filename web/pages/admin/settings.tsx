import { Hono } from 'hono'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { type FieldProblem, Refusal } from '#src/platform/errors.ts'
import { limits } from '#src/rules/limits.ts'
import {
  type InstanceSettings,
  loadSettings,
  maxAddressesKeptDays,
  type RegistrationMode,
} from '#src/rules/settings.ts'
import { problemWith } from '#src/text/refusals.ts'
import { Check, Field, Form, NoticeBox, Refused, Select } from '../../components/form.tsx'
import { inviterOptions, registrationOptions, toInviters, toRegistrationMode } from '../../components/registrations.ts'
import type { C, Env } from '../../env.ts'
import { requireProof, requireProofWithinHour, requirePermission, staffOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { Choice } from '../settings/choice.tsx'
import { AdminHead } from './tabs.tsx'

type Values = {
  title: string
  description: string
  registrations: RegistrationMode
  inviters: InstanceSettings['inviters']
  minAge: number
  contactEmail: string
  suggestedAccounts: string[]
  trendsNeedReview: boolean
  authorizedFetch: boolean
  showsTransparency: boolean
  maxMediaAttachments: number
  captcha: InstanceSettings['captcha']
  captchaQuestion: string
  captchaAnswers: string[]
  blockedUsernames: string[]
  addressesKeptDays: number
}

/** The settings of the instance. */
export const instanceSettings = new Hono<Env>()
  .get('/admin/settings', requirePermission('manage_settings'), requireProof, async (c) =>
    settingsPage(c, await loadSettings(c.var.app.db)),
  )
  .post('/admin/settings', requirePermission('manage_settings'), requireProofWithinHour, async (c) => {
    const { app, form } = c.var
    const values: Values = {
      title: form.text('title').trim(),
      description: form.text('description').trim(),
      registrations: toRegistrationMode(form.text('registrations')),
      inviters: toInviters(form.text('inviters')),
      minAge: Number(form.text('min_age')),
      contactEmail: form.text('contact_email').trim(),
      suggestedAccounts: form
        .text('suggested_accounts')
        .split(/[\s,]+/)
        .filter((handle) => handle !== ''),
      trendsNeedReview: form.isChecked('trends_need_review'),
      authorizedFetch: form.isChecked('authorized_fetch'),
      showsTransparency: form.isChecked('shows_transparency'),
      // NaN is refused like any other wrong number.
      maxMediaAttachments: Number(form.text('max_media_attachments') || Number.NaN),
      captcha: form.text('captcha') === 'work' ? 'work' : 'none',
      captchaQuestion: form.text('captcha_question').trim(),
      captchaAnswers: linesOf(form.text('captcha_answers')),
      blockedUsernames: linesOf(form.text('blocked_usernames')).map((name) => name.toLowerCase()),
      addressesKeptDays: Number(form.text('addresses_kept_days') || (await loadSettings(app.db)).addressesKeptDays),
    }
    try {
      if (values.captchaQuestion !== '' && values.captchaAnswers.length === 0)
        throw new Refusal('unprocessable', cannotSave, [answersMissing])
      await app.db.transaction(async (tx) => saveSettings(tx, await staffOf(c, tx), values))
    } catch (error) {
      const refusal = toRefusal(error)
      if (!refusal) throw error
      return settingsPage(c, values, refusal)
    }
    return c.redirect('/admin/settings?saved=1', 303)
  })

const cannotSave = 'These settings can’t be saved'

/** The lines of a text with one value a line. */
const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

const answersMissing = problemWith('captcha_answers', 'ERR_INVALID', 'answersMissing', { max: 20, length: 100 })

/** The limits are those of `settingShapes`. */
const problems: Record<string, FieldProblem> = {
  title: problemWith('title', 'ERR_INVALID', 'titleLength', { max: 100 }),
  description: problemWith('description', 'ERR_INVALID', 'tooManyCharacters', { max: 500 }),
  minAge: problemWith('min_age', 'ERR_INVALID', 'ageRange', { max: 99 }),
  contactEmail: problemWith('contact_email', 'ERR_INVALID', 'notMailAddress'),
  suggestedAccounts: problemWith('suggested_accounts', 'ERR_INVALID', 'tooManyHandles', { max: 50 }),
  maxMediaAttachments: problemWith('max_media_attachments', 'ERR_INVALID', 'numberUpTo', {
    max: limits.status.maxMediaAttachments,
  }),
  captchaQuestion: problemWith('captcha_question', 'ERR_INVALID', 'tooManyCharacters', { max: 200 }),
  captchaAnswers: answersMissing,
  blockedUsernames: problemWith('blocked_usernames', 'ERR_INVALID', 'tooManyNames', { max: 1_000 }),
  addressesKeptDays: problemWith('addresses_kept_days', 'ERR_INVALID', 'numberUpTo', { max: maxAddressesKeptDays }),
}

/** Turns the schema's issues into problems of form fields, one a field. */
function toRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  const issues =
    error instanceof Error && 'issues' in error && Array.isArray(error.issues)
      ? (error.issues as { path: unknown[] }[])
      : null
  if (!issues) return null
  return new Refusal(
    'unprocessable',
    cannotSave,
    [...new Set(issues.map(({ path }) => String(path[0])))].flatMap((name) => problems[name] ?? []),
  )
}

function settingsPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const found = refusal?.problems ?? []
  const { t } = c.var.messages
  return page(
    c,
    t('admin.settingsTitle'),
    <>
      <AdminHead here="/admin/settings" />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      <Form action="/admin/settings" class="sheet" label={t('admin.settingsTitle')}>
        <Refused refusal={refusal} />
        <Field
          name="title"
          label={t('admin.serverName')}
          value={values.title}
          problems={found}
          required
          maxlength={100}
        />
        <Field
          name="description"
          label={t('admin.description')}
          rows={4}
          value={values.description}
          problems={found}
          maxlength={500}
          hint={t('admin.descriptionHint')}
        />
        <Field
          name="contact_email"
          label={t('admin.contact')}
          type="email"
          value={values.contactEmail}
          problems={found}
          hint={t('admin.contactHint')}
        />
        <Field
          name="suggested_accounts"
          label={t('admin.suggested')}
          rows={3}
          value={values.suggestedAccounts.join('\n')}
          problems={found}
          hint={t('admin.suggestedHint')}
        />
        <Select
          name="registrations"
          label={t('registrations.label')}
          value={values.registrations}
          options={registrationOptions(c.var.messages)}
        />
        <Choice
          name="inviters"
          label={t('registrations.inviters')}
          value={values.inviters}
          options={inviterOptions(c.var.messages)}
          hint={t('registrations.invitersHint')}
          problems={found}
        />
        <Field
          name="min_age"
          label={t('registrations.minAge')}
          type="number"
          value={Number.isFinite(values.minAge) ? String(values.minAge) : ''}
          problems={found}
          hint={t('registrations.minAgeHint')}
        />
        <Select
          name="captcha"
          label={t('admin.captcha')}
          value={values.captcha}
          options={[
            ['none', t('admin.captchaNone')],
            ['work', t('admin.captchaWork')],
          ]}
        />
        <Field
          name="captcha_question"
          label={t('admin.captchaQuestion')}
          value={values.captchaQuestion}
          problems={found}
          maxlength={200}
          hint={t('admin.captchaQuestionHint')}
        />
        <Field
          name="captcha_answers"
          label={t('admin.captchaAnswers')}
          rows={3}
          value={values.captchaAnswers.join('\n')}
          problems={found}
          hint={t('admin.captchaAnswersHint')}
        />
        <Field
          name="blocked_usernames"
          label={t('admin.blockedUsernames')}
          rows={4}
          value={values.blockedUsernames.join('\n')}
          problems={found}
          hint={t('admin.blockedUsernamesHint')}
        />
        <Field
          name="max_media_attachments"
          label={t('admin.maxMedia')}
          type="number"
          value={Number.isFinite(values.maxMediaAttachments) ? String(values.maxMediaAttachments) : ''}
          problems={found}
          hint={t('admin.maxMediaHint', { max: limits.status.maxMediaAttachments })}
        />
        <Field
          name="addresses_kept_days"
          label={t('admin.addressesKept')}
          type="number"
          value={Number.isFinite(values.addressesKeptDays) ? String(values.addressesKeptDays) : ''}
          problems={found}
          hint={t('admin.addressesKeptHint')}
        />
        <Check
          name="trends_need_review"
          label={t('admin.reviewTrends')}
          checked={values.trendsNeedReview}
          hint={t('admin.reviewTrendsHint')}
        />
        <Check
          name="authorized_fetch"
          label={t('admin.authorizedFetch')}
          checked={values.authorizedFetch}
          hint={t('admin.authorizedFetchHint')}
        />
        <Check
          name="shows_transparency"
          label={t('admin.showsTransparency')}
          checked={values.showsTransparency}
          hint={t('admin.showsTransparencyHint')}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? 422 : 200,
  )
}
