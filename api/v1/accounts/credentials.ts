import { Hono } from 'hono'
import { loadOwnProfile, type ProfileInput, savePreferences, updateProfile } from '#src/accounts/profile.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/app.ts'
import { countAction } from '#src/auth/attempts.ts'
import type { Viewer } from '#src/auth/sessions.ts'
import { notFound } from '#src/errors.ts'
import { countRequests } from '#src/relationships/lists.ts'
import type { Env } from '../../env.ts'
import { toCredentialAccount, toPreferences } from '../../entities/account.ts'
import { requires } from '../../http/access.ts'
import { limited } from '../../http/limits.ts'
import { choice, file, flag, given, hash, list, params, text } from '../../http/params.ts'

const changes = {
  display_name: text().optional(),
  note: text().optional(),
  locked: flag().optional(),
  bot: flag().optional(),
  discoverable: flag().optional(),
  indexable: flag().optional(),
  hide_collections: flag().optional(),
  avatar: file(),
  header: file(),
  fields_attributes: list(hash({ name: text().optional(), value: text().optional() }), 50),
  source: hash({
    privacy: choice(['public', 'unlisted', 'private']).optional(),
    sensitive: flag().optional(),
    language: text().optional(),
  }).optional(),
}

export const credentials = new Hono<Env>()

credentials.get('/accounts/verify_credentials', requires('read:accounts', 'profile'), async (c) => c.json(await ownAccount(c.var.app, c.var.viewer)))

credentials.on(['PATCH', 'PUT'], '/accounts/update_credentials', requires('write:accounts'), params(changes, { files: true }), async (c) => {
  const { app, accountId, viewer, params } = c.var
  const profile: ProfileInput = given({
    displayName: params.display_name,
    note: params.note,
    isLocked: params.locked,
    isBot: params.bot,
    isDiscoverable: params.discoverable,
    isIndexable: params.indexable,
    hidesCollections: params.hide_collections,
    avatar: await bytesOf(params.avatar),
    header: await bytesOf(params.header),
    fields: params.fields_attributes.length > 0 ? params.fields_attributes.map(({ name = '', value = '' }) => ({ name, value })) : undefined,
  })
  if (Object.keys(profile).length > 0) {
    await countAction(app, 'profiles', accountId)
    await updateProfile(app, accountId, profile)
  }
  const { privacy, sensitive, language } = params.source ?? {}
  const preferences = given({ defaultVisibility: privacy, defaultSensitive: sensitive, defaultLanguage: language === undefined ? undefined : languageOf(language) })
  await app.db.transaction((tx) => savePreferences(tx, accountId, preferences))
  return c.json(await ownAccount(app, viewer))
})

credentials.delete('/profile/avatar', requires('write:accounts'), limited('deletions'), async (c) => {
  await updateProfile(c.var.app, c.var.accountId, { avatar: null })
  return c.json(await ownAccount(c.var.app, c.var.viewer))
})

credentials.delete('/profile/header', requires('write:accounts'), limited('deletions'), async (c) => {
  await updateProfile(c.var.app, c.var.accountId, { header: null })
  return c.json(await ownAccount(c.var.app, c.var.viewer))
})

credentials.get('/preferences', requires('read:accounts'), async (c) => {
  const own = await loadOwnProfile(c.var.app.db, c.var.accountId)
  if (!own) throw notFound()
  return c.json(toPreferences(own))
})

async function ownAccount(app: App, { accountId, role }: Viewer) {
  const [[view], own, followRequests] = await Promise.all([
    loadAccountViews(app.db, [accountId]),
    loadOwnProfile(app.db, accountId),
    countRequests(app.db, accountId),
  ])
  if (!view || !own) throw notFound()
  return toCredentialAccount({ view, own, role, followRequests }, app.uris)
}

const bytesOf = async (upload: File | undefined): Promise<Buffer | undefined> => upload && Buffer.from(await upload.arrayBuffer())

/** Null, for no language in particular, for what is no tag of BCP 47. */
const languageOf = (tag: string): string | null => (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/.test(tag) ? tag : null)
