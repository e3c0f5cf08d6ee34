import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { securityKinds } from '#src/accounts/security/kinds.ts'
import { logSecurity } from '#src/accounts/security/log.ts'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { loadSessions, sessionIdOf } from '#src/accounts/sessions/open-sessions.ts'
import { newMailToken, requestPasswordReset } from '#src/accounts/sign-up/credentials.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { clientAt } from '../client.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const cookie = '__Host-pipit'
const deviceCookie = '__Host-pipit-device'
const firefox = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
const safari = {
  'User-Agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1',
}
const secret = 'a wrong password'

const eventsOf = async (t: TestDatabase, accountId: AccountId) =>
  (
    await t.db.execute<{ kind: string; address: string | null; details: Record<string, string> }>(
      sql`select kind, address, details from security_events where account_id = ${accountId} order by id`,
    )
  ).rows
const kindsOf = async (t: TestDatabase, accountId: AccountId) => (await eventsOf(t, accountId)).map(({ kind }) => kind)

test('people see the browsers in which they are logged in, and log out one or all others', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const [here, phone, third] = [visitor(site), visitor(site, '192.0.2.2'), visitor(site, '192.0.2.3')]
  await here.post('/login', { login: 'alice', password }, firefox)
  await phone.post('/login', { login: 'alice', password }, safari)
  await third.logIn('alice', password)
  const { html } = await here.get('/settings/sessions')
  for (const part of ['Firefox on Linux', 'this one', 'Safari on iPhone', 'address 192.0.2.2', '90 days'])
    expect(html).toContain(part)
  expect(html.match(/this one/g)).toHaveLength(1)
  expect(html).not.toContain(here.cookies.get(cookie))

  const id = sessionIdOf(phone.cookies.get(cookie)!)
  expect(await here.post(`/settings/sessions/${id}/end`)).toMatchObject({
    status: 303,
    location: '/settings/sessions?done=1',
  })
  expect((await phone.get('/notifications')).status).toBe(303)
  expect((await third.get('/notifications')).status).toBe(200)
  expect((await here.post(`/settings/sessions/${id}/end`)).status).toBe(404)
  expect((await here.post('/settings/sessions/no-id/end')).status).toBe(404)
  await here.post('/settings/sessions/end-others')
  expect([(await here.get('/notifications')).status, (await third.get('/notifications')).status]).toEqual([200, 303])
  expect((await here.get('/settings/security-log')).html).toContain('A browser was logged out: Safari on iPhone')
  await here.post('/logout')
  expect((await kindsOf(t, alice)).filter((kind) => kind === 'sessionEnded')).toHaveLength(3)
})

test('nobody sees or ends sessions of somebody else, and a token is no id of a session', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const site = pages(t.app)
  const [victim, other] = [visitor(site), visitor(site, '192.0.2.2')]
  await victim.post('/login', { login: 'alice', password }, safari)
  await other.logIn('bob', password)
  const token = victim.cookies.get(cookie)!
  for (const id of [sessionIdOf(token), token])
    expect((await other.post(`/settings/sessions/${id}/end`)).status).toBe(404)
  await other.post('/settings/sessions/end-others')
  expect((await other.get('/settings/sessions')).html).not.toContain('iPhone')
  expect((await other.get('/settings/security-log')).html).not.toContain('iPhone')
  expect((await victim.get('/notifications')).status).toBe(200)
  // What the page shows of a session opens none.
  const thief = visitor(site)
  thief.cookies.set(cookie, sessionIdOf(token))
  expect((await thief.get('/settings/sessions')).status).toBe(303)
  const stranger = visitor(site)
  for (const path of ['/settings/sessions', '/settings/security-log'])
    expect((await stranger.get(path)).status).toBe(303)
  expect(await kindsOf(t, alice)).toEqual(['signedIn'])
  expect(await kindsOf(t, bob)).toEqual(['signedIn'])
})

test('an attacker who sets cookies in a browser gains nothing from the log-in there', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'mallory')
  const site = pages(t.app)
  const [victim, attacker, copy] = [visitor(site), visitor(site), visitor(site)]
  await attacker.logIn('mallory', password)
  const planted = attacker.cookies.get(cookie)!
  victim.cookies.set(cookie, planted)
  await victim.post('/login', { login: 'alice', password })
  expect(victim.cookies.get(cookie)).not.toBe(planted)
  // What was planted stays a session of the attacker's own account, to which the victim could switch.
  copy.cookies.set(cookie, planted)
  const { html } = await copy.get('/settings/sessions')
  expect(html).toContain('@mallory')
  expect(html).not.toContain('@alice')
  copy.cookies.set(cookie, 'x'.repeat(43))
  expect((await copy.get('/settings/sessions')).status).toBe(303)
  expect(await loadSessions(t.db, alice, null)).toHaveLength(1)
  // A made-up token is no session either, and stays none.
  const fixed = visitor(site)
  fixed.cookies.set(cookie, 'x'.repeat(43))
  await fixed.logIn('alice', password)
  expect(fixed.cookies.get(cookie)).not.toBe('x'.repeat(43))
})

test('a log-in from an unknown browser is told by mail, but not the first one of an account', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const [own, other] = [visitor(site), visitor(site, '192.0.2.2')]
  await own.post('/login', { login: 'alice', password: secret })
  await own.logIn('alice', password)
  await own.post('/logout')
  await own.logIn('alice', password)
  expect(await t.jobs()).not.toContain('security-mail')
  await other.post('/login', { login: 'alice', password }, safari)
  expect((await t.jobs()).filter((name) => name === 'security-mail')).toHaveLength(1)
  const events = await eventsOf(t, alice)
  expect(events.map(({ kind }) => kind)).toEqual([
    'wrongPassword',
    'signedIn',
    'sessionEnded',
    'signedIn',
    'signedInFromNewDevice',
  ])
  expect(events.at(-1)).toMatchObject({ address: '192.0.2.2', details: { method: 'password' } })
  // A new password forgets browsers: whoever had the old one may have logged in there.
  await own.post('/settings/password', { current_password: password, password: 'another fine password' })
  await other.logIn('alice', 'another fine password')
  await own.post('/logout')
  await own.logIn('alice', 'another fine password')
  expect((await kindsOf(t, alice)).slice(5)).toEqual([
    'passwordChanged',
    'signedInFromNewDevice',
    'sessionEnded',
    'signedIn',
  ])
})

test('after an upgrade browsers with a session are known', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const [reading, logging, thief] = [visitor(site), visitor(site), visitor(site, '192.0.2.66')]
  for (const one of [reading, logging]) await one.logIn('alice', password)
  // As sessions of the version before.
  await t.db.execute(sql`update sessions set proved_at = null, last_used_at = null, address = null`)
  await t.db.execute(sql`delete from devices`)
  await t.db.execute(sql`delete from security_events`)
  for (const one of [reading, logging]) one.cookies.delete(deviceCookie)
  await thief.logIn('alice', password)
  expect(await kindsOf(t, alice)).toEqual(['signedInFromNewDevice'])
  await reading.get('/')
  expect(reading.cookies.has(deviceCookie)).toBe(true)
  await reading.post('/logout')
  await reading.logIn('alice', password)
  await logging.logIn('alice', password)
  expect((await kindsOf(t, alice)).slice(1)).toEqual(['sessionEnded', 'signedIn', 'signedIn'])
})

test('the use of a session is recorded with its address, and not at each request', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('alice', password)
  const moved = visitor(site, '198.51.100.7')
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value)
  await browser.get('/settings/sessions')
  await t.db.execute(sql`update sessions set last_used_at = now() - interval '30 minutes'`)
  await browser.get('/settings/sessions')
  const used = async () =>
    (
      await t.db.execute<{ minutes: number; address: string }>(
        sql`select round(extract(epoch from now() - last_used_at) / 60)::int as minutes, address from sessions`,
      )
    ).rows[0]
  expect(await used()).toEqual({ minutes: 30, address: '192.0.2.1' })
  vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] })
  try {
    await moved.get('/settings/sessions')
  } finally {
    vi.useRealTimers()
  }
  expect(await used()).toEqual({ minutes: 0, address: '198.51.100.7' })
  expect((await loadSessions(t.db, alice, null))[0]).toMatchObject({ address: '198.51.100.7' })
})

test('the log is shown in pages, with log-ins alone if wished, and of nobody else', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const browser = visitor(pages(t.app))
  await browser.post('/login', { login: 'alice', password }, firefox)
  await t.db.transaction(async (tx) => {
    for (let i = 0; i < 25; i++)
      await logSecurity(tx, alice, 'passkeyAdded', { client: clientAt(), details: { passkey: `key ${i} <b>` } })
    await logSecurity(tx, bob, 'passkeyAdded', { client: clientAt('203.0.113.9'), details: { passkey: 'key of bob' } })
    await logSecurity(tx, alice, 'factorsReset', { client: null, actorId: bob })
  })
  // An entry of a later version, and one without details of each kind.
  for (const [n, kind] of ['teleported', ...Object.keys(securityKinds)].entries())
    await t.db.execute(sql`insert into security_events (id, account_id, kind) values (${n + 1}, ${alice}, ${kind})`)
  const first = (await browser.get('/settings/security-log')).html
  expect(first).toContain('A passkey was added: key 24 &lt;b&gt;')
  expect(first).toContain('by the staff of this server')
  expect(first).not.toContain('key 4 ')
  const next = /href="([^"]+max_id=[^"]+)"/.exec(first)?.[1] ?? ''
  const second = (await browser.get(next.replaceAll('&amp;', '&'))).html
  for (const part of ['key 4 ', 'Log-in', 'address 192.0.2.1', 'with a password']) expect(second).toContain(part)
  const third = await browser.get(`/settings/security-log?max_id=${Object.keys(securityKinds).length + 2}`)
  expect(third).toMatchObject({ status: 200, html: expect.stringContaining('An access token was made') })
  for (const html of [first, second, third.html]) {
    expect(html).not.toContain('key of bob')
    expect(html).not.toContain('203.0.113.9')
    expect(html).not.toContain('teleported')
  }
  const logIns = (await browser.get('/settings/security-log?show=log-ins')).html
  expect(logIns.match(/aria-current="page"[^>]*>(Everything|Log-ins)/g)).toHaveLength(1)
  expect(logIns).toContain('Firefox on Linux')
  expect(logIns).not.toContain('passkey')
})

test('staff see the security of lower roles, addresses only from admins on', async () => {
  await using t = await database()
  const site = pages(t.app)
  const ids = {
    user: await localAccount(t, 'alice'),
    moderator: await localAccount(t, 'mod', { role: 'moderator' }),
    admin: await localAccount(t, 'adam', { role: 'admin' }),
    owner: await localAccount(t, 'olga', { role: 'owner' }),
  }
  await t.db.execute(sql`update users set sign_up_address = '203.0.113.5'`)
  const browsers = {
    user: visitor(site, '198.51.100.1'),
    moderator: visitor(site),
    admin: visitor(site),
    owner: visitor(site),
  }
  await browsers.user.post('/login', { login: 'alice', password }, safari)
  await browsers.moderator.logIn('mod', password)
  await browsers.admin.logIn('adam', password)
  await browsers.owner.logIn('olga', password)
  const statuses = async (who: keyof typeof browsers) =>
    Promise.all(
      Object.values(ids).map(async (id) => (await browsers[who].get(`/admin/accounts/${id}/security`)).status),
    )
  expect(await statuses('user')).toEqual([404, 404, 404, 404])
  expect(await statuses('moderator')).toEqual([200, 404, 404, 404])
  expect(await statuses('admin')).toEqual([200, 200, 404, 404])
  expect(await statuses('owner')).toEqual([200, 200, 200, 200])

  const path = `/admin/accounts/${ids.user}/security`
  const [shown, hidden] = [await browsers.admin.get(path), await browsers.moderator.get(path)]
  for (const { html } of [shown, hidden]) expect(html).toContain('Safari on iPhone')
  for (const address of ['198.51.100.1', '203.0.113.5']) {
    expect(shown.html).toContain(address)
    expect(hidden.html).not.toContain(address)
  }

  const ofOwner = sessionIdOf(browsers.owner.cookies.get(cookie)!)
  for (const id of [ids.user, ids.owner])
    expect((await browsers.moderator.post(`/admin/accounts/${id}/security/sessions/${ofOwner}/end`)).status).toBe(404)
  expect((await browsers.moderator.post(`/admin/accounts/${ids.owner}/security/sessions/end`)).status).toBe(404)
  expect((await browsers.owner.get('/notifications')).status).toBe(200)
  const ofUser = sessionIdOf(browsers.user.cookies.get(cookie)!)
  expect((await browsers.moderator.post(`${path}/sessions/${ofUser}/end`)).status).toBe(303)
  expect((await browsers.user.get('/notifications')).status).toBe(303)
  expect((await browsers.admin.get(path)).html).toContain('by @mod')
  // The address of staff is not the account's to see.
  expect((await eventsOf(t, ids.user)).at(-1)).toMatchObject({ kind: 'sessionEnded', address: null })
})

test('a page that refuses many attempts says how long to wait', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  for (let i = 0; i < 10; i++) await browser.post('/login', { login: 'alice', password: secret })
  const refused = await browser.post('/login', { login: 'alice', password })
  expect(refused.status).toBe(429)
  expect(refused.html).toContain('Please try again in 15 minutes.')
  const seconds = Number(refused.headers.get('Retry-After'))
  expect(seconds).toBeGreaterThan(880)
  expect(seconds).toBeLessThanOrEqual(900)
  for (let i = 0; i < 10; i++) await browser.post('/login', { login: 'nobody', password: secret })
  const unknown = await browser.post('/login', { login: 'nobody', password })
  expect(unknown.status).toBe(429)
})

test('a new password ends links, steps of sign-ins and apps; the way back to an old address stays', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await t.db.transaction(async (tx) => {
    await newMailToken(tx, alice, 'reset')
    const app = await createApplication(tx, {
      name: 'Ivory',
      website: null,
      redirectUris: ['ivory://back'],
      scopes: ['read'],
    })
    await issueToken(tx, app.id, alice, ['read'])
  })
  for (const purpose of ['change', 'undo', 'join'])
    await t.db.execute(sql`insert into mail_tokens (token_hash, account_id, purpose, email, expires_at)
      values (${purpose}, ${alice}, ${purpose}, 'a@mail.test', now() + interval '1 hour')`)
  await t.db.execute(sql`insert into sign_in_states (state_hash, browser_hash, kind, account_id, data, expires_at)
    values ('a', 'b', 'factor', ${alice}, '', now() + interval '1 hour')`)
  await browser.post('/settings/password', { current_password: password, password: 'another fine password' })
  const left = await t.db.execute(sql`select
    (select array_agg(purpose) from mail_tokens) as links, (select count(*)::int from sign_in_states) as states,
    (select count(*)::int from access_tokens where revoked_at is null) as tokens`)
  expect(left.rows).toEqual([{ links: ['undo'], states: 0, tokens: 0 }])
  expect(await t.jobPayloads('security-mail')).toHaveLength(1)
  expect((await browser.get('/settings/sessions')).status).toBe(200)
})

test('a reset by mail makes the browser known, is logged and told', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  await visitor(site, '192.0.2.5').logIn('alice', password)
  const browser = visitor(site)
  await requestPasswordReset(t.app, 'alice@mail.test')
  const link = (await t.db.transaction((tx) => newMailToken(tx, alice, 'reset')))!
  await browser.post('/reset', { token: link.secret, password: 'another fine password' })
  expect(browser.cookies.has(deviceCookie)).toBe(true)
  await browser.logIn('alice', 'another fine password')
  expect(await kindsOf(t, alice)).toEqual(['signedIn', 'passwordReset', 'signedIn'])
})

test('admins set how long addresses are kept', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  const browser = visitor(pages(t.app))
  await browser.logIn('olga', password)
  const fields = { title: 'Meadow', registrations: 'closed', max_media_attachments: '4' }
  const wrong = await browser.post('/admin/settings', { ...fields, addresses_kept_days: '0' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('must be a number from 1 to 3650')
  expect((await browser.post('/admin/settings', { ...fields, addresses_kept_days: '14' })).status).toBe(303)
  await vi.waitFor(async () => expect((await loadSettings(t.db)).addressesKeptDays).toBe(14))
  expect((await browser.get('/settings/sessions')).html).toContain('Addresses are deleted after 14 days')
})
