/** Roles whose people must have a second factor: on the website, in apps and in streams. */
import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { resetFactors } from '#src/accounts/factors/reset.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { canAct } from '#src/accounts/sessions/account-status.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { pages } from '../../web/app.tsx'
import { serve, tokenOf } from '../api/server.ts'
import { openSocket } from '../api/streaming/client.ts'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { codeOf, giveAuthenticator, holdClock } from '../factors.ts'
import { visitor, type Visitor } from './visitor.ts'

beforeEach(holdClock)

const require = (t: TestDatabase, ...secondFactorRoles: ('user' | 'moderator' | 'admin' | 'owner')[]) =>
  t.db.transaction((tx) => saveSettings(tx, commandLine, { secondFactorRoles }))

/** Sets up an authenticator app on the pages. */
async function setUp(browser: Visitor, path: string) {
  const { html } = await browser.get(path)
  const secret = /class="totp-secret">([A-Z2-7 ]+)</.exec(html)?.[1]?.replaceAll(' ', '') ?? ''
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  return browser.post('/settings/two-factor/app', {
    offer: value('offer'),
    next: value('next').replaceAll('&amp;', '&'),
    code: codeOf(secret),
  })
}

test('a person of such a role is led to set up a second factor, can do nothing before, and everything after', async () => {
  await using t = await database()
  await localAccount(t, 'mod', { role: 'moderator' })
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [mod, alice] = [visitor(site), visitor(site)]
  for (const [browser, name] of [
    [mod, 'mod'],
    [alice, 'alice'],
  ] as const)
    await browser.logIn(name, password)
  await require(t, 'moderator')

  for (const path of ['/compose', '/settings/profile', '/settings/account', '/notifications', '/admin/accounts']) {
    const answer = await mod.get(path)
    expect(answer.status, path).toBe(403)
    expect(answer.html, path).toContain('Your account needs a second factor')
  }
  expect((await mod.post('/compose', { text: 'Too early' })).status).toBe(403)
  expect((await alice.post('/compose', { text: 'Hello' })).status).toBe(303)
  const start = await mod.get('/explore')
  const link = /href="(\/settings\/two-factor\/app\?next=[^"]+)"/.exec(start.html)?.[1] ?? ''
  expect(link).toBe('/settings/two-factor/app?next=%2Fexplore')
  const done = await setUp(mod, link)
  expect(done.html).toMatch(/<a class="button" href="\/explore"/)
  expect(done.html).not.toContain('Your account needs a second factor')
  expect((await mod.post('/compose', { text: 'Now' })).status).toBe(303)
  expect((await mod.get('/admin/accounts')).status).toBe(200)

  // Without it, the person is where they were.
  await mod.post('/settings/two-factor/app/remove')
  expect((await mod.get('/compose')).status).toBe(403)
  expect((await mod.get('/settings/two-factor')).html).toContain('Set up an authenticator app')
})

test('apps of such a person are refused, and work again at once', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const [token, other] = [await tokenOf(t.app, alice), await tokenOf(t.app, await localAccount(t, 'bob'))]
  await require(t, 'user')
  for (const [method, path] of [
    ['GET', '/api/v1/timelines/home'],
    ['GET', '/api/v1/accounts/verify_credentials'],
    ['POST', '/api/v1/statuses'],
    ['GET', '/api/v1/streaming/user'],
  ] as const) {
    const answer = await server.call(method, path, { token })
    expect(answer, path).toMatchObject({
      status: 403,
      body: { error: 'Your login needs a second factor, which you can set up on the website' },
    })
  }
  // What everybody sees, they see.
  expect((await server.call('GET', '/api/v2/instance', { token })).status).toBe(200)
  await giveAuthenticator(t, alice)
  expect((await server.call('GET', '/api/v1/timelines/home', { token })).status).toBe(200)
  expect((await server.call('GET', '/api/v1/timelines/home', { token: other })).status).toBe(403)
})

test('open streams of such a person are closed', async () => {
  await using t = await database()
  await using server = await serve(t.app, undefined, { checkMs: 300 })
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const bob = await localAccount(t, 'bob')
  await giveAuthenticator(t, bob)
  await using closed = await openSocket(server.url, `?stream=user&access_token=${token}`)
  await using open = await openSocket(server.url, `?stream=user&access_token=${await tokenOf(t.app, bob)}`)
  const closing = once(closed.raw, 'close')
  await require(t, 'user')
  expect((await closing)[0]).toBe(1008)
  expect(open.raw.readyState).toBe(open.raw.OPEN)
})

test('an app is let in only after the second factor is set up', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await require(t, 'user')
  await using server = await serve(t.app)
  const { body: app } = await server.call('POST', '/api/v1/apps', {
    body: { client_name: 'Bird app', redirect_uris: 'https://app.test/callback', scopes: 'read' },
  })
  const fields = {
    response_type: 'code',
    client_id: app.client_id,
    redirect_uri: 'https://app.test/callback',
    scope: 'read',
  }
  const authorize = `/oauth/authorize?${new URLSearchParams(fields)}`
  const browser = visitor(pages(t.app))
  await browser.post('/login', { login: 'alice', password, return_to: authorize })
  const refused = await browser.get(authorize)
  expect(refused.status).toBe(403)
  expect(await browser.post('/oauth/authorize', { ...fields, decision: 'allow' })).toMatchObject({ status: 403 })
  const link = /href="(\/settings\/two-factor\/app\?next=[^"]+)"/.exec(refused.html)?.[1]?.replaceAll('&amp;', '&')
  const done = await setUp(browser, link ?? '')
  const back = /<a class="button" href="([^"]+)"/.exec(done.html)?.[1]?.replaceAll('&amp;', '&')
  expect(back).toBe(authorize)
  expect((await browser.get(authorize)).html).toContain('Bird app')
})

test('scheduled posts of such a person are not published', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  expect(await canAct(t.db, alice)).toBe(true)
  await require(t, 'user')
  expect(await canAct(t.db, alice)).toBe(false)
})

test('an owner who requires it of everybody locks nobody out', async () => {
  await using t = await database()
  const olga = await localAccount(t, 'olga', { role: 'owner' })
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('olga', password)
  const [owners, everybodys] = ['/admin/roles/3', '/admin/roles/-99']
  expect((await browser.get(owners)).html).toMatch(/name="second_factor" value="1"(?! checked)/)
  expect(await browser.post(everybodys, { second_factor: '1' })).toMatchObject({ status: 303 })
  expect(await browser.post(owners, { second_factor: '1' })).toMatchObject({ status: 303 })
  expect((await loadSettings(t.db)).secondFactorRoles).toEqual(['user', 'owner'])
  expect((await browser.get('/admin/settings')).status).toBe(403)

  const later = visitor(site)
  await later.logIn('olga', password)
  expect((await setUp(later, '/settings/two-factor/app')).status).toBe(200)
  expect((await later.get(owners)).html).toMatch(/name="second_factor" value="1" checked/)

  // The way back of the command line.
  expect(await t.db.transaction((tx) => resetFactors(tx, commandLine, olga))).toBe(true)
  expect((await later.get('/admin/settings')).status).toBe(303)
  await require(t)
  expect((await later.logIn('olga', password)).status).toBe(303)
  expect((await later.get('/admin/settings')).status).toBe(200)
})

test('admins remove the second factors of people below them, on a page that moderators don’t have', async () => {
  await using t = await database()
  await localAccount(t, 'ada', { role: 'admin' })
  await localAccount(t, 'mod', { role: 'moderator' })
  const [alice, olga] = [await localAccount(t, 'alice'), await localAccount(t, 'olga', { role: 'owner' })]
  await giveAuthenticator(t, alice)
  await giveAuthenticator(t, olga)
  const site = pages(t.app)
  const [ada, mod, stranger] = [visitor(site), visitor(site), visitor(site)]
  await ada.logIn('ada', password)
  await mod.logIn('mod', password)
  const path = '/admin/accounts/reset-factors'
  expect((await ada.get('/admin/accounts')).html).toContain(path)
  expect((await mod.get('/admin/accounts')).html).not.toContain(path)
  expect((await mod.get(path)).status).toBe(404)
  expect((await mod.post(path, { name: 'alice' })).status).toBe(404)
  expect((await stranger.post(path, { name: 'alice' })).location).toMatch(/^\/login/)
  expect((await ada.post(path, { name: 'olga' })).status).toBe(403)
  expect((await ada.post(path, { name: 'nobody' })).html).toContain('nobody was not found')
  expect((await ada.post(path, { name: 'alice@elsewhere.test' })).status).toBe(422)
  expect((await ada.post(path, { name: 'mod' })).html).toContain('mod has no second factor')

  await t.db.execute(sql`update sessions set proved_at = now() - interval '1 hour'`)
  expect((await ada.post(path, { name: 'alice', return_to: path })).location).toBe(
    `/prove?return_to=${encodeURIComponent(path)}`,
  )
  await t.db.execute(sql`update sessions set proved_at = now()`)
  const done = await ada.post(path, { name: '@Alice@pipit.test' })
  expect(done.status).toBe(303)
  expect((await ada.get(done.location ?? '')).html).toContain('are removed')
  const { rows } = await t.db.execute(
    sql`select account_id::text as id from users where second_factor_since is not null`,
  )
  expect(rows).toEqual([{ id: olga }])
})
