import { Hono } from 'hono'
import { loadOwnProfile, quotePolicies, savePreferences } from '#src/accounts/profile/profile.ts'
import { changePassword } from '#src/accounts/sign-up/credentials.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { Check, Field, Form, NoticeBox, Refused, Select } from '../../components/form.tsx'
import { isLanguage, languageOptions } from '../../components/languages.ts'
import { isVisibility, visibilityOptions } from '../../components/visibility.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

const saved: Record<string, string> = {
  password: 'Your password is changed. All other browsers and all apps were logged out.',
  preferences: 'Saved.',
}

const quotePolicyOptions = [
  ['public', 'Everybody'],
  ['followers', 'My followers'],
  ['nobody', 'Nobody but me'],
] as const

/** Settings of the password, mails, timelines, and defaults of new posts. */
export const accountSettings = new Hono<Env>()
  .get('/settings/account', requireOwner, (c) => accountPage(c))
  .post('/settings/preferences', requireOwner, async (c) => {
    const { app, form } = c.var
    const visibility = form.text('default_visibility')
    const language = form.text('default_language')
    const quotePolicy = quotePolicies.find((policy) => policy === form.text('default_quote_policy'))
    await app.db.transaction((tx) =>
      savePreferences(tx, ownerOf(c).accountId, {
        groupsBoosts: form.isChecked('groups_boosts'),
        mailsMentions: form.isChecked('mails_mentions'),
        defaultLanguage: isLanguage(language) ? language : null,
        ...(quotePolicy ? { defaultQuotePolicy: quotePolicy } : {}),
        ...(isVisibility(visibility) && visibility !== 'direct' ? { defaultVisibility: visibility } : {}),
      }),
    )
    return c.redirect('/settings/account?saved=preferences', 303)
  })
  .post('/settings/password', requireOwner, async (c) => {
    const { app, form, session } = c.var
    const refusal = await refusalOf(() =>
      changePassword(
        app,
        ownerOf(c).accountId,
        form.text('current_password'),
        form.text('password'),
        session.token ?? undefined,
      ),
    )
    return refusal ? accountPage(c, refusal) : c.redirect('/settings/account?saved=password', 303)
  })

async function accountPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const own = await loadOwnProfile(c.var.app.db, ownerOf(c).accountId)
  if (!own) throw notFound()
  const done = saved[c.req.query('saved') ?? '']
  const problems = refusal?.problems ?? []
  return page(
    c,
    'Account settings',
    <>
      <SettingsHead here="/settings/account" />
      {done && <NoticeBox kind="good">{done}</NoticeBox>}
      <Form action="/settings/preferences" class="sheet" label="Posts, timelines and mails">
        <h2>Posts, timelines and mails</h2>
        <Select
          name="default_visibility"
          label="New posts are seen by"
          value={own.defaultVisibility}
          options={visibilityOptions(c.var.messages).filter(([name]) => name !== 'direct')}
        />
        <Select
          name="default_quote_policy"
          label="New posts may be quoted by"
          value={own.defaultQuotePolicy}
          options={quotePolicyOptions}
        />
        <Select
          name="default_language"
          label="I write in"
          value={own.defaultLanguage ?? ''}
          options={languageOptions(c.var.messages, c.var.formats)}
        />
        <Check
          name="groups_boosts"
          label="Show a post once when several people boost it"
          checked={own.groupsBoosts}
          hint="On your home timeline and in your lists."
        />
        <Check
          name="mails_mentions"
          label="Send me a mail when somebody mentions me"
          checked={own.mailsMentions}
          hint={`To ${own.email}`}
        />
        <div class="buttons">
          <button type="submit" class="button">
            Save
          </button>
        </div>
      </Form>
      <Form action="/settings/password" class="sheet" label="Password">
        <h2>Password</h2>
        <Refused refusal={refusal} />
        <input type="text" name="username" value={ownerOf(c).username} autocomplete="username" hidden />
        <Field
          name="current_password"
          label="Current password"
          type="password"
          problems={problems}
          required
          autocomplete="current-password"
        />
        <Field
          name="password"
          label="New password"
          type="password"
          problems={problems}
          required
          autocomplete="new-password"
          hint="At least 8 characters."
        />
        <div class="buttons">
          <button type="submit" class="button">
            Change password
          </button>
        </div>
        <p class="hint">All other browsers and all apps are logged out by it.</p>
      </Form>
      <Form action="/logout" class="sheet" label="Log out">
        <div class="buttons">
          <button type="submit" class="button button-quiet">
            Log out of this browser
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
