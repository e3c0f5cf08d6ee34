/** The second step of a log-in, `/login/factor`, and those who try to get past it. */
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, suspend } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { codeOf, giveAuthenticator, holdClock, securityKindsIn } from '../factors.ts'
import { visitor, type Visitor } from './visitor.ts'

const session = '__Host-pipit'

beforeEach(holdClock)

type Cast = AsyncDisposable & {
  t: TestDatabase
  alice: AccountId
  secret: string
  codes: string[]
  browser(address?: string): Visitor
}

/** Alice, who has an authenticator app. */
async function cast(): Promise<Cast> {
  const t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  return {
    t,
    alice,
    ...(await giveAuthenticator(t, alice)),
    browser: (address) => visitor(site, address),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  }
}

/** Passes the first step. @returns the state of the second */
async function firstStep(browser: Visitor, returnTo = '/', login = 'alice'): Promise<string> {
  const { location } = await browser.post('/login', { login, password, return_to: returnTo })
  const state = /^\/login\/factor\?state=([\w-]+)$/.exec(location ?? '')?.[1]
  if (!state) throw new Error(`The log-in led to ${location}`)
  return state
}

/** A code that is wrong now, and around now. */
function wrongCode(secret: string): string {
  const near = new Set([-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps)))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.has(code)) ?? ''
}

const jobsOf = async (t: TestDatabase, name: string) => (await t.jobs()).filter((job) => job === name).length

test('a password alone opens no session; a code of the authenticator app does', async () => {
  await using c = await cast()
  const browser = c.browser()
  const state = await firstStep(browser, '/settings/profile')
  expect(browser.cookies.has(session)).toBe(false)
  expect((await browser.get('/settings/profile')).status).toBe(303)
  const page = await browser.get(`/login/factor?state=${state}`)
  expect(page.html).toMatch(/<input[^>]*autocomplete="one-time-code"[^>]*inputmode="numeric"/)
  expect(page.headers.get('Cache-Control')).toBe('private, no-store')

  const passed = await browser.post('/login/factor', { state, code: codeOf(c.secret) })
  expect(passed).toMatchObject({ status: 303, location: '/settings/profile' })
  expect((await browser.get('/settings/profile')).status).toBe(200)
  expect(await securityKindsIn(c.t)).toEqual(['signedIn'])
})

test('a code may be typed with a space, and come from a clock that is half a minute off, not more', async () => {
  await using c = await cast()
  for (const steps of [-2, 2]) {
    const browser = c.browser()
    const state = await firstStep(browser)
    expect((await browser.post('/login/factor', { state, code: codeOf(c.secret, steps) })).status).toBe(422)
  }
  for (const steps of [-1, 0, 1]) {
    const browser = c.browser()
    const state = await firstStep(browser)
    const code = codeOf(c.secret, steps).replace(/^.../, '$& ')
    expect((await browser.post('/login/factor', { state, code })).status, `${steps}`).toBe(303)
  }
})

test('a code that was used once is refused, and so is one of an earlier time', async () => {
  await using c = await cast()
  const code = codeOf(c.secret)
  const [first, second] = [c.browser(), c.browser()]
  await first.post('/login/factor', { state: await firstStep(first), code })
  const state = await firstStep(second)
  expect((await second.post('/login/factor', { state, code })).html).toContain('used already')
  expect((await second.post('/login/factor', { state, code: codeOf(c.secret, -1) })).status).toBe(422)
  expect(second.cookies.has(session)).toBe(false)
})

test('of several concurrent uses of a code, exactly one logs in', async () => {
  await using c = await cast()
  const code = codeOf(c.secret)
  const browsers = [c.browser(), c.browser(), c.browser(), c.browser()]
  const states = await Promise.all(browsers.map((browser) => firstStep(browser)))
  const answers = await Promise.all(
    browsers.map((browser, i) => browser.post('/login/factor', { state: states[i] ?? '', code })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422, 422, 422])

  const again = c.browser()
  const state = await firstStep(again)
  const recovery = c.codes[0] ?? ''
  const others = [codeOf(c.secret, 1), recovery, recovery]
  const sent = await Promise.all(others.map((other) => again.post('/login/factor', { state, code: other })))
  expect(sent.filter(({ status }) => status === 303)).toHaveLength(1)
  const { rows } = await c.t.db.execute(sql`select from sessions`)
  expect(rows).toHaveLength(2)
  // What did not log in was not used up: the step and both codes go together.
  const { rows: spent } = await c.t.db.execute(
    sql`select from recovery_codes where used_at is not null union all select from users where totp_step > floor(extract(epoch from now()) / 30)`,
  )
  expect(spent.length).toBeLessThanOrEqual(1)
})

test('a form that is sent twice does not count as a wrong code', async () => {
  await using c = await cast()
  const browser = c.browser()
  const form = { state: await firstStep(browser), code: codeOf(c.secret) }
  await Promise.all([browser.post('/login/factor', form), browser.post('/login/factor', form)])
  expect(await securityKindsIn(c.t)).toEqual(['signedIn'])
})

test('five wrong codes end the step, also for the right one', async () => {
  await using c = await cast()
  const browser = c.browser()
  const state = await firstStep(browser)
  const wrong = wrongCode(c.secret)
  for (let i = 0; i < 5; i++) {
    const answer = await browser.post('/login/factor', { state, code: wrong })
    expect(answer.status).toBe(422)
    expect(answer.html).toContain(i < 4 ? 'The code is wrong' : 'This log-in is over')
  }
  expect((await browser.post('/login/factor', { state, code: codeOf(c.secret) })).html).toContain('This log-in is over')
  expect(browser.cookies.has(session)).toBe(false)
})

test('wrong codes sent at once count one by one', async () => {
  await using c = await cast()
  const browser = c.browser()
  const state = await firstStep(browser)
  const wrong = wrongCode(c.secret)
  await Promise.all(Array.from({ length: 8 }, () => browser.post('/login/factor', { state, code: wrong })))
  expect(await securityKindsIn(c.t)).toHaveLength(5)
})

test('a stranger with the password is stopped over all steps, but not the person in their own browser', async () => {
  await using c = await cast()
  const own = c.browser()
  await own.post('/login/factor', { state: await firstStep(own), code: codeOf(c.secret, -1) })
  await own.post('/logout')

  const stranger = c.browser('198.51.100.7')
  const wrong = wrongCode(c.secret)
  for (let round = 0; round < 2; round++) {
    const state = await firstStep(stranger)
    for (let i = 0; i < 5; i++) await stranger.post('/login/factor', { state, code: wrong })
  }
  const late = await stranger.post('/login/factor', { state: await firstStep(stranger), code: codeOf(c.secret) })
  expect(late.status).toBe(429)
  expect(stranger.cookies.has(session)).toBe(false)

  const state = await firstStep(own)
  expect((await own.post('/login/factor', { state, code: codeOf(c.secret) })).status).toBe(303)
})

test('wrong codes are logged each, and mailed once an hour', async () => {
  await using c = await cast()
  const browser = c.browser()
  const wrong = wrongCode(c.secret)
  const state = await firstStep(browser)
  for (let i = 0; i < 3; i++) await browser.post('/login/factor', { state, code: wrong })
  expect(await securityKindsIn(c.t)).toEqual(['wrongFactor', 'wrongFactor', 'wrongFactor'])
  expect(await jobsOf(c.t, 'security-mail')).toBe(1)
  await c.t.db.execute(sql`update attempts set expires_at = now() - interval '1 second' where key like 'mail %'`)
  await browser.post('/login/factor', { state, code: wrong })
  expect(await jobsOf(c.t, 'security-mail')).toBe(2)
})

test('a step works only in the browser that began it, and an invented one looks the same', async () => {
  await using c = await cast()
  const [own, other] = [c.browser(), c.browser()]
  const state = await firstStep(own)
  await firstStep(other)
  const shown = async (path: string) =>
    (await other.get(path)).html.replace(/name="form_token" value="[^"]*"/g, '').replaceAll(state, 'invented')
  expect(await shown(`/login/factor?state=${state}`)).toBe(await shown('/login/factor?state=invented'))
  const stolen = await other.post('/login/factor', { state, code: codeOf(c.secret) })
  expect(stolen.html).toContain('This log-in is over')
  expect(other.cookies.has(session)).toBe(false)
  // The attempt took nothing from the person.
  expect((await own.post('/login/factor', { state, code: codeOf(c.secret) })).status).toBe(303)
})

test('the codes of one account open no other', async () => {
  await using c = await cast()
  const mallory = await giveAuthenticator(c.t, await localAccount(c.t, 'mallory'))
  const browser = c.browser()
  const state = await firstStep(browser)
  for (const code of [codeOf(mallory.secret), mallory.codes[0] ?? ''])
    expect((await browser.post('/login/factor', { state, code })).status).toBe(422)
  expect(browser.cookies.has(session)).toBe(false)
})

test('a step ends after a quarter of an hour, with a new password, and when the account is disabled', async () => {
  await using c = await cast()
  const browser = c.browser()
  const expired = await firstStep(browser)
  await c.t.db.execute(sql`update sign_in_states set expires_at = now()`)
  expect((await browser.post('/login/factor', { state: expired, code: codeOf(c.secret) })).status).toBe(422)

  const thief = await firstStep(browser)
  const mailed = await c.t.db.transaction((tx) => newMailToken(tx, c.alice, 'reset'))
  await c.browser().post('/reset', { token: mailed?.secret ?? '', password: 'a new and longer password' })
  expect((await browser.post('/login/factor', { state: thief, code: codeOf(c.secret) })).html).toContain(
    'This log-in is over',
  )
  // A mailed link replaces the password, not the second factor.
  const { location } = await browser.post('/login', { login: 'alice', password: 'a new and longer password' })
  expect(location).toContain('/login/factor?state=')

  const state = /state=(.+)/.exec(location ?? '')?.[1] ?? ''
  await suspend(c.t, c.alice)
  const closed = await browser.post('/login/factor', { state, code: codeOf(c.secret) })
  expect(closed).toMatchObject({ status: 403 })
  expect(closed.html).toContain('closed by the moderators')
  expect(browser.cookies.has(session)).toBe(false)
})

test('a recovery code works once, however it is spelled, and the person hears of it', async () => {
  await using c = await cast()
  expect(new Set(c.codes).size).toBe(10)
  const [code = ''] = c.codes
  expect(code).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}$/)
  // Nothing of them can be read in the database.
  const { rows } = await c.t.db.execute<{ stored: string }>(
    sql`select row_to_json(r)::text || encode(code_hash, 'escape') as stored from recovery_codes r`,
  )
  expect(rows).toHaveLength(10)
  for (const one of c.codes) expect(rows.map(({ stored }) => stored).join()).not.toContain(one.slice(0, 5))

  const browser = c.browser()
  const state = await firstStep(browser)
  const step = await browser.get(`/login/factor?state=${state}&with=recovery`)
  expect(step.html).toMatch(/<input[^>]*autocomplete="one-time-code"[^>]*inputmode="text"/)
  const spelled = ` ${code.toUpperCase().replace('-', ' ')} `
  expect((await browser.post('/login/factor', { state, code: spelled })).status).toBe(303)
  expect(await securityKindsIn(c.t)).toEqual(['recoveryCodeUsed', 'signedIn'])
  expect(await jobsOf(c.t, 'security-mail')).toBe(1)
  const again = c.browser()
  const other = await firstStep(again)
  expect((await again.post('/login/factor', { state: other, code })).status).toBe(422)
})

test('an app gets no code and no token until the second factor is right', async () => {
  await using c = await cast()
  const verifier = 'a-verifier-of-at-least-43-characters-0123456789'
  const application = await c.t.db.transaction((tx) =>
    createApplication(tx, {
      name: 'Bird app',
      website: null,
      redirectUris: ['https://app.test/callback'],
      scopes: ['read'],
    }),
  )
  const authorize = `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: 'https://app.test/callback',
    scope: 'read',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })}`
  const fields = Object.fromEntries(new URL(authorize, 'https://pipit.test').searchParams)
  const browser = c.browser()
  expect((await browser.get(authorize)).location).toBe(`/login?return_to=${encodeURIComponent(authorize)}`)
  const state = await firstStep(browser, authorize)
  for (const answer of [
    await browser.get(authorize),
    await browser.post('/oauth/authorize', { ...fields, decision: 'allow' }),
  ])
    expect(answer.location).toMatch(/^\/login/)

  expect((await browser.post('/login/factor', { state, code: codeOf(c.secret) })).location).toBe(authorize)
  expect((await browser.get(authorize)).html).toContain('Bird app')
  const { location } = await browser.post('/oauth/authorize', { ...fields, decision: 'allow' })
  expect(location).toMatch(/^https:\/\/app\.test\/callback\?code=/)
})

test('a return address on another site is replaced by the start page', async () => {
  await using c = await cast()
  const browser = c.browser()
  const state = await firstStep(browser, '//evil.example/')
  expect((await browser.post('/login/factor', { state, code: codeOf(c.secret) })).location).toBe('/')
})

test('a form of another site does not pass the step', async () => {
  await using c = await cast()
  const browser = c.browser()
  const form = { state: await firstStep(browser), code: codeOf(c.secret) }
  expect((await browser.post('/login/factor', form, { Origin: 'https://evil.example' })).status).toBe(403)
  expect((await browser.post('/login/factor', { ...form, form_token: 'invented' })).status).toBe(403)
  expect(browser.cookies.has(session)).toBe(false)
})
