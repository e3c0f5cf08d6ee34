import { Hono } from 'hono'
import { preferenceChoices, savePreferences } from '#src/accounts/profile/preferences.ts'
import { loadOwnProfile, updateProfile } from '#src/accounts/profile/profile.ts'
import { loadRoles, roleOf } from '#src/accounts/roles/roles.ts'
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadFeaturedTags } from '#src/reading/tags/feature.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { knownLanguage } from '#src/text/language-tag.ts'
import { toCredentialAccount, toPreferences } from '../../entities/account.ts'
import { toProfile } from '../../entities/profile.ts'
import type { Env } from '../../env.ts'
import { requires } from '../../http/access.ts'
import { limited } from '../../http/limits.ts'
import { choice, flag, withoutUndefined, hashIfGiven, text } from '../../http/params.ts'
import { uploads } from '../../http/upload.ts'
import { changeProfile, profileFiles, profileParams } from './changes.ts'

const source = hashIfGiven({
  privacy: choice(preferenceChoices.defaultVisibility).optional(),
  sensitive: flag().optional(),
  language: text().optional(),
  quote_policy: choice(preferenceChoices.defaultQuotePolicy).optional(),
})

export const credentials = new Hono<Env>()

credentials.get('/accounts/verify_credentials', requires('read:accounts', 'profile'), async (c) =>
  c.json(await ownAccount(c.var.app, c.var.viewer)),
)

credentials.on(
  ['PATCH', 'PUT'],
  '/accounts/update_credentials',
  requires('write:accounts'),
  uploads({ ...profileParams, source }, profileFiles),
  async (c) => {
    const { app, accountId, viewer, params } = c.var
    await changeProfile(app, accountId, params, c.var.files)
    const { privacy, sensitive, language, quote_policy: quotePolicy } = params.source ?? {}
    const preferences = withoutUndefined({
      defaultVisibility: privacy,
      defaultSensitive: sensitive,
      defaultLanguage: language === undefined ? undefined : knownLanguage(language),
      defaultQuotePolicy: quotePolicy,
    })
    await app.db.transaction((tx) => savePreferences(tx, accountId, preferences))
    return c.json(await ownAccount(app, viewer))
  },
)

credentials.get('/profile', requires('read:accounts', 'profile'), async (c) =>
  c.json(await ownProfile(c.var.app, c.var.viewer)),
)

credentials.on(
  ['PATCH', 'PUT'],
  '/profile',
  requires('write:accounts'),
  uploads(profileParams, profileFiles),
  async (c) => {
    const { app, accountId, viewer, params } = c.var
    await changeProfile(app, accountId, params, c.var.files)
    return c.json(await ownProfile(app, viewer))
  },
)

for (const image of ['avatar', 'header'] as const) {
  credentials.delete(`/profile/${image}`, requires('write:accounts'), limited('deletions'), async (c) => {
    await updateProfile(c.var.app, c.var.accountId, { [image]: null })
    return c.json(await ownAccount(c.var.app, c.var.viewer))
  })
}

credentials.get('/preferences', requires('read:accounts'), async (c) => {
  const own = await loadOwnProfile(c.var.app.db, c.var.accountId)
  if (!own) throw notFound()
  return c.json(toPreferences(own))
})

async function ownAccount(app: App, viewer: Viewer) {
  const { accountId, permissions } = viewer
  const [[view], own, settings, roles] = await Promise.all([
    loadAccountViews(app.db, [accountId]),
    loadOwnProfile(app.db, accountId),
    loadSettings(app.db),
    loadRoles(app.db),
  ])
  if (!view || !own) throw notFound()
  const role = { ...roleOf(roles, viewer), permissions }
  return toCredentialAccount({ view, own, role, settings }, app.uris)
}

async function ownProfile(app: App, { accountId }: Viewer) {
  const [[view], own, featured] = await Promise.all([
    loadAccountViews(app.db, [accountId]),
    loadOwnProfile(app.db, accountId),
    loadFeaturedTags(app.db, accountId),
  ])
  if (!view || !own) throw notFound()
  return toProfile(view, own.noteSource, featured, app.uris)
}
