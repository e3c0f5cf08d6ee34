import { Hono } from 'hono'
import { loadOwnProfile, updateProfile } from '#src/accounts/profile/profile.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { profilePath } from '../../components/account.tsx'
import { NoticeBox } from '../../components/form.tsx'
import type { C, Env, Form as Sent } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { factsOf } from './facts.tsx'
import { FeaturedPeople, type FeaturedProblem, featuredForms, FeaturedTags, loadFeatured } from './featured.tsx'
import { ProfileForm, type Values } from './profile-form.tsx'
import { SettingsHead } from './tabs.tsx'

/** Editing the profile, and what it features. */
export const profileSettings = new Hono<Env>()
  .get('/settings/profile', requireViewer, (c) => profilePage(c))
  .post('/settings/profile', requireViewer, async (c) => {
    const { app, form } = c.var
    const values = valuesOf(form)
    const images = { avatar: await imageOf(form, 'avatar'), header: await imageOf(form, 'header') }
    const chosen = Object.fromEntries(Object.entries(images).filter(([, image]) => image !== undefined))
    const { accountId } = viewerOf(c)
    const refusal = await refusalOf(async () => {
      await countAction(app, 'profiles', accountId)
      await updateProfile(app, accountId, { ...values, ...chosen })
    })
    return refusal ? profilePage(c, { values, refusal }) : c.redirect('/settings/profile?saved=1', 303)
  })
profileSettings.route(
  '/',
  featuredForms((c, featured) => profilePage(c, { featured })),
)

type Answer = { values?: Values; refusal?: Refusal; featured?: FeaturedProblem }

async function profilePage(c: C, { values, refusal, featured }: Answer = {}): Promise<Response> {
  const [{ account, noteSource }, lists] = await Promise.all([load(c), loadFeatured(c)])
  const { t, rich } = c.var.messages
  const problem = refusal ?? featured?.refusal
  return page(
    c,
    t('profileSettings.title'),
    <>
      <SettingsHead here="/settings/profile" />
      {c.req.query('saved') && (
        <NoticeBox kind="good">
          <>{rich('profileSettings.saved', { a: (text) => <a href={profilePath(account)}>{text}</a> })}</>
        </NoticeBox>
      )}
      <ProfileForm account={account} values={values ?? storedValues(account, noteSource)} refusal={refusal ?? null} />
      <FeaturedTags featured={lists} problem={featured ?? null} />
      <FeaturedPeople featured={lists} problem={featured ?? null} />
    </>,
    problem ? statusOf(problem) : 200,
  )
}

async function load(c: C): Promise<{ account: AccountView; noteSource: string }> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const [[account], own] = await Promise.all([loadAccountViews(db, [accountId]), loadOwnProfile(db, accountId)])
  if (!account || !own) throw notFound()
  return { account, noteSource: own.noteSource }
}

function storedValues(account: AccountView, noteSource: string): Values {
  const { displayName, isLocked, isDiscoverable, isIndexable, hidesCollections } = account
  const { showsMedia, showsMediaReplies, showsFeatured, attributionDomains } = account
  const { avatarDescription, headerDescription } = account
  return {
    displayName,
    note: noteSource,
    fields: account.fields.map(({ name, value, source }) => ({ name, value: source ?? value })),
    isLocked,
    isBot: account.actorType === 'Service',
    isDiscoverable,
    isIndexable,
    hidesCollections,
    showsMedia,
    showsMediaReplies,
    showsFeatured,
    attributionDomains,
    avatarDescription,
    headerDescription,
  }
}

function valuesOf(form: Sent): Values {
  return {
    displayName: form.text('display_name'),
    note: form.text('note'),
    fields: factsOf(form),
    isLocked: form.isChecked('locked'),
    isBot: form.isChecked('bot'),
    isDiscoverable: form.isChecked('discoverable'),
    isIndexable: form.isChecked('indexable'),
    hidesCollections: form.isChecked('hides_collections'),
    showsMedia: form.isChecked('shows_media'),
    showsMediaReplies: form.isChecked('shows_media_replies'),
    showsFeatured: form.isChecked('shows_featured'),
    attributionDomains: form
      .text('attribution_domains')
      .split(/[\s,]+/)
      .filter((domain) => domain !== ''),
    avatarDescription: form.text('avatar_description'),
    headerDescription: form.text('header_description'),
  }
}

/** A new image; null to remove the present one, undefined to keep it. */
async function imageOf(form: Sent, name: string): Promise<Buffer | null | undefined> {
  return (await form.file(name)) ?? (form.isChecked(`${name}_remove`) ? null : undefined)
}
