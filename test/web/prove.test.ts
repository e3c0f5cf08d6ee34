/** Proofs: what nobody gets at with an open browser alone. */
import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { pages } from '../../web/app.tsx'
import { makePasskey } from '../authenticator.ts'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { codeOf, giveAuthenticator, holdClock } from '../factors.ts'
import { visitor } from './visitor.ts'

const cookie = '__Host-pipit'
const moving = { location: '/settings/moving' }

beforeEach(holdClock)

/** Some time passes. */
const wait = (t: TestDatabase, minutes: number) =>
  t.db.execute(sql`update sessions set proved_at = proved_at - ${minutes} * interval '1 minute'`)

const kinds = async (t: TestDatabase) =>
  (await t.db.execute<{ kind: string }>(sql`select kind from security_events order by id`)).rows.map(({ kind }) => kind)

test('ten minutes after the log-in, strong actions ask for the password, and lead back', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  expect((await alice.get('/settings/moving')).status).toBe(200)
  await wait(t, 11)
  for (const path of ['/settings/moving', '/settings/email', '/settings/tokens', '/admin/settings', '/admin/rules'])
    expect((await alice.get(path)).location, path).toBe(`/prove?${new URLSearchParams({ return_to: path })}`)
  // What needs no proof goes on.
  expect((await alice.get('/settings/profile')).status).toBe(200)

  const wrong = await alice.post('/prove', { password: 'not hers', return_to: '/settings/moving' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('value="/settings/moving"')
  expect(await kinds(t)).toEqual(['signedIn', 'wrongPassword'])
  expect((await alice.get('/settings/moving')).status).toBe(303)
  expect((await alice.post('/prove', { password, return_to: '/settings/moving' })).location).toBe('/settings/moving')
  expect((await alice.get('/settings/moving')).status).toBe(200)
})

test('a form that was sent too late leads to the proof and back to its page; long forms of admins have an hour', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  await wait(t, 30)
  const late = await alice.post(
    '/settings/moving/aliases',
    { alias: '@bob' },
    { Referer: 'https://pipit.test/settings/moving' },
  )
  expect(late.location).toBe('/prove?return_to=%2Fsettings%2Fmoving')
  const settings = { title: 'Meadow', registrations: 'open', max_media_attachments: '4' }
  expect((await alice.post('/admin/settings', settings)).location).toBe('/admin/settings?saved=1')
  await wait(t, 31)
  expect((await alice.post('/admin/settings', settings)).location).toMatch(/^\/prove\?/)
})

test('a proof does not help whoever copied the cookie before', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [alice, thief] = [visitor(site), visitor(site)]
  await alice.logIn('alice', password)
  await wait(t, 11)
  thief.cookies.set(cookie, alice.cookies.get(cookie)!)
  expect((await thief.get('/settings/profile')).status).toBe(200)
  await alice.post('/prove', { password })
  expect((await thief.get('/settings/moving')).location).toBe('/login?return_to=%2Fsettings%2Fmoving')
  expect((await alice.get('/settings/moving')).status).toBe(200)
})

test('whoever copied the cookie before is logged out by a new password, and with the other browsers', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [alice, thief] = [visitor(site), visitor(site)]
  await alice.logIn('alice', password)
  const chosen = 'another fine password'
  for (const [path, fields] of [
    ['/settings/password', { current_password: password, password: chosen }],
    ['/settings/sessions/end-others', {}],
  ] as const) {
    thief.cookies.set(cookie, alice.cookies.get(cookie)!)
    expect((await thief.get('/settings/profile')).status, path).toBe(200)
    expect((await alice.post(path, fields)).status, path).toBe(303)
    expect((await thief.get('/settings/profile')).status, path).toBe(303)
    expect((await alice.get('/settings/profile')).status, path).toBe(200)
  }
  // To log out others proves nothing.
  await wait(t, 11)
  await alice.post('/settings/sessions/end-others')
  expect((await alice.get('/settings/moving')).status).toBe(303)
})

test('a form of another browser, another session or no session at all prove nothing', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'mallory')
  const site = pages(t.app)
  const [alice, mallory] = [visitor(site), visitor(site)]
  await mallory.logIn('mallory', password)
  await wait(t, 11)
  const { html } = await mallory.get('/prove')
  const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
  expect((await visitor(site).post('/prove', { password })).location).toBe('/login')
  // The form of another browser does nothing here.
  expect((await alice.post('/prove', { password, form_token: token })).status).toBe(403)
  // Nor does a proof in one browser prove anything in another of the same account.
  const second = visitor(site)
  await second.logIn('mallory', password)
  await wait(t, 11)
  await mallory.post('/prove', { password })
  expect((await second.get('/settings/moving')).status).toBe(303)
})

test('/prove leads nowhere else', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  for (const target of ['https://evil.test/', '//evil.test/', '/\\evil.test', '/\t/evil.test', 'javascript:alert(1)']) {
    const { html } = await alice.get(`/prove?${new URLSearchParams({ return_to: target })}`)
    expect(html, target).not.toContain('evil.test')
    expect((await alice.post('/prove', { password, return_to: target })).location, target).toBe('/')
  }
})

test('guessing at /prove is limited, together with changing the password', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  const answers = []
  for (let i = 0; i < 8; i++) answers.push((await alice.post('/prove', { password: `guess ${i}` })).status)
  for (let i = 0; i < 3; i++)
    answers.push(
      (await alice.post('/settings/password', { current_password: `guess ${i}`, password: 'another good one' })).status,
    )
  expect(answers).toEqual([...Array(10).fill(422), 429])
  expect((await alice.post('/prove', { password })).status).toBe(429)
})

test('an account without a password is told to log in again', async () => {
  await using t = await database()
  const id = await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  await t.db.execute(sql`update users set password_hash = null where account_id = ${id}`)
  const { html } = await alice.get('/prove')
  expect(html).toContain('has no password')
  expect(html).not.toContain('type="password"')
  expect((await alice.post('/prove', { password: '' })).status).toBe(422)
  expect((await alice.post('/prove', { password })).status).toBe(422)
})

test('a code of the authenticator app proves its owner once, a recovery code too, and another account’s not at all', async () => {
  await using t = await database()
  const [alice, mallory] = [await localAccount(t, 'alice'), await localAccount(t, 'mallory')]
  const site = pages(t.app)
  const [browser, second] = [visitor(site), visitor(site)]
  await browser.logIn('alice', password)
  await second.logIn('alice', password)
  expect((await browser.get('/prove')).html).not.toContain('name="code"')
  const { secret, codes } = await giveAuthenticator(t, alice)
  const foreign = await giveAuthenticator(t, mallory)
  await wait(t, 11)
  const prove = (code: string, by = browser) => by.post('/prove/code', { code, return_to: '/settings/moving' })
  for (const wrong of ['000000', '', 'nonsense', codeOf(foreign.secret), foreign.codes[0] ?? ''])
    expect((await prove(wrong)).status, wrong).toBe(422)
  expect((await browser.get('/settings/moving')).status).toBe(303)
  expect((await kinds(t)).filter((kind) => kind === 'wrongPassword')).toHaveLength(5)

  // Used twice at the same moment, it counts once.
  const both = await Promise.all([browser, second].map((by) => prove(codeOf(secret), by)))
  expect(both.map(({ status }) => status).sort()).toEqual([303, 422])
  const proved = both[0]?.status === 303 ? browser : second
  expect((await proved.get('/settings/moving')).status).toBe(200)
  await wait(t, 11)
  expect((await prove(codeOf(secret), proved)).status).toBe(422)
  expect(await prove(codes[0] ?? '', proved)).toMatchObject(moving)
  await wait(t, 11)
  expect((await prove(codes[0] ?? '', proved)).status).toBe(422)
  // That was the tenth attempt within an hour.
  expect((await prove(codes[1] ?? '', proved)).status).toBe(429)
})

test('a passkey of the account proves its owner, in the browser that was asked', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('alice', password)
  const ask = async (path: string, by = browser) => JSON.parse((await by.post(`${path}/options`)).html)
  const added = await ask('/settings/passkeys')
  const { passkey, answer } = makePasskey(added.options)
  await browser.post('/settings/passkeys', { passkey_state: added.state, passkey_response: answer })
  await wait(t, 11)
  expect((await browser.get('/prove')).html).toContain('action="/prove/passkey"')
  const { state, options } = await ask('/prove/passkey')
  const fields = { passkey_state: state, passkey_response: passkey.get(options), return_to: '/settings/moving' }
  // Neither without a session, nor by a log-in's challenge.
  expect((await visitor(site).post('/prove/passkey', fields)).location).toMatch(/^\/login/)
  const login = await ask('/login/passkey', visitor(site))
  const mixed = { ...fields, passkey_state: login.state, passkey_response: passkey.get(login.options) }
  expect((await browser.post('/prove/passkey', mixed)).status).toBe(422)
  expect((await browser.get('/settings/moving')).status).toBe(303)
  expect(await browser.post('/prove/passkey', fields)).toMatchObject(moving)
  expect((await browser.get('/settings/moving')).status).toBe(200)
  expect((await browser.post('/prove/passkey', fields)).status).toBe(422)
})

test('a person who has to get a second factor first can prove who they are', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { secondFactorRoles: ['owner'] }))
  const browser = visitor(pages(t.app))
  await browser.logIn('olga', password)
  await wait(t, 11)
  expect((await browser.get('/settings/two-factor')).location).toBe('/prove?return_to=%2Fsettings%2Ftwo-factor')
  expect((await browser.post('/prove', { password, return_to: '/settings/two-factor' })).location).toBe(
    '/settings/two-factor',
  )
  expect((await browser.get('/settings/two-factor')).status).toBe(200)
})
