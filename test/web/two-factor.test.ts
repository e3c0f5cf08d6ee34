/** Setting up and removing second factors: `/settings/two-factor`. */
import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { codeOf, giveAuthenticator, givePasskey, holdClock, securityKindsIn } from '../factors.ts'
import { visitor, type Visitor } from './visitor.ts'

beforeEach(holdClock)

const path = '/settings/two-factor'

async function loggedIn(t: TestDatabase, username: string): Promise<Visitor> {
  const browser = visitor(pages(t.app))
  expect((await browser.logIn(username, password)).status).toBe(303)
  return browser
}

/** Opens the set-up. @returns the secret, as a person copies it, and the form's offer */
async function begin(browser: Visitor): Promise<{ secret: string; offer: string; html: string }> {
  const { html } = await browser.get(`${path}/app`)
  const secret = /class="totp-secret">([A-Z2-7 ]+)</.exec(html)?.[1]?.replaceAll(' ', '') ?? ''
  return { secret, offer: /name="offer" value="([^"]+)"/.exec(html)?.[1] ?? '', html }
}

const codesIn = (html: string) => [...html.matchAll(/<code>([a-z2-9]{5}-[a-z2-9]{5})<\/code>/g)].map(([, code]) => code)

const stored = async (t: TestDatabase, username: string) => {
  const { rows } = await t.db.execute<{ secret: string | null; since: Date | null; codes: string }>(
    sql`select totp_secret as secret, second_factor_since as since, (select count(*) from recovery_codes r where r.account_id = u.account_id) as codes
      from users u join accounts a on a.id = u.account_id where a.username = ${username}`,
  )
  return rows[0]
}

test('an authenticator app is set up by its code, and recovery codes are shown once', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = await loggedIn(t, 'alice')
  expect((await browser.get(path)).html).toContain('Set up an authenticator app')
  const { secret, offer, html } = await begin(browser)
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  expect(html).toMatch(/class="totp-secret">([A-Z2-7]{4} ){7}[A-Z2-7]{4}</)
  expect(html).toContain(`href="otpauth://totp/Pipit:alice%40pipit.test?issuer=Pipit&amp;secret=${secret}`)
  expect(html).toMatch(/<svg class="qr-code"[^>]*role="img"/)
  expect(await stored(t, 'alice')).toMatchObject({ secret: null, since: null })

  const wrong = await browser.post(`${path}/app`, { offer, code: '000000' })
  expect(wrong.status).toBe(422)
  // The secret in the app still fits the page.
  expect(wrong.html.replaceAll(' ', '')).toContain(secret)
  expect(await stored(t, 'alice')).toMatchObject({ secret: null, since: null })

  const done = await browser.post(`${path}/app`, { offer, code: codeOf(secret) })
  expect(done.status).toBe(200)
  const codes = codesIn(done.html)
  expect(codes).toHaveLength(10)
  const file = /href="data:text\/plain;charset=utf-8,([^"]+)" download="([^"]+)"/.exec(done.html)
  expect(
    decodeURIComponent(file?.[1] ?? '')
      .split('\n')
      .slice(2, 12),
  ).toEqual(codes)
  expect(file?.[2]).toBe('recovery-codes-alice-pipit.test.txt')
  const row = await stored(t, 'alice')
  expect(row).toMatchObject({ since: expect.anything(), codes: '10' })
  expect(row?.secret).not.toContain(secret)
  expect(t.app.secrets.unseal(row?.secret ?? '')).toBe(secret)
  expect(await securityKindsIn(t)).toEqual(['signedIn', 'authenticatorAdded'])
  expect((await t.jobs()).filter((job) => job === 'security-mail')).toHaveLength(1)

  const later = await browser.get(path)
  expect(later.html).toContain('10 codes left')
  expect(codesIn(later.html)).toEqual([])
  // The code on the screen is used up: nobody who looked on logs in with it.
  const other = visitor(pages(t.app))
  const { location } = await other.logIn('alice', password)
  const state = /state=(.+)/.exec(location ?? '')?.[1] ?? ''
  expect((await other.post('/login/factor', { state, code: codeOf(secret) })).status).toBe(422)
  expect((await other.post('/login/factor', { state, code: codes[3] ?? '' })).status).toBe(303)
})

test('the set-up form of another account, or an invented one, adds no authenticator app', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'mallory')
  const [alice, mallory] = [await loggedIn(t, 'alice'), await loggedIn(t, 'mallory')]
  const known = await begin(mallory)
  for (const offer of [known.offer, 'invented', t.app.secrets.seal('{"secret":"x"}'), t.app.secrets.seal('[]')]) {
    const answer = await alice.post(`${path}/app`, { offer, code: codeOf(known.secret) })
    expect(answer.status).toBe(422)
    expect(answer.html).not.toContain('data:text/plain')
  }
  expect(await stored(t, 'alice')).toMatchObject({ secret: null, since: null })
})

test('a proof of who one is that is older than ten minutes has to be given again', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = await loggedIn(t, 'alice')
  const { secret, offer } = await begin(browser)
  await giveAuthenticator(t, alice)
  const before = await stored(t, 'alice')
  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  expect((await browser.get(path)).location).toBe('/prove?return_to=%2Fsettings%2Ftwo-factor')
  for (const form of ['app', 'app/remove', 'codes']) {
    const answer = await browser.post(`${path}/${form}`, { offer, code: codeOf(secret), return_to: path })
    expect(answer, form).toMatchObject({ status: 303, location: '/prove?return_to=%2Fsettings%2Ftwo-factor' })
  }
  expect(await stored(t, 'alice')).toEqual(before)
})

test('visitors, and browsers between the two steps, change nothing', async () => {
  await using t = await database()
  await giveAuthenticator(t, await localAccount(t, 'alice'))
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  for (const form of ['app', 'app/remove', 'codes'])
    expect((await browser.post(`${path}/${form}`, {})).location).toBe('/login')
  expect(await stored(t, 'alice')).toMatchObject({ since: expect.anything(), codes: '10' })
})

test('new recovery codes replace the earlier ones; few ones are a warning', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = await loggedIn(t, 'alice')
  expect((await browser.post(`${path}/codes`)).status).toBe(422)
  const { codes: old } = await giveAuthenticator(t, alice)
  await t.db.execute(
    sql`update recovery_codes set used_at = now() where code_hash in (select code_hash from recovery_codes limit 6)`,
  )
  expect((await browser.get(path)).html).toContain('You have 4 codes left')
  await t.db.execute(
    sql`update recovery_codes set used_at = now() where code_hash in (select code_hash from recovery_codes where used_at is null limit 1)`,
  )
  expect((await browser.get(path)).html).toContain('You have only 3 codes left')

  const made = codesIn((await browser.post(`${path}/codes`)).html)
  expect(made).toHaveLength(10)
  expect(made).not.toContain(old[0])
  expect(await securityKindsIn(t)).toEqual(['signedIn', 'recoveryCodesMade'])
  const other = visitor(pages(t.app))
  const { location } = await other.logIn('alice', password)
  const state = /state=(.+)/.exec(location ?? '')?.[1] ?? ''
  for (const code of old) {
    const answer = await other.post('/login/factor', { state, code })
    expect(answer.status).toBe(422)
  }
})

test('another app replaces the earlier one, without new recovery codes and without a moment in between', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = await loggedIn(t, 'alice')
  const { secret: old } = await giveAuthenticator(t, alice)
  const since = (await stored(t, 'alice'))?.since
  const { secret, offer } = await begin(browser)
  expect(await browser.post(`${path}/app`, { offer, code: codeOf(secret, -1) })).toMatchObject({
    status: 303,
    location: `${path}?saved=1`,
  })
  expect(await stored(t, 'alice')).toMatchObject({ since, codes: '10' })
  const other = visitor(pages(t.app))
  const { location } = await other.logIn('alice', password)
  const state = /state=(.+)/.exec(location ?? '')?.[1] ?? ''
  expect((await other.post('/login/factor', { state, code: codeOf(old) })).status).toBe(422)
  expect((await other.post('/login/factor', { state, code: codeOf(secret) })).status).toBe(303)
})

test('recovery codes go with the last second factor, and only with that', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = await loggedIn(t, 'alice')
  await giveAuthenticator(t, alice)
  await givePasskey(t, alice)
  expect((await browser.post(`${path}/app/remove`)).location).toBe(`${path}?removed=1`)
  expect(await stored(t, 'alice')).toMatchObject({ secret: null, since: expect.anything(), codes: '10' })
  // Removing what is gone is no event.
  await browser.post(`${path}/app/remove`)
  expect(await securityKindsIn(t)).toEqual(['signedIn', 'authenticatorRemoved'])
  const withPasskey = await visitor(pages(t.app)).logIn('alice', password)
  expect(withPasskey.location).toContain('/login/factor?state=')

  await giveAuthenticator(t, alice)
  await t.db.execute(sql`delete from passkeys`)
  await browser.post(`${path}/app/remove`)
  expect(await stored(t, 'alice')).toMatchObject({ secret: null, since: null, codes: '0' })
  expect((await visitor(pages(t.app)).logIn('alice', password)).location).toBe('/')
  expect((await t.jobs()).filter((job) => job === 'security-mail').length).toBeGreaterThanOrEqual(2)
})

test('other browsers stay logged in when factors change', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const [phone, laptop] = [await loggedIn(t, 'alice'), await loggedIn(t, 'alice')]
  const { secret, offer } = await begin(laptop)
  await laptop.post(`${path}/app`, { offer, code: codeOf(secret) })
  expect((await phone.get('/settings/profile')).status).toBe(200)
})
