import { Hono } from 'hono'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { Refusal } from '#src/platform/errors.ts'
import { limits } from '#src/rules/limits.ts'
import { loadSettings, type RegistrationMode } from '#src/rules/settings.ts'
import { Check, Field, Form, NoticeBox, Refused, Select } from '../../components/form.tsx'
import { registrationOptions, toRegistrationMode } from '../../components/registrations.ts'
import type { C, Env } from '../../env.ts'
import { requireRole } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

type Values = {
  title: string
  description: string
  registrations: RegistrationMode
  contactEmail: string
  suggestedAccounts: string[]
  trendsNeedReview: boolean
  authorizedFetch: boolean
  maxMediaAttachments: number
}

/** The settings of the instance. */
export const instanceSettings = new Hono<Env>()
  .get('/admin/settings', requireRole('admin'), async (c) => settingsPage(c, await loadSettings(c.var.app.db)))
  .post('/admin/settings', requireRole('admin'), async (c) => {
    const { app, form } = c.var
    const values: Values = {
      title: form.text('title').trim(),
      description: form.text('description').trim(),
      registrations: toRegistrationMode(form.text('registrations')),
      contactEmail: form.text('contact_email').trim(),
      suggestedAccounts: form
        .text('suggested_accounts')
        .split(/[\s,]+/)
        .filter((handle) => handle !== ''),
      trendsNeedReview: form.isChecked('trends_need_review'),
      authorizedFetch: form.isChecked('authorized_fetch'),
      // NaN is refused like any other wrong number.
      maxMediaAttachments: Number(form.text('max_media_attachments') || Number.NaN),
    }
    try {
      await app.db.transaction((tx) => saveSettings(tx, values))
    } catch (error) {
      const refusal = toRefusal(error)
      if (!refusal) throw error
      return settingsPage(c, values, refusal)
    }
    return c.redirect('/admin/settings?saved=1', 303)
  })

const problemOf: Record<string, { field: string; message: string }> = {
  title: { field: 'title', message: 'must have 1 to 100 characters' },
  description: { field: 'description', message: 'must have at most 500 characters' },
  contactEmail: { field: 'contact_email', message: 'is not a mail address' },
  suggestedAccounts: { field: 'suggested_accounts', message: 'must have at most 50 handles' },
  maxMediaAttachments: {
    field: 'max_media_attachments',
    message: `must be a number from 1 to ${limits.status.maxMediaAttachments}`,
  },
}

/** Turns the schema's issues into problems of form fields. */
function toRefusal(error: unknown): Refusal | null {
  const issues =
    error instanceof Error && 'issues' in error && Array.isArray(error.issues)
      ? (error.issues as { path: unknown[] }[])
      : null
  if (!issues) return null
  const problems = issues.flatMap(({ path }) => problemOf[String(path[0])] ?? [])
  return new Refusal(
    'unprocessable',
    'These settings can’t be saved',
    problems.map((problem) => ({ ...problem, code: 'ERR_INVALID' })),
  )
}

function settingsPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const problems = refusal?.problems ?? []
  const { t } = c.var.messages
  return page(
    c,
    'Settings of the server',
    <>
      <AdminHead here="/admin/settings" />
      {c.req.query('saved') && <NoticeBox kind="good">Saved.</NoticeBox>}
      <Form action="/admin/settings" class="sheet" label="Settings of the server">
        <Refused refusal={refusal} />
        <Field
          name="title"
          label="Name of this server"
          value={values.title}
          problems={problems}
          required
          maxlength={100}
        />
        <Field
          name="description"
          label="What this place is"
          rows={4}
          value={values.description}
          problems={problems}
          maxlength={500}
          hint="A sentence or two, for the start page and for apps."
        />
        <Field
          name="contact_email"
          label="Contact address"
          type="email"
          value={values.contactEmail}
          problems={problems}
          hint="Everybody can see it. May be left empty."
        />
        <Field
          name="suggested_accounts"
          label="Accounts to suggest"
          rows={3}
          value={values.suggestedAccounts.join('\n')}
          problems={problems}
          hint="Handles, one a line. Apps show them to newcomers first."
        />
        <Select name="registrations" label="Sign-ups" value={values.registrations} options={registrationOptions} />
        <Field
          name="max_media_attachments"
          label={t('admin.maxMedia')}
          type="number"
          value={Number.isFinite(values.maxMediaAttachments) ? String(values.maxMediaAttachments) : ''}
          problems={problems}
          hint={t('admin.maxMediaHint', { max: limits.status.maxMediaAttachments })}
        />
        <Check
          name="trends_need_review"
          label="Review trends"
          checked={values.trendsNeedReview}
          hint="Hashtags, links and posts trend only after a moderator has approved them."
        />
        <Check
          name="authorized_fetch"
          label="Only servers that sign may fetch"
          checked={values.authorizedFetch}
          hint={
            'Other servers have to say who they are before they get posts and profiles, so that blocked ones get none. ' +
            'Some can’t. Pages stay open to everybody.'
          }
        />
        <div class="buttons">
          <button type="submit" class="button">
            Save
          </button>
        </div>
      </Form>
    </>,
    refusal ? 422 : 200,
  )
}
