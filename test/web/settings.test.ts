import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { loadAuthorisedApps } from '#src/accounts/sessions/authorised.ts'
import { loadPrivacyPolicy, loadText } from '#src/instance/texts.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password, status as post } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('people see which apps they let in, and shut them out', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  expect((await browser.get('/settings/apps')).html).toContain('You let no app in so far.')
  await t.db.transaction(async (tx) => {
    const app = await createApplication(tx, {
      name: '<Ivory>',
      website: 'https://ivory.test/',
      redirectUris: ['ivory://back'],
      scopes: ['read', 'write:statuses'],
    })
    await issueToken(tx, app.id, alice, ['read', 'write:statuses'])
  })
  const { html } = await browser.get('/settings/apps')
  for (const part of ['&lt;Ivory&gt;', 'ivory.test', 'Post, boost and delete in your name', 'never used'])
    expect(html).toContain(part)
  const [app] = await loadAuthorisedApps(t.db, alice)
  await browser.post(`/settings/apps/${app!.id}/revoke`)
  expect(await loadAuthorisedApps(t.db, alice)).toEqual([])
  expect((await browser.post(`/settings/apps/${app!.id}/revoke`)).status).toBe(404)
  const log = (await browser.get('/settings/security-log')).html
  expect(log).toContain('An app lost its access: &lt;Ivory&gt;')
})

test('admins see which jobs were given up, and why', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'admin' })
  const admin = visitor(pages(t.app))
  await admin.logIn('alice', password)
  expect((await admin.get('/admin')).html).not.toContain('Jobs that were given up')
  await t.db.transaction((tx) => addJobs(tx, [{ name: 'deliver', payload: {} }]))
  await t.db.execute(
    sql`update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'The worker died while running it'`,
  )
  const { html } = await admin.get('/admin')
  for (const part of [
    'Jobs that were given up',
    'deliver (',
    'The worker died while running it',
    'npx pipit jobs list --failed',
  ])
    expect(html).toContain(part)
})

test('admins write rules, announcements and texts, which visitors read', async () => {
  await using t = await database()
  await openSignUps(t)
  await localAccount(t, 'alice', { role: 'admin' })
  await localAccount(t, 'bob', { role: 'moderator' })
  const [admin, moderator, stranger] = [visitor(pages(t.app)), visitor(pages(t.app)), visitor(pages(t.app))]
  await admin.logIn('alice', password)
  await moderator.logIn('bob', password)
  expect((await moderator.get('/admin/rules')).status).toBe(404)
  expect((await moderator.post('/admin/rules', { rule: 'Obey' })).status).toBe(404)

  expect((await admin.post('/admin/rules', { rule: 'Be <kind>', hint: 'Also to strangers' })).status).toBe(303)
  expect((await admin.post('/admin/rules', { rule: ' ' })).html).toContain('can’t be blank')
  expect((await admin.post('/admin/announcements', { announcement: 'We move on Sunday' })).status).toBe(303)
  const { source } = await loadPrivacyPolicy(t.app)
  await admin.post('/admin/texts', {
    extended_description: 'A **place**',
    privacy_policy: source,
    terms_of_service: 'No hawks',
  })
  // Pipit's own policy stays Pipit's, so that it changes with it.
  expect(await loadText(t.db, 'privacyPolicy')).toBeNull()
  expect((await admin.get('/admin/rules')).html).toContain('We move on Sunday')

  const about = await stranger.get('/about')
  for (const part of ['Be &lt;kind&gt;', 'Also to strangers', '<strong>place</strong>', '/terms-of-service'])
    expect(about.html).toContain(part)
  expect((await stranger.get('/signup')).html).toContain('Be &lt;kind&gt;')
  expect((await stranger.get('/terms-of-service')).html).toContain('No hawks')
  expect((await stranger.get('/privacy-policy')).html).toContain('What pipit.test keeps')
  const long = 'Правила. '.repeat(4_000).trim()
  expect(
    (await admin.post('/admin/texts', { extended_description: '', privacy_policy: source, terms_of_service: long }))
      .status,
  ).toBe(303)
  expect((await loadText(t.db, 'termsOfService'))?.source).toBe(long)
  const [rule] = await loadRules(t.db)
  await admin.post(`/admin/rules/${rule!.id}/remove`)
  await admin.post('/admin/texts', { extended_description: '', privacy_policy: '', terms_of_service: '' })
  expect(await loadRules(t.db)).toEqual([])
  expect((await stranger.get('/terms-of-service')).status).toBe(404)
})

test('times are those of the person’s zone; for visitors a script rewrites UTC', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const id = await post(t, alice, { text: 'Good morning' })
  await t.db.execute(sql`update statuses set created_at = '2026-03-01T23:30:00Z' where id = ${id}`)
  const person = visitor(pages(t.app))
  const page = `/@alice/${id}`
  const { html } = await person.get(page)
  expect(html).toContain('1 March 2026 at 23:30 UTC')
  expect(html).toContain('data-zone="unknown"')

  await t.db.transaction((tx) => savePreferences(tx, alice, { timeZone: 'Asia/Tokyo' }))
  await person.logIn('alice', password)
  const own = (await person.get(page)).html
  expect(own).toContain('2 March 2026 at 08:30 GMT+9')
  expect(own).not.toContain('data-zone')
})

test('the account’s settings lead to own reports, actions of moderators and lost follows', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const { html } = await browser.get('/settings/account')
  for (const page of ['reports', 'strikes', 'severed']) expect(html).toContain(`href="/settings/${page}"`)
})
