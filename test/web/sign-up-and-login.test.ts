import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { unsubscribeUrl } from '#src/accounts/unsubscribe.ts'
import { setupToken } from '#src/instance/setup-link.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const cookie = '__Host-pipit'
const idOf = async (t: TestDatabase, username: string) =>
  (await t.db.execute<{ id: AccountId }>(sql`select id from accounts where username = ${username}`)).rows[0]?.id

test('the first visitor learns where the set-up link is; only that link creates the owner, and only once', async () => {
  await using t = await database()
  const site = pages(t.app)
  const someone = visitor(site)
  expect((await someone.get('/')).html).toContain('/setup?token=')
  expect((await someone.get('/setup')).status).toBe(403)
  expect((await someone.get('/setup?token=wrong')).status).toBe(403)
  const token = setupToken(t.app.secrets)
  expect((await someone.get(`/setup?token=${token}`)).html).toContain('Name of this server')
  const fields = { title: 'Meadow', username: 'Mira', email: 'mira@mail.test', password }
  expect((await someone.post('/setup', { ...fields, token: 'wrong' })).status).toBe(403)
  const failed = await someone.post('/setup', { ...fields, token, username: 'no spaces', password: '12345678' })
  expect(failed.status).toBe(422)
  expect(failed.html).toContain('value="no spaces"')
  expect(failed.html).toContain('most common')
  expect(failed.html).not.toContain('12345678')

  expect(await someone.post('/setup', { ...fields, token })).toMatchObject({ status: 303, location: '/' })
  // Until the owner says otherwise, nobody signs up.
  expect((await loadSettings(t.db)).registrations).toBe('closed')
  const start = await someone.get('/')
  expect(start.html).toContain('Meadow')
  expect(start.html).toContain('@mira')
  expect((await someone.get('/admin')).status).toBe(200)
  const late = visitor(site)
  expect((await late.get(`/setup?token=${token}`)).status).toBe(403)
  expect((await late.post('/setup', { ...fields, token, username: 'late', email: 'late@mail.test' })).status).toBe(403)
})

test('an instance lets nobody sign up until its owner says so, on the set-up page or later', async () => {
  await using t = await database()
  const site = pages(t.app)
  expect((await visitor(site).post('/signup', { username: 'early', email: 'early@mail.test', password })).status).toBe(
    403,
  )
  expect((await visitor(site).get('/')).html).not.toContain('href="/signup"')
  const owner = visitor(site)
  const token = setupToken(t.app.secrets)
  expect((await owner.get(`/setup?token=${token}`)).html).toMatch(/<option value="closed" selected[^>]*>/)
  await owner.post('/setup', {
    token,
    title: 'Meadow',
    username: 'mira',
    email: 'mira@mail.test',
    password,
    registrations: 'approval',
  })
  expect((await loadSettings(t.db)).registrations).toBe('approval')
  await owner.post('/admin/settings', { title: 'Meadow', registrations: 'open', max_media_attachments: '4' })
  expect((await visitor(site).post('/signup', { username: 'bob', email: 'bob@mail.test', password })).status).toBe(200)
})

test('signing up: the address is confirmed by the link, then the person posts', async () => {
  await using t = await database()
  await openSignUps(t)
  await localAccount(t, 'olga', { role: 'owner' })
  const browser = visitor(pages(t.app))
  const failed = await browser.post('/signup', { username: 'admin', email: 'not an address', password: 'short' })
  expect(failed.status).toBe(422)
  expect(failed.html.match(/aria-invalid="true"/g)).toHaveLength(3)
  expect(failed.html).toContain('value="not an address"')

  expect((await browser.post('/signup', { username: 'Bob', email: 'bob@mail.test', password })).html).toContain(
    'Look into your mail',
  )
  expect(await t.jobs()).toContain('account-mail')
  await browser.logIn('bob', password)
  expect((await browser.get('/')).html).toContain('Confirm your mail address')
  expect((await browser.get('/compose')).status).toBe(403)
  expect((await browser.post('/compose', { text: 'Too early' })).status).toBe(403)
  expect((await browser.get('/settings/profile')).status).toBe(403)

  const bob = (await idOf(t, 'bob'))!
  const { secret } = (await t.db.transaction((tx) => newMailToken(tx, bob, 'confirm')))!
  expect((await browser.get(`/confirm?token=${secret}`)).status).toBe(200)
  expect((await browser.get('/compose')).status).toBe(403)
  expect((await browser.post('/confirm', { token: secret })).status).toBe(303)
  expect((await browser.post('/confirm', { token: secret })).status).toBe(422)
  expect((await browser.post('/compose', { text: 'Now' })).status).toBe(303)
})

/** A page without its form tokens, which look different each time. */
const shown = (html = ''): string => html.replace(/name="form_token" value="[^"]*"/g, '')

test('neither sign-up nor log-in reveals which addresses are registered', async () => {
  await using t = await database()
  await openSignUps(t)
  await localAccount(t, 'alice', { role: 'owner' })
  const browser = visitor(pages(t.app))
  const known = await browser.post('/signup', { username: 'bob', email: 'ALICE@mail.test', password })
  const unknown = await browser.post('/signup', { username: 'carol', email: 'carol@mail.test', password })
  expect(known.status).toBe(unknown.status)
  expect(shown(known.html).replace('ALICE', 'carol')).toBe(shown(unknown.html))
  // Both names are gone now, and both may log in to be told that the mail is waiting.
  const taken = await Promise.all(
    ['bob', 'carol'].map((username) => browser.post('/signup', { username, email: 'dora@mail.test', password })),
  )
  expect(shown(taken[0]?.html).replaceAll('bob', 'carol')).toBe(shown(taken[1]?.html))
  const wrong = await browser.post('/login', { login: 'alice', password: 'wrong password' })
  const nobody = await browser.post('/login', { login: 'nobody', password: 'wrong password' })
  expect(wrong.status).toBe(422)
  expect(shown(wrong.html).replaceAll('"alice"', '"nobody"')).toBe(shown(nobody.html))
  const forgot = await browser.post('/password', { email: 'alice@mail.test' })
  expect(shown(forgot.html).replace('alice', 'x')).toBe(
    shown((await browser.post('/password', { email: 'nobody@mail.test' })).html).replace('nobody', 'x'),
  )
})

test('sign-ups are limited for an address, log-ins too', async () => {
  await using t = await database()
  await openSignUps(t)
  await localAccount(t, 'alice', { role: 'owner' })
  const site = pages(t.app)
  const browser = visitor(site)
  for (let i = 0; i < 5; i++)
    await browser.post('/signup', { username: `user${i}`, email: `user${i}@mail.test`, password })
  const refused = await browser.post('/signup', { username: 'user6', email: 'user6@mail.test', password })
  expect(refused.status).toBe(429)
  expect(refused.html).toContain('value="user6@mail.test"')
  expect(
    (await visitor(site, '192.0.2.2').post('/signup', { username: 'user6', email: 'user6@mail.test', password }))
      .status,
  ).toBe(200)
  const statuses = []
  for (let i = 0; i < 11; i++)
    statuses.push((await browser.post('/login', { login: 'alice', password: 'wrong password' })).status)
  expect(statuses).toEqual([...Array(10).fill(422), 429])
})

test('with approval, a moderator accepts or rejects sign-ups; with closed registrations, nobody signs up', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'approval' }))
  const site = pages(t.app)
  const browser = visitor(site)
  expect((await browser.post('/signup', { username: 'bob', email: 'bob@mail.test', password })).status).toBe(422)
  await browser.post('/signup', { username: 'bob', email: 'bob@mail.test', password, reason: 'I like birds' })
  await browser.post('/signup', { username: 'spam', email: 'spam@mail.test', password, reason: 'Buy this' })
  await t.db.execute(sql`update users set confirmed_at = now()`)
  await browser.logIn('bob', password)
  expect((await browser.get('/')).html).toContain('Waiting for approval')
  expect((await browser.post('/compose', { text: 'Hi' })).status).toBe(403)
  expect((await browser.get('/admin')).status).toBe(403)

  const owner = visitor(site)
  await owner.logIn('olga', password)
  const list = await owner.get('/admin/applicants')
  expect(list.html).toContain('I like birds')
  await owner.post('/admin/applicants', { answer: `approve ${await idOf(t, 'bob')}` })
  await owner.post('/admin/applicants/reject', { ids: (await idOf(t, 'spam')) ?? '' })
  expect((await owner.get('/admin/applicants')).html).toContain('Nobody is waiting')
  expect(await idOf(t, 'spam')).toBeUndefined()
  expect((await browser.post('/compose', { text: 'Hi' })).status).toBe(303)
  const { location } = await owner.post('/admin/applicants/reject', { ids: (await idOf(t, 'bob')) ?? '' })
  expect(location).toContain('rejected=0')

  await owner.post('/admin/settings', {
    title: 'Meadow',
    description: 'D',
    registrations: 'closed',
    contact_email: '',
    max_media_attachments: '4',
  })
  expect((await visitor(site).post('/signup', { username: 'late', email: 'late@mail.test', password })).status).toBe(
    403,
  )
  const failed = await owner.post('/admin/settings', {
    title: '',
    description: 'Kept',
    registrations: 'open',
    contact_email: 'x',
    max_media_attachments: '4',
  })
  expect(failed.status).toBe(422)
  expect(failed.html).toContain('Kept')
  expect(failed.html.match(/aria-invalid="true"/g)).toHaveLength(2)
})

test('pages of those who run the place are not there for others', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  await localAccount(t, 'bob')
  await localAccount(t, 'mod', { role: 'moderator' })
  const site = pages(t.app)
  const [bob, mod] = [visitor(site), visitor(site)]
  await bob.logIn('bob', password)
  await mod.logIn('mod', password)
  for (const path of ['/admin', '/admin/applicants', '/admin/settings']) {
    expect((await bob.get(path)).status, path).toBe(404)
    expect((await visitor(site).get(path)).location, path).toBe(`/login?return_to=${encodeURIComponent(path)}`)
  }
  expect((await bob.post('/admin/settings', { title: 'Mine' })).status).toBe(404)
  expect((await mod.get('/admin')).status).toBe(200)
  expect((await mod.post('/admin/settings', { title: 'Mine' })).status).toBe(404)
})

test('a session begins with the log-in and ends with the log-out, on the server', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const browser = visitor(pages(t.app))
  const asked = await browser.get('/notifications')
  expect(asked.location).toBe('/login?return_to=%2Fnotifications')
  const login = await browser.post('/login', { login: ' @Alice', password, return_to: '/notifications' })
  expect(login.location).toBe('/notifications')
  const set = login.headers.getSetCookie().find((line) => line.startsWith(`${cookie}=`)) ?? ''
  expect(set).toMatch(/HttpOnly/)
  expect(set).toMatch(/Secure/)
  expect(set).toMatch(/SameSite=Lax/)
  expect(set).toMatch(/Path=\//)
  const first = browser.cookies.get(cookie) ?? ''
  await browser
    .post('/login', { login: 'alice', password, return_to: 'https://evil.test' })
    .then(({ location }) => expect(location).toBe('/'))
  const second = browser.cookies.get(cookie) ?? ''
  expect(second).not.toBe(first)
  browser.cookies.set(cookie, first)
  expect((await browser.get('/notifications')).status).toBe(303)
  browser.cookies.set(cookie, second)
  expect((await browser.get('/logout')).status).toBe(404)
  expect((await browser.get('/notifications')).status).toBe(200)
  expect((await browser.post('/logout')).status).toBe(303)
  expect(browser.cookies.has(cookie)).toBe(false)
  browser.cookies.set(cookie, second)
  expect((await browser.get('/notifications')).status).toBe(303)
})

test('a new password by mail or in the settings ends all other sessions', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const site = pages(t.app)
  const [here, there] = [visitor(site), visitor(site)]
  await here.logIn('alice', password)
  await there.logIn('alice', password)
  const wrong = await here.post('/settings/password', { current_password: 'wrong', password: 'another fine password' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('is wrong')
  expect(
    (await here.post('/settings/password', { current_password: password, password: 'another fine password' })).status,
  ).toBe(303)
  expect((await here.get('/notifications')).status).toBe(200)
  expect((await there.get('/notifications')).status).toBe(303)

  const { secret } = (await t.db.transaction((tx) => newMailToken(tx, alice, 'reset')))!
  expect((await there.post('/reset', { token: secret, password: 'short' })).html).toContain('at least 8')
  expect((await there.post('/reset', { token: secret, password: 'a third fine password' })).html).toContain('changed')
  expect((await there.get(`/reset?token=${secret}`)).status).toBe(422)
  expect((await here.get('/notifications')).status).toBe(303)
  expect((await here.logIn('alice', 'a third fine password')).status).toBe(303)
})

test('the profile is edited, with images that are made new; a wrong file keeps the rest of the form', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const fields = {
    display_name: 'Alice <3',
    note: 'Birds & #bread',
    field_name_0: 'Where',
    field_value_0: 'River',
    locked: '1',
  }
  const failed = await browser.post('/settings/profile', {
    ...fields,
    avatar: new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'], { type: 'image/png' }),
  })
  expect(failed.status).toBe(422)
  expect(failed.html).toContain('value="Alice &lt;3"')
  const png = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#f00' } })
    .png()
    .toBuffer()
  expect(
    (await browser.post('/settings/profile', { ...fields, avatar: new Blob([new Uint8Array(png)]) })).location,
  ).toBe('/settings/profile?saved=1')
  const profile = await visitor(pages(t.app)).get('/@alice')
  expect(profile.html).toContain('Alice &lt;3')
  expect(profile.html).toContain('Approves followers')
  const avatar = /src="(\/media\/[0-9a-f]{32}\.webp)"/.exec(profile.html)?.[1] ?? ''
  expect((await browser.get(avatar)).headers.get('Content-Type')).toBe('image/webp')
  await browser.post('/settings/profile', { ...fields, avatar_remove: '1' })
  expect((await browser.get('/@alice')).html).not.toContain('/media/')
})

test('mails are turned off by their link alone', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const link = new URL(unsubscribeUrl(t.app, alice))
  const path = `${link.pathname}${link.search}`
  const program = visitor(pages(t.app))
  const wants = async () =>
    (await t.db.execute<{ mails: boolean }>(sql`select mails_mentions as mails from users where account_id = ${alice}`))
      .rows[0]?.mails
  expect((await program.get(path)).html).toContain('Turn mails off')
  expect(await wants()).toBe(true)
  const init = {
    method: 'POST',
    body: 'List-Unsubscribe=One-Click',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  }
  expect((await program.send(`${path}x`, init)).status).toBe(404)
  expect(await wants()).toBe(true)
  expect((await program.send(path, init)).status).toBe(200)
  expect(await wants()).toBe(false)
})

test('notifications are counted until they are shown; follow requests of a locked account wait', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  await localAccount(t, 'bob')
  await t.db.execute(sql`update accounts set is_locked = true where id = ${alice}`)
  const site = pages(t.app)
  const [a, b] = [visitor(site), visitor(site)]
  await a.logIn('alice', password)
  await b.logIn('bob', password)
  await b.post('/compose', { text: 'Hello @alice' })
  await b.post(`/accounts/${alice}/follow`)
  expect((await a.get('/bookmarks')).html).toContain('<span class="badge">2</span>')
  expect((await a.get('/notifications')).html).toContain('asks to follow you')
  expect((await a.get('/bookmarks')).html).not.toContain('<span class="badge">2</span>')
  expect((await a.get('/approvals?show=follows')).html).toContain('@bob')
  await a.post(`/accounts/${await idOf(t, 'bob')}/accept`, { return_to: '/follow-requests' })
  expect((await a.get('/approvals?show=follows')).html).toContain('Nobody is waiting')
  expect((await b.get('/@alice')).html).toContain('Unfollow')
})

test('all addresses of one home count as one', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.1' })
  const site = pages(t.app)
  const guess = async (address: string) => (await visitor(site, address).get('/setup?token=wrong')).status
  expect([
    await guess('2001:db8::1'),
    await guess('2001:db8::2'),
    await guess('2001:db8::3'),
    await guess('2001:db8::4'),
  ]).toEqual([403, 403, 403, 429])
  expect(await guess('2001:db8:0:1::1')).toBe(403)
})
