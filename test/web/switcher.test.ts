/** Several accounts in one browser. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor, type Visitor } from './visitor.ts'

const cookie = '__Host-pipit'
const othersCookie = '__Host-pipit-others'

/** The account that a browser acts for. */
async function who(browser: Visitor): Promise<string | undefined> {
  const { html } = await browser.get('/settings/profile')
  return /<div class="self"><a href="\/@(\w+)"/.exec(html)?.[1]
}

/** The accounts that the menu offers. */
async function offered(browser: Visitor): Promise<string[]> {
  const { html } = await browser.get('/settings/profile')
  return [...new Set([...html.matchAll(/aria-label="Switch to @(\w+)"/g)].map(([, name]) => name!))]
}

async function tokenOn(browser: Visitor, path: string): Promise<string> {
  return /name="form_token" value="([^"]+)"/.exec((await browser.get(path)).html)?.[1] ?? ''
}

async function people(t: TestDatabase, names: string[]): Promise<AccountId[]> {
  const ids: AccountId[] = []
  for (const name of names) ids.push(await localAccount(t, name))
  return ids
}

test('a person adds an account, switches back and forth, and logs out of one and of all', async () => {
  await using t = await database()
  const [alice, bob] = await people(t, ['alice', 'bob'])
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  expect(browser.cookies.has(othersCookie)).toBe(false)
  expect((await browser.get('/login')).status).toBe(302)
  expect((await browser.get('/login?add=1')).html).toContain('You stay logged in to @<bdi>alice</bdi>')
  const added = await browser.logIn('bob', password)
  const set = added.headers.getSetCookie().find((line) => line.startsWith(`${othersCookie}=`)) ?? ''
  for (const attribute of [/HttpOnly/, /Secure/, /SameSite=Lax/, /Path=\//]) expect(set).toMatch(attribute)
  expect([await who(browser), await offered(browser)]).toEqual(['bob', ['alice']])

  expect((await browser.post('/switch', { account: alice!, return_to: '/notifications' })).location).toBe(
    '/notifications',
  )
  expect([await who(browser), await offered(browser)]).toEqual(['alice', ['bob']])
  expect((await browser.get('/more')).html).toContain('Switch to @bob')
  await browser.post('/switch', { account: bob! })

  await browser.post('/logout')
  expect([await who(browser), await offered(browser)]).toEqual(['alice', []])
  await browser.logIn('bob', password)
  await browser.post('/logout', { all: '1' })
  expect([browser.cookies.has(cookie), browser.cookies.has(othersCookie)]).toEqual([false, false])
  expect((await t.db.execute(sql`select 1 from sessions`)).rows).toEqual([])
})

test('a page of one account does nothing for the other', async () => {
  await using t = await database()
  const [alice] = await people(t, ['alice', 'bob'])
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const tab = await tokenOn(browser, '/compose')
  await browser.logIn('bob', password)
  const refused = await browser.post('/compose', { text: 'For Alice’s friends', form_token: tab })
  expect(refused.status).toBe(403)
  expect(refused.html).toContain('made for another of the accounts')
  expect(refused.html).toContain('For Alice’s friends')
  expect((await t.db.execute(sql`select 1 from statuses`)).rows).toEqual([])
  await browser.post('/switch', { account: alice! })
  expect((await browser.post('/compose', { text: 'For Alice’s friends', form_token: tab })).status).toBe(303)
})

test('a browser switches only to sessions whose tokens it has', async () => {
  await using t = await database()
  const [alice, bob, mallory] = await people(t, ['alice', 'bob', 'mallory'])
  const site = pages(t.app)
  const [victim, attacker] = [visitor(site), visitor(site)]
  await victim.logIn('alice', password)
  await victim.logIn('bob', password)
  await attacker.logIn('mallory', password)
  for (const account of [alice!, bob!, mallory!, '', '1', 'x']) {
    expect((await attacker.post('/switch', { account })).status, account).toBe(403)
    expect(await who(attacker)).toBe('mallory')
  }
  // What is in the table is a hash, and no token.
  const { rows } = await t.db.execute<{ hash: Buffer }>(sql`select token_hash as hash from sessions`)
  const forged = [
    ...rows.map(({ hash }) => hash.toString('base64url')),
    'A'.repeat(43),
    ...rows.map(({ hash }) => hash.toString('hex')),
    String(alice),
  ]
  attacker.cookies.set(othersCookie, forged.join('.'))
  expect(await offered(attacker)).toEqual([])
  expect(attacker.cookies.has(othersCookie)).toBe(false)
  attacker.cookies.set(othersCookie, forged.join('.'))
  expect((await attacker.post('/switch', { account: alice! })).status).toBe(403)
  attacker.cookies.set(othersCookie, `${'.'.repeat(5_000)}${victim.cookies.get(cookie)}`)
  expect(await offered(attacker)).toEqual([])
})

test('ended sessions drop out, and nobody goes on as another account unasked when the own session has ended', async () => {
  await using t = await database()
  const [alice, bob, carol] = await people(t, ['alice', 'bob', 'carol'])
  const browser = visitor(pages(t.app))
  for (const name of ['alice', 'bob', 'carol']) await browser.logIn(name, password)
  expect(await offered(browser)).toEqual(['bob', 'alice'])
  await t.db.execute(sql`delete from sessions where account_id = ${alice}`)
  expect(await offered(browser)).toEqual(['bob'])
  expect(browser.cookies.get(othersCookie)).toHaveLength(43)
  expect((await browser.post('/switch', { account: alice! })).status).toBe(403)

  await t.db.execute(sql`delete from sessions where account_id = ${carol}`)
  expect((await browser.get('/notifications')).location).toBe('/login?return_to=%2Fnotifications')
  const login = await browser.get('/login?return_to=%2Fnotifications')
  expect(login.html).toContain('Switch to @bob')
  expect((await browser.post('/switch', { account: bob!, return_to: '/notifications' })).location).toBe(
    '/notifications',
  )
  expect([await who(browser), await offered(browser)]).toEqual(['bob', []])

  // Nor is a closed account one of them.
  await browser.logIn('carol', password)
  await t.db.execute(sql`update users set disabled_at = now() where account_id = ${bob}`)
  expect(await offered(browser)).toEqual([])
})

test('a browser holds five accounts, each once; a sixth ends the session that was used longest ago', async () => {
  await using t = await database()
  const names = ['anna', 'bert', 'cora', 'dirk', 'emil', 'fred']
  await people(t, names)
  const browser = visitor(pages(t.app))
  for (const name of [...names.slice(0, 5), 'emil', 'anna']) await browser.logIn(name, password)
  expect([await who(browser), await offered(browser)]).toEqual(['anna', ['emil', 'dirk', 'cora', 'bert']])
  expect((await t.db.execute(sql`select 1 from sessions`)).rows).toHaveLength(5)
  await browser.logIn('fred', password)
  expect(await offered(browser)).toEqual(['anna', 'emil', 'dirk', 'cora'])
  expect((await t.db.execute(sql`select 1 from sessions`)).rows).toHaveLength(5)
})

test('a proof in one account proves nothing for the others', async () => {
  await using t = await database()
  const [alice] = await people(t, ['alice', 'bob'])
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await browser.logIn('bob', password)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '1 hour'`)
  await browser.post('/prove', { password })
  expect((await browser.get('/settings/moving')).status).toBe(200)
  await browser.post('/switch', { account: alice! })
  expect((await browser.get('/settings/moving')).location).toBe('/prove?return_to=%2Fsettings%2Fmoving')
})

test('switching leads to no other site, and needs the form of this one', async () => {
  await using t = await database()
  const [alice] = await people(t, ['alice', 'bob'])
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await browser.logIn('bob', password)
  expect((await browser.post('/switch', { account: alice!, form_token: 'x' })).status).toBe(403)
  expect((await browser.post('/switch', { account: alice! }, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  expect(await who(browser)).toBe('bob')
  expect((await browser.post('/switch', { account: alice!, return_to: 'https://evil.test' })).location).toBe('/')
})

test('the page of an app offers the other accounts of the browser', async () => {
  await using t = await database()
  const [alice] = await people(t, ['alice', 'bob'])
  const { createApplication } = await import('#src/accounts/sessions/applications.ts')
  const application = await t.db.transaction((tx) =>
    createApplication(tx, { name: 'Bird', website: null, redirectUris: ['https://bird.test/cb'], scopes: ['read'] }),
  )
  const request = new URLSearchParams({
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: 'https://bird.test/cb',
    scope: 'read',
  })
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await browser.logIn('bob', password)
  const stale = await tokenOn(browser, `/oauth/authorize?${request}`)
  const other = await browser.get(`/oauth/authorize?${request}&force_login=true`)
  expect(other.html).toContain('Switch to @alice')
  const returnTo = /action="\/switch".*?name="return_to" value="([^"]+)"/s.exec(other.html.split('<main')[1] ?? '')?.[1]
  const back = await browser.post('/switch', { account: alice!, return_to: returnTo!.replaceAll('&amp;', '&') })
  expect((await browser.get(back.location!)).html).toContain('@alice')
  // The consent that was open for the other account does not count for this one.
  const fields = { ...Object.fromEntries(request), decision: 'allow' }
  expect((await browser.post('/oauth/authorize', { ...fields, form_token: stale })).status).toBe(403)
  expect((await browser.post('/oauth/authorize', fields)).location).toMatch(/^https:\/\/bird\.test\/cb\?code=/)
  const { rows } = await t.db.execute<{ id: AccountId }>(sql`select account_id as id from authorization_codes`)
  expect(rows).toEqual([{ id: alice }])
})
