/** Passkeys, and what strangers try with them: each try ends without a session. */
import { generateKeyPairSync } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import type { Env } from '../../web/env.ts'
import { makePasskey, type SoftPasskey, type Twist } from '../authenticator.ts'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Visitor, visitor } from './visitor.ts'

const cookie = '__Host-pipit'

type Question = {
  state: string
  options: {
    challenge: string
    rp: { id: string }
    rpId: string
    user: { id: string; name: string }
    excludeCredentials: { id: string }[]
    allowCredentials: { id: string }[]
    userVerification: string
  }
}

async function asked(browser: Visitor, path: string, fields: Record<string, string> = {}): Promise<Question> {
  const answer = await browser.post(`${path}/options`, fields)
  expect(answer.status).toBe(200)
  return JSON.parse(answer.html) as Question
}

const answered = (browser: Visitor, path: string, state: string, response: string, fields = {}) =>
  browser.post(path, { passkey_state: state, passkey_response: response, ...fields })

/** Logs somebody in by password and adds a passkey, their first unless the account has others. */
async function add(browser: Visitor, twist: Twist = {}, name = ''): Promise<SoftPasskey> {
  const { state, options } = await asked(browser, '/settings/passkeys')
  const { passkey, answer } = makePasskey(options, twist)
  const added = await answered(browser, '/settings/passkeys', state, answer, { name })
  expect([200, 303]).toContain(added.status)
  return passkey
}

async function withPasskey(site: Hono<Env>, username: string, twist: Twist = {}): Promise<[SoftPasskey, Visitor]> {
  const browser = visitor(site)
  await browser.logIn(username, password)
  return [await add(browser, twist), browser]
}

/** A log-in with a passkey alone, with an answer that may be hostile. */
async function logInBy(browser: Visitor, passkey: SoftPasskey, twist: Twist = {}, returnTo = '/') {
  const { state, options } = await asked(browser, '/login/passkey', { return_to: returnTo })
  return answered(browser, '/login/passkey', state, passkey.get(options, twist), { return_to: returnTo })
}

/** The step of the second factor, after the right password. */
async function stepOf(browser: Visitor, username: string): Promise<string> {
  const { location } = await browser.logIn(username, password)
  return /^\/login\/factor\?state=([\w-]+)$/.exec(location ?? '')?.[1] ?? ''
}

const kindsOf = async (t: TestDatabase, username: string) =>
  (
    await t.db.execute<{ kind: string }>(
      sql`select kind from security_events e join accounts a on a.id = e.account_id where a.username = ${username} order by e.id`,
    )
  ).rows.map(({ kind }) => kind)

const whoIs = async (browser: Visitor) =>
  /class="person-link[^]*?@(\w+)/.exec((await browser.get('/settings/profile')).html)?.[1] ?? null

test('a passkey is added, named, and logs in alone; the first one makes recovery codes and a second factor', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('alice', password)
  const { state, options } = await asked(browser, '/settings/passkeys')
  expect(options).toMatchObject({ rp: { id: 'pipit.test' }, user: { name: 'alice' }, excludeCredentials: [] })
  const { passkey, answer } = makePasskey(options)
  const added = await answered(browser, '/settings/passkeys', state, answer, { name: '  My \u202E key ' })
  expect(added.status).toBe(200)
  expect(added.html.match(/<code>[a-z2-9]{5}-[a-z2-9]{5}<\/code>/g)).toHaveLength(10)
  expect((await browser.get('/settings/passkeys')).html).toContain('<bdi>My key</bdi>')
  expect(await kindsOf(t, 'alice')).toContain('passkeyAdded')
  expect((await asked(browser, '/settings/passkeys')).options.excludeCredentials).toMatchObject([{ id: passkey.id }])

  const elsewhere = visitor(site)
  expect(await logInBy(elsewhere, passkey, {}, '/explore')).toMatchObject({ status: 303, location: '/explore' })
  expect((await elsewhere.get('/settings/passkeys')).html).toMatch(/last used <time/)
  const { rows } = await t.db.execute(
    sql`select details from security_events where kind like 'signedIn%' order by id desc limit 1`,
  )
  expect(rows).toEqual([{ details: { method: 'passkey' } }])
  // The second one is no first factor, and has the name of the browser.
  await add(elsewhere)
  expect((await elsewhere.get('/settings/passkeys')).html).toContain('Unknown browser')
  expect((await t.db.execute(sql`select from recovery_codes`)).rows).toHaveLength(10)
})

test('after a password, a passkey is the second factor, also one that asks for no PIN', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice', { isVerified: false })
  const browser = visitor(site)
  const step = await stepOf(browser, 'alice')
  expect(browser.cookies.has(cookie)).toBe(false)
  expect((await browser.get(`/login/factor?state=${step}`)).html).toContain(
    'data-passkey="/login/factor/passkey/options"',
  )
  const { state, options } = await asked(browser, '/login/factor/passkey', { state: step })
  expect(options).toMatchObject({ allowCredentials: [{ id: passkey.id }], userVerification: 'preferred' })
  const response = passkey.get(options, { isVerified: false, userHandle: null })
  const passed = await answered(browser, '/login/factor/passkey', state, response, { state: step })
  expect(passed).toMatchObject({ status: 303, location: '/' })
  expect(browser.cookies.has(cookie)).toBe(true)
  // Neither works again.
  const again = visitor(site)
  for (const [name, value] of browser.cookies) if (name !== cookie) again.cookies.set(name, value)
  expect((await answered(again, '/login/factor/passkey', state, response, { state: step })).status).toBe(422)
  expect(again.cookies.has(cookie)).toBe(false)
})

describe('nobody is logged in by', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  test.each<[string, Twist]>([
    ['an answer that was made on another site', { origin: 'https://pipit.evil' }],
    ['an answer that was made on another port', { origin: 'https://pipit.test:8443' }],
    ['a passkey of another site', { rpId: 'pipit.evil' }],
    ['an answer to another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['an authenticator that knew nobody', { isVerified: false }],
    ['an authenticator that nobody touched', { isPresent: false, isVerified: false }],
    ['the signature of another key', { key: other }],
    ['the answer to a question of another kind', { type: 'webauthn.create' }],
    ['a passkey that names nobody', { userHandle: null }],
    ['a passkey that names somebody else', { userHandle: 'AAAAAAAAAAE' }],
  ])('%s', async (_, twist) => {
    await using t = await database()
    await localAccount(t, 'alice')
    const site = pages(t.app)
    const [passkey] = await withPasskey(site, 'alice')
    const browser = visitor(site)
    const refused = await logInBy(browser, passkey, twist)
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('This passkey doesn’t log in here')
    expect(browser.cookies.has(cookie)).toBe(false)
    // The same passkey does, without the twist.
    expect((await logInBy(browser, passkey)).status).toBe(303)
  })
})

test('an answer logs in once, and only in the browser that asked', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice')
  const [asking, thief] = [visitor(site), visitor(site)]
  const { state, options } = await asked(asking, '/login/passkey')
  const response = passkey.get(options)
  await asked(thief, '/login/passkey')
  const stolen = await answered(thief, '/login/passkey', state, response)
  expect(stolen.status).toBe(422)
  expect(stolen.html).toContain('begun in another browser')
  expect(thief.cookies.has(cookie)).toBe(false)
  // Two at one moment.
  const both = await Promise.all([1, 2].map(() => answered(asking, '/login/passkey', state, response)))
  expect(both.map(({ status }) => status).sort()).toEqual([303, 422])
  const { rows } = await t.db.execute(sql`select from sessions`)
  expect(rows).toHaveLength(2)
})

test('a wrong answer uses up its challenge', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice')
  const browser = visitor(site)
  const { state, options } = await asked(browser, '/login/passkey')
  expect((await answered(browser, '/login/passkey', state, passkey.get(options, { isVerified: false }))).status).toBe(
    422,
  )
  expect((await answered(browser, '/login/passkey', state, passkey.get(options))).status).toBe(422)
  expect(browser.cookies.has(cookie)).toBe(false)
})

test('an old challenge is refused', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice')
  const browser = visitor(site)
  const { state, options } = await asked(browser, '/login/passkey')
  await t.db.execute(sql`update sign_in_states set expires_at = now() - interval '1 second'`)
  expect((await answered(browser, '/login/passkey', state, passkey.get(options))).status).toBe(422)
  expect(browser.cookies.has(cookie)).toBe(false)
})

test('a challenge of the second factor, which asks for no PIN, logs nobody in alone', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice')
  const browser = visitor(site)
  const step = await stepOf(browser, 'alice')
  const { state, options } = await asked(browser, '/login/factor/passkey', { state: step })
  expect((await answered(browser, '/login/passkey', state, passkey.get(options))).status).toBe(422)
  expect(browser.cookies.has(cookie)).toBe(false)
})

test('at the second factor, a passkey of another account is a wrong one', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'mallory')
  const site = pages(t.app)
  await withPasskey(site, 'alice')
  const [foreign] = await withPasskey(site, 'mallory')
  const browser = visitor(site)
  const step = await stepOf(browser, 'alice')
  const first = await asked(browser, '/login/factor/passkey', { state: step })
  const refused = await answered(browser, '/login/factor/passkey', first.state, foreign.get(first.options), {
    state: step,
  })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('This passkey doesn’t log in here')
  expect(await kindsOf(t, 'alice')).toContain('wrongFactor')

  // Nor does a challenge that was made for Mallory's step, or for anybody.
  const own = await stepOf(browser, 'mallory')
  for (const { state, options } of [
    await asked(browser, '/login/factor/passkey', { state: own }),
    await asked(browser, '/login/passkey'),
  ]) {
    const mixed = await answered(browser, '/login/factor/passkey', state, foreign.get(options), { state: step })
    expect(mixed.status).toBe(422)
  }
  expect(browser.cookies.has(cookie)).toBe(false)
})

test('the question at the second factor is for those who gave the password, in their browser', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  await withPasskey(site, 'alice')
  const step = await stepOf(visitor(site), 'alice')
  const stranger = visitor(site)
  for (const state of [step, 'unknown', ''])
    expect((await stranger.post('/login/factor/passkey/options', { state })).status).toBe(422)
})

test('a counter that goes back is refused, logged and mailed', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice', { counter: 7 })
  const browser = visitor(site)
  const forged = { counter: 7, key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }
  expect((await logInBy(browser, passkey, forged)).status).toBe(422)
  expect(await kindsOf(t, 'alice')).not.toContain('passkeyCopied')
  for (const counter of [7, 6, 0]) expect((await logInBy(browser, passkey, { counter })).status).toBe(422)
  expect(browser.cookies.has(cookie)).toBe(false)
  expect((await kindsOf(t, 'alice')).filter((kind) => kind === 'passkeyCopied')).toHaveLength(3)
  const events = await t.db.execute<{ id: string }>(sql`select id from security_events where kind = 'passkeyCopied'`)
  const mailed = (await t.jobPayloads('security-mail')).map(({ eventId }) => eventId)
  expect(events.rows.filter(({ id }) => mailed.includes(id as (typeof mailed)[number]))).toHaveLength(1)
  expect((await logInBy(browser, passkey, { counter: 8 })).status).toBe(303)
})

test('a removed passkey no longer logs in; after the last one, the password alone does again', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey, browser] = await withPasskey(site, 'alice')
  const second = await add(browser)
  const ids = (await t.db.execute<{ id: string }>(sql`select id from passkeys order by id`)).rows.map(({ id }) => id)
  expect(await browser.post(`/settings/passkeys/${ids[0]}/remove`)).toMatchObject({ status: 303 })
  expect((await logInBy(visitor(site), passkey)).status).toBe(422)
  expect((await logInBy(visitor(site), second)).status).toBe(303)
  expect((await visitor(site).logIn('alice', password)).location).toMatch(/^\/login\/factor/)
  await browser.post(`/settings/passkeys/${ids[1]}/remove`)
  expect((await visitor(site).logIn('alice', password)).location).toBe('/')
  expect((await t.db.execute(sql`select from recovery_codes`)).rows).toHaveLength(0)
  expect((await kindsOf(t, 'alice')).filter((kind) => kind === 'passkeyRemoved')).toHaveLength(2)
})

test('nobody renames or removes somebody else’s passkey', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'mallory')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice')
  const mallory = visitor(site)
  await mallory.logIn('mallory', password)
  const id = (await t.db.execute<{ id: string }>(sql`select id from passkeys`)).rows[0]?.id
  expect((await mallory.post(`/settings/passkeys/${id}/rename`, { name: 'Mine' })).status).toBe(404)
  expect((await mallory.post(`/settings/passkeys/${id}/remove`)).status).toBe(404)
  expect((await mallory.get('/settings/passkeys')).html).not.toContain(`/settings/passkeys/${id}`)
  expect((await logInBy(visitor(site), passkey)).status).toBe(303)
})

test('the only way into an account is not removed', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [, browser] = await withPasskey(pages(t.app), 'alice')
  await t.db.execute(sql`update users set password_hash = null where account_id = ${alice}`)
  const id = (await t.db.execute<{ id: string }>(sql`select id from passkeys`)).rows[0]?.id
  const refused = await browser.post(`/settings/passkeys/${id}/remove`)
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('Without it you could not log in any more')
  expect((await t.db.execute(sql`select from passkeys`)).rows).toHaveLength(1)
  await add(browser)
  expect((await browser.post(`/settings/passkeys/${id}/remove`)).status).toBe(303)
})

test('a passkey gets another name, but not none', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const [, browser] = await withPasskey(pages(t.app), 'alice')
  const id = (await t.db.execute<{ id: string }>(sql`select id from passkeys`)).rows[0]?.id
  expect((await browser.post(`/settings/passkeys/${id}/rename`, { name: 'Blue key' })).status).toBe(303)
  expect((await browser.get('/settings/passkeys')).html).toContain('<bdi>Blue key</bdi>')
  const refused = await browser.post(`/settings/passkeys/${id}/rename`, { name: ' \u200B ' })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('A passkey needs a name')
  expect(refused.html).toContain('<bdi>Blue key</bdi>')
})

describe('no passkey is added by', () => {
  test.each<[string, Twist]>([
    ['an answer that was made on another site', { origin: 'https://pipit.evil' }],
    ['a passkey of another site', { rpId: 'pipit.evil' }],
    ['an answer to another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['the answer to a question of another kind', { type: 'webauthn.get' }],
    ['an authenticator that nobody touched', { isPresent: false }],
  ])('%s', async (_, twist) => {
    await using t = await database()
    await localAccount(t, 'alice')
    const browser = visitor(pages(t.app))
    await browser.logIn('alice', password)
    const { state, options } = await asked(browser, '/settings/passkeys')
    const refused = await answered(browser, '/settings/passkeys', state, makePasskey(options, twist).answer)
    expect(refused.status).toBe(422)
    // Not by a second, right answer to the same question, either.
    expect((await answered(browser, '/settings/passkeys', state, makePasskey(options).answer)).status).toBe(422)
    expect((await t.db.execute(sql`select from passkeys`)).rows).toHaveLength(0)
  })

  test('an answer that is no answer', async () => {
    await using t = await database()
    await localAccount(t, 'alice')
    const browser = visitor(pages(t.app))
    await browser.logIn('alice', password)
    for (const response of ['', 'null', '{', '[]', '{"id":"a"}', '['.repeat(15_000)])
      for (const path of ['/settings/passkeys', '/login/passkey'])
        expect((await answered(browser, path, 'unknown', response)).status).toBe(422)
    const { state, options } = await asked(browser, '/settings/passkeys')
    const answer = JSON.parse(makePasskey(options).answer)
    answer.response.attestationObject = Buffer.alloc(20_000, 0x81).toString('base64url')
    expect((await answered(browser, '/settings/passkeys', state, JSON.stringify(answer))).status).toBe(422)
  })

  test('a question of another account, in the same browser', async () => {
    await using t = await database()
    await localAccount(t, 'alice')
    await localAccount(t, 'mallory')
    const browser = visitor(pages(t.app))
    await browser.logIn('alice', password)
    const { state, options } = await asked(browser, '/settings/passkeys')
    await browser.logIn('mallory', password)
    // Somebody else's session in the browser of the first question.
    expect(await whoIs(browser)).toBe('mallory')
    const mixed = await answered(browser, '/settings/passkeys', state, makePasskey(options).answer)
    expect(mixed.status).toBe(422)
    expect((await t.db.execute(sql`select from passkeys`)).rows).toHaveLength(0)
  })

  test('a question of another browser', async () => {
    await using t = await database()
    await localAccount(t, 'alice')
    const site = pages(t.app)
    const [browser, thief] = [visitor(site), visitor(site)]
    await browser.logIn('alice', password)
    await thief.logIn('alice', password)
    const { state, options } = await asked(browser, '/settings/passkeys')
    expect((await answered(thief, '/settings/passkeys', state, makePasskey(options).answer)).status).toBe(422)
    expect((await t.db.execute(sql`select from passkeys`)).rows).toHaveLength(0)
  })

  test('a credential that an account has already', async () => {
    await using t = await database()
    await localAccount(t, 'alice')
    await localAccount(t, 'mallory')
    const site = pages(t.app)
    const [passkey, browser] = await withPasskey(site, 'alice')
    const mallory = visitor(site)
    await mallory.logIn('mallory', password)
    for (const one of [browser, mallory]) {
      const { state, options } = await asked(one, '/settings/passkeys')
      const copy = makePasskey(options, {}, passkey.id)
      const refused = await answered(one, '/settings/passkeys', state, copy.answer)
      expect(refused.status).toBe(422)
      expect(refused.html).toContain('added before')
    }
    // The key of the first one stays, and so does its owner.
    const later = visitor(site)
    expect((await logInBy(later, passkey)).status).toBe(303)
    expect(await whoIs(later)).toBe('alice')
    expect(await kindsOf(t, 'mallory')).not.toContain('passkeyAdded')
  })
})

test('what an authenticator says about its make is not looked at', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  // A certificate that is none: whoever looks at it fails.
  const statement = Buffer.from([0xa1, 0x63, 0x78, 0x35, 0x63, 0x81, 0x42, 0x30, 0x00])
  await add(browser, { attestation: { format: 'packed', statement } })
  expect((await t.db.execute(sql`select transports from passkeys`)).rows).toEqual([{ transports: ['internal'] }])
})

test('an account has at most 25 passkeys, also when two come at once', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await t.db.execute(
    sql`insert into passkeys (id, account_id, credential_id, public_key, name) select i, ${alice}, int4send(i), 'x', 'Key' from generate_series(1, 24) i`,
  )
  const questions = [await asked(browser, '/settings/passkeys'), await asked(browser, '/settings/passkeys')]
  const added = await Promise.all(
    questions.map(({ state, options }) => answered(browser, '/settings/passkeys', state, makePasskey(options).answer)),
  )
  expect(added.map(({ status }) => status).sort()).toEqual([200, 422])
  expect((await browser.post('/settings/passkeys/options')).status).toBe(422)
})

test('a closed account is not logged in to; one that is not confirmed learns what is missing', async () => {
  await using t = await database()
  for (const name of ['disabled', 'suspended', 'waiting']) await localAccount(t, name)
  const site = pages(t.app)
  const keys = new Map<string, SoftPasskey>()
  for (const name of ['disabled', 'suspended', 'waiting']) keys.set(name, (await withPasskey(site, name))[0])
  const idOf = (name: string) => sql`(select id from accounts where username = ${name})`
  await t.db.execute(sql`update users set disabled_at = now() where account_id = ${idOf('disabled')}`)
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${idOf('suspended')}`)
  await t.db.execute(sql`update users set confirmed_at = null where account_id = ${idOf('waiting')}`)
  for (const name of ['disabled', 'suspended']) {
    const browser = visitor(site)
    const refused = await logInBy(browser, keys.get(name)!)
    expect(refused.status).toBe(403)
    expect(refused.html).toContain('closed by the moderators')
    expect(browser.cookies.has(cookie)).toBe(false)
  }
  const browser = visitor(site)
  expect((await logInBy(browser, keys.get('waiting')!)).status).toBe(303)
  expect((await browser.get('/')).html).toContain('Confirm your mail address')
})

test('passkeys are changed only with a recent proof, and only from the site’s own forms', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [, browser] = await withPasskey(site, 'alice')
  const id = (await t.db.execute<{ id: string }>(sql`select id from passkeys`)).rows[0]?.id
  const token = { form_token: 'wrong' }
  expect((await browser.post('/settings/passkeys/options', token)).status).toBe(403)
  expect((await browser.post('/login/passkey/options', token)).status).toBe(403)
  const foreign = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://pipit.evil' }
  expect((await browser.post('/login/passkey/options', {}, foreign)).status).toBe(403)
  expect((await browser.post(`/settings/passkeys/${id}/remove`, {}, foreign)).status).toBe(403)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  const paths = ['/settings/passkeys/options', '/settings/passkeys', `/settings/passkeys/${id}/remove`]
  for (const path of paths)
    expect(await browser.post(path, { return_to: '/settings/passkeys' })).toMatchObject({
      status: 303,
      location: '/prove?return_to=%2Fsettings%2Fpasskeys',
    })
  expect((await browser.get('/settings/passkeys')).location).toMatch(/^\/prove/)
  expect((await visitor(site).get('/settings/passkeys')).location).toMatch(/^\/login/)
  expect((await t.db.execute(sql`select from passkeys`)).rows).toHaveLength(1)
})

test('a log-in with a passkey leads back into the site only', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey] = await withPasskey(site, 'alice')
  for (const [wanted, got] of [
    ['/oauth/authorize?client_id=x&scope=read', '/oauth/authorize?client_id=x&scope=read'],
    ['https://pipit.evil/', '/'],
    ['//pipit.evil', '/'],
    ['/\\pipit.evil', '/'],
  ])
    expect((await logInBy(visitor(site), passkey, {}, wanted)).location).toBe(got)
})

test('a log-in with a passkey ends the session that the browser had before', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const [passkey, browser] = await withPasskey(site, 'alice')
  const before = browser.cookies.get(cookie)
  await logInBy(browser, passkey)
  expect(browser.cookies.get(cookie)).not.toBe(before)
  const fixed = visitor(site)
  fixed.cookies.set(cookie, before ?? '')
  expect((await fixed.get('/settings/account')).status).toBe(303)
})

test('questions and answers are limited by address', async () => {
  await using t = await database()
  const browser = visitor(pages(t.app))
  await t.db.execute(
    sql`insert into attempts (key, count, expires_at) values ('passkey asked from 192.0.2.1', 120, now() + interval '1 hour'), ('passkey from 192.0.2.1', 30, now() + interval '1 hour')`,
  )
  expect((await browser.post('/login/passkey/options')).status).toBe(429)
  expect((await answered(browser, '/login/passkey', 'x', '{}')).status).toBe(429)
})
