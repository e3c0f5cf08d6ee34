/** Providers, people and browsers that try to get into somebody else's account by an OpenID provider. */
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { newJoinToken } from '#src/accounts/providers/join.ts'
import { signIn } from '#src/accounts/sessions/sign-in.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { accounts, identities, sessions, users } from '#src/platform/db/schema/accounts.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password } from '../cast.ts'
import { clientAt } from '../client.ts'
import { database, type TestDatabase } from '../database.ts'
import { codeOf, giveAuthenticator } from '../factors.ts'
import { type Claims, openProvider, type TestProvider } from '../oidc/provider.ts'
import { comeBy, comeFirst, goTo, signUpBy } from '../oidc/visit.ts'
import { visitor, type Visitor } from './visitor.ts'

const mira = { email: 'mira@mail.test', email_verified: true, preferred_username: 'mira' }
const countOf = async (t: TestDatabase, table: typeof identities | typeof sessions | typeof users) => t.db.$count(table)

/** A provider and an instance, on which mira has an account by the provider. */
async function withMira(
  p: TestProvider,
  t: TestDatabase,
): Promise<{ site: ReturnType<typeof pages>; browser: Visitor }> {
  await openSignUps(t)
  p.accounts.set('mira', mira)
  const site = pages(t.app)
  const browser = visitor(site)
  await signUpBy(p, browser, 'mira')
  return { site, browser }
}

/** Comes by the provider, and expects to be let in nowhere. */
async function expectRefusal(
  p: TestProvider,
  t: TestDatabase,
  site: ReturnType<typeof pages>,
  status = 422,
  why = '',
): Promise<void> {
  const before = await countOf(t, sessions)
  const browser = visitor(site)
  const came = await comeBy(p, browser, 'mira')
  expect(came.status, why).toBe(status)
  expect(came.html).toContain('href="/login"')
  expect(await countOf(t, sessions)).toBe(before)
  expect((await browser.get('/settings/account')).status).toBe(303)
}

const seconds = (ago: number) => Math.floor(Date.now() / 1_000) - ago

/** Ways in which an ID token is not what it should be. */
const wrongTokens: [what: string, (p: TestProvider) => void][] = [
  ['another issuer', (p) => p.bendIdToken((claims) => (claims['iss'] = 'https://other.test'))],
  ['another nonce', (p) => p.bendIdToken((claims) => (claims['nonce'] = 'another'))],
  ['no nonce', (p) => p.bendIdToken((claims) => delete claims['nonce'])],
  ['another audience', (p) => p.bendIdToken((claims) => (claims['aud'] = 'another'))],
  ['a further audience', (p) => p.bendIdToken((claims) => (claims['aud'] = ['pipit', 'another']))],
  ['another party', (p) => p.bendIdToken((c) => Object.assign(c, { aud: ['pipit', 'another'], azp: 'another' }))],
  ['an end in the past', (p) => p.bendIdToken((c) => Object.assign(c, { iat: seconds(700), exp: seconds(100) }))],
  ['a beginning in the future', (p) => p.bendIdToken((claims) => (claims['nbf'] = seconds(-600)))],
  ['another access token', (p) => p.bendIdToken((claims) => (claims['at_hash'] = 'AAAAAAAAAAAAAAAAAAAAAA'))],
  ['no subject', (p) => p.bendIdToken((claims) => delete claims['sub'])],
  ['a subject that is a number', (p) => p.bendIdToken((claims) => (claims['sub'] = 1))],
  ['an empty subject', (p) => p.bendIdToken((claims) => (claims['sub'] = ''))],
  ['a subject with NUL', (p) => p.bendIdToken((claims) => (claims['sub'] = 'a\0b'))],
  ['a key that is not the provider’s', (p) => p.bendIdToken(() => {}, 'stranger')],
  ['no signature', (p) => p.bendIdToken(() => {}, 'nobody')],
]

test('an ID token that is not wholly right lets nobody in', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  for (const [what, bend] of wrongTokens) {
    bend(p)
    await expectRefusal(p, t, site, 422, what)
  }
  // Signed again without a change, as all of those were.
  p.bendIdToken(() => {})
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303, location: '/' })
})

test('userinfo about somebody else lets nobody in', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  p.bendUserinfo((claims) => (claims['sub'] = 'olga'))
  await expectRefusal(p, t, site)
  p.bendUserinfo(() => {})
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303, location: '/' })
})

test('the answer must name its issuer, and the right one', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  for (const change of [/&iss=[^&]*/, /iss=[^&]*/]) {
    const browser = visitor(site)
    const back = await goTo(p, browser, 'mira')
    expect(back).toContain('&iss=')
    const other = back.replace(change, change.source.startsWith('&') ? '' : 'iss=https%3A%2F%2Fother.test')
    expect((await browser.get(other)).status).toBe(422)
    // It was spent by that.
    expect((await browser.get(back)).status).toBe(422)
  }
  const twice = visitor(site)
  expect((await twice.get(`${await goTo(p, twice, 'mira')}&code=another`)).status).toBe(422)
})

test('metadata of another issuer are refused', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  p.bend('/.well-known/openid-configuration', (answer) => {
    answer.body = Buffer.from(answer.body.toString().replace(`"issuer":"${p.issuer}"`, '"issuer":"https://other.test"'))
  })
  expect((await visitor(pages(t.app)).get('/login/acme')).status).toBe(422)
})

test('metadata can’t lead browsers away from TLS, or to a script', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  for (const url of ['http://elsewhere.test/auth', 'javascript:alert(1)', 'nonsense']) {
    p.bend('/.well-known/openid-configuration', (answer) => {
      answer.body = Buffer.from(
        JSON.stringify({ ...(JSON.parse(answer.body.toString()) as Claims), authorization_endpoint: url }),
      )
    })
    const app = { ...t.app, db: Object.create(t.db) as typeof t.db }
    const { status, location } = await visitor(pages(app)).get('/login/acme')
    expect({ status, location }).toEqual({ status: 422, location: null })
  }
})

test('a stolen state opens nothing: neither the victim’s in the thief’s browser nor the thief’s in the victim’s', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  p.accounts.set('thief', { ...mira, email: 'thief@mail.test' })
  const [victim, thief] = [visitor(site), visitor(site, '192.0.2.66')]
  const ofVictim = await goTo(p, victim, 'mira')
  expect((await thief.get(ofVictim)).status).toBe(422)
  expect((await thief.get('/settings/account')).status).toBe(303)
  const ofThief = await goTo(p, thief, 'thief')
  expect((await visitor(site).get(ofThief)).status).toBe(422)
  expect((await victim.get(ofThief)).status).toBe(422)
  // Neither was spent by the other browser.
  expect(await victim.get(ofVictim)).toMatchObject({ status: 303, location: '/' })
})

test('a code of another browser’s flow is not taken, although its state is right', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  const [victim, thief] = [visitor(site), visitor(site, '192.0.2.66')]
  const stolen = new URL(await goTo(p, victim, 'mira'), p.issuer)
  const { location } = await thief.get('/login/acme')
  stolen.searchParams.set('state', new URL(location ?? '').searchParams.get('state') ?? '')
  expect((await thief.get(`${stolen.pathname}${stolen.search}`)).status).toBe(422)
  expect((await thief.get('/settings/account')).status).toBe(303)
})

test('an answer to one provider is not taken for that of another', async () => {
  await using honest = await openProvider()
  await using other = await openProvider({ names: ['other'] })
  await using t = await database({ ...honest.env(), ...other.env({}, 'OTHER') })
  const { site } = await withMira(honest, t)
  other.accounts.set('mira', mira)
  const browser = visitor(site)
  const back = await goTo(honest, browser, 'mira')
  const before = other.asked.length
  expect((await browser.get(back.replace('/login/acme/', '/login/other/'))).status).toBe(422)
  expect(other.asked.slice(before)).toEqual([])
  // The same subject of another issuer is somebody else.
  const stranger = visitor(site)
  const state = await comeFirst(other, stranger, 'mira', '/login/other')
  expect((await stranger.get(`/login/join?state=${state}`)).html).toContain('has an account here already')
})

test('a callback works once, also when it comes twice at the same moment', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  const browser = visitor(site)
  const back = await goTo(p, browser, 'mira')
  const answers = await Promise.all([browser.get(back), browser.get(back)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422])
  expect((await browser.get(back)).status).toBe(422)
  expect((await visitor(site).get('/login/acme/callback')).status).toBe(422)
  expect((await visitor(site).get('/login/nobody/callback?code=a&state=b')).status).toBe(404)
})

test('an unverified address of somebody else opens nothing, and reveals nothing', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  const id = await localAccount(t, 'mira')
  const site = pages(t.app)
  const shown = async (login: string, claims: Claims) => {
    p.accounts.set(login, claims)
    const browser = visitor(site, `192.0.2.${p.accounts.size}`)
    const state = await comeFirst(p, browser, login)
    const { html } = await browser.get(`/login/join?state=${state}`)
    const forms = html.replace(/name="form_token" value="[^"]*"/g, '').replaceAll(state, 'STATE')
    const made = await browser.post('/login/join', {
      how: 'new',
      state,
      username: login,
      email: String(claims['email']),
      agreement: '1',
    })
    const start = (await browser.get('/')).html.replace(/name="form_token" value="[^"]*"/g, '')
    return { forms, made: [made.status, made.location], start }
  }
  for (const email_verified of [false, 'true', undefined]) {
    const [taken, free] = [`t${String(email_verified)}`, `f${String(email_verified)}`]
    const known = await shown(taken, { email: 'mira@mail.test', email_verified, preferred_username: 'x' })
    const unknown = await shown(free, { email: 'nobody@mail.test', email_verified, preferred_username: 'x' })
    const same = (text: string) => text.replaceAll('nobody@', 'mira@').replaceAll(free, taken)
    expect(known.forms).toBe(same(unknown.forms))
    expect(known.made).toEqual(unknown.made)
    expect(known.start).toBe(same(unknown.start))
  }
  expect(await t.db.select().from(identities).where(eq(identities.accountId, id))).toEqual([])
  const [holder] = await t.db.select().from(users).where(eq(users.accountId, id))
  expect(holder).toMatchObject({ email: 'mira@mail.test' })
})

test('userinfo can’t lend the verification of one address to another', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('thief', { email: 'thief@mail.test' })
  p.bendIdToken((claims) => Object.assign(claims, { email: 'own@mail.test', email_verified: true }))
  const browser = visitor(pages(t.app))
  const state = await comeFirst(p, browser, 'thief')
  expect((await browser.get(`/login/join?state=${state}`)).html).toContain('name="email"')
})

test('a verified address alone joins no account: passwords are counted, and belong to a state and its browser', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  await localAccount(t, 'mira')
  p.accounts.set('m', mira)
  const site = pages(t.app)
  const browser = visitor(site)
  const state = await comeFirst(p, browser, 'm')
  const fields = { how: 'password', state, login: 'mira', password }
  expect((await visitor(site).post('/login/join', fields)).status).toBe(422)
  expect((await browser.post('/login/join', { ...fields, state: `${state}x` })).status).toBe(422)
  const made = await browser.post('/login/join', { how: 'new', state, username: 'mira2', agreement: '1', email: '' })
  expect(made.status).toBe(422)
  for (let i = 0; i < 5; i++) await browser.post('/login/join', { ...fields, password: 'wrong password' })
  expect((await browser.post('/login/join', fields)).status).toBe(422)
  expect(await countOf(t, identities)).toBe(0)
})

test('a mailed link joins nothing in another browser, so that nobody lets a stranger in who asked for it', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const id = await localAccount(t, 'mira')
  p.accounts.set('thief', { ...mira, email: 'thief@mail.test' })
  const site = pages(t.app)
  const thief = visitor(site, '192.0.2.66')
  const state = await comeFirst(p, thief, 'thief')
  const ask = (login: string) => thief.post('/login/join', { how: 'mail', state, login })
  const [known, unknown] = [await ask('mira'), await ask('nobody')]
  const without = (html: string) => html.replace(/name="form_token" value="[^"]*"/g, '')
  expect(without(known.html)).toBe(without(unknown.html))
  const { secret } = (await t.db.transaction((tx) => newJoinToken(tx, t.app, id)))!
  const victim = visitor(site)
  await victim.get('/login/acme')
  expect((await victim.get(`/login/join/mail?token=${secret}`)).status).toBe(422)
  expect((await victim.post('/login/join/mail', { token: secret })).status).toBe(422)
  expect(await countOf(t, identities)).toBe(0)
  // A later request makes an earlier link invalid; a changed address all of them.
  await ask('mira')
  const { secret: later } = (await t.db.transaction((tx) => newJoinToken(tx, t.app, id)))!
  expect((await thief.post('/login/join/mail', { token: secret })).status).toBe(422)
  await t.db.update(users).set({ email: 'new@mail.test' })
  expect((await thief.post('/login/join/mail', { token: later })).status).toBe(422)
  expect(await countOf(t, identities)).toBe(0)
})

test('whoever signed up with somebody’s address before has no way in after its holder joined the account', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  const site = pages(t.app)
  const squatter = visitor(site, '192.0.2.66')
  await squatter.post('/signup', { username: 'squatter', email: 'mira@mail.test', password })
  await squatter.logIn('squatter', password)
  p.accounts.set('mira', mira)
  const browser = visitor(site)
  const state = await comeFirst(p, browser, 'mira')
  await browser.post('/login/join', { how: 'mail', state, login: 'mira@mail.test' })
  const [{ accountId }] = (await t.db.select({ accountId: users.accountId }).from(users)) as [{ accountId: never }]
  const { secret } = (await t.db.transaction((tx) => newJoinToken(tx, t.app, accountId)))!
  expect(await browser.post('/login/join/mail', { token: secret })).toMatchObject({ status: 303 })
  expect((await browser.get('/settings/account')).status).toBe(200)
  expect((await squatter.get('/settings/account')).status).toBe(303)
  expect((await visitor(site).logIn('squatter', password)).status).toBe(422)
})

test('whoever signed up by a provider with somebody’s address before has no way in after its holder came', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  const site = pages(t.app)
  const [squatter, holder] = [visitor(site, '192.0.2.66'), visitor(site)]
  const accountOf = async (email: string) => {
    const [user] = await t.db.select({ accountId: users.accountId }).from(users).where(eq(users.email, email))
    return user!.accountId
  }
  const squat = async (login: string, email: string) => {
    p.accounts.set(login, { email: `${login}@evil.test`, email_verified: false })
    expect(await signUpBy(p, squatter, login, { email })).toMatchObject({ status: 303 })
    return accountOf(email)
  }

  // The holder joins by their own account of the provider.
  const joined = await squat('squatter', 'mira@mail.test')
  p.accounts.set('mira', mira)
  const state = await comeFirst(p, holder, 'mira')
  await holder.post('/login/join', { how: 'mail', state, login: 'mira@mail.test' })
  const { secret } = (await t.db.transaction((tx) => newJoinToken(tx, t.app, joined)))!
  expect(await holder.post('/login/join/mail', { token: secret })).toMatchObject({ status: 303 })
  const linked = await t.db.select().from(identities).where(eq(identities.accountId, joined))
  expect(linked.map(({ label }) => label)).toEqual(['mira@mail.test'])

  // Another one chooses a password by the link that is mailed to them.
  const reset = await squat('lurker', 'olga@mail.test')
  const link = await t.db.transaction((tx) => newMailToken(tx, reset, 'reset'))
  expect((await visitor(site).post('/reset', { token: link!.secret, password: 'the holder’s own' })).status).toBe(200)
  expect(await t.db.select().from(identities).where(eq(identities.accountId, reset))).toEqual([])

  for (const login of ['squatter', 'lurker']) {
    const again = visitor(site, '192.0.2.66')
    expect((await comeBy(p, again, login)).location).toMatch(/^\/login\/join\?state=/)
    expect((await again.get('/settings/account')).status).toBe(303)
  }
})

test('one factor of an account with two adds no other way to replace it, and changes no role', async () => {
  for (const OIDC_ONLY of ['false', 'true']) {
    await using p = await openProvider()
    await using t = await database({ ...p.env(), OIDC_ONLY, OIDC_ACME_ROLES: 'moderator=mods' })
    const id = await localAccount(t, 'mira', { role: 'admin' })
    const { secret: authenticator } = await giveAuthenticator(t, id)
    p.accounts.set('thief', { ...mira, email: 'thief@mail.test' })
    const site = pages(t.app)
    const thief = visitor(site, '192.0.2.66')
    // Where people log in by a provider only, the page of the log-in has no form.
    const post = async (who: Visitor, path: string, fields: Record<string, string>) => {
      const form_token = /name="form_token" value="([^"]+)"/.exec((await who.get('/login/owner')).html)?.[1] ?? ''
      return who.post(path, { ...fields, form_token })
    }
    const asked = /^\/login\/factor\?state=(.*)/
    const expectNothing = async () => {
      expect(await countOf(t, identities)).toBe(0)
      expect(await t.db.select({ role: users.role }).from(users)).toEqual([{ role: 'admin' }])
      expect((await thief.get('/settings/account')).status).toBe(303)
    }
    const byPassword = { how: 'password', state: await comeFirst(p, thief, 'thief'), login: 'mira', password }
    const { location } = await post(thief, '/login/join', byPassword)
    expect(location).toMatch(asked)
    await expectNothing()
    const state = asked.exec(location ?? '')?.[1] ?? ''
    expect((await post(thief, '/login/factor', { state, code: 'abcde-fghij' })).status).toBe(422)
    await post(thief, '/login/join', { how: 'mail', state: await comeFirst(p, thief, 'thief'), login: 'mira' })
    const { secret } = (await t.db.transaction((tx) => newJoinToken(tx, t.app, id)))!
    expect((await post(thief, '/login/join/mail', { token: secret })).location).toMatch(asked)
    await expectNothing()

    // The owner passes the step.
    p.accounts.set('mira', mira)
    const owner = visitor(site)
    const own = { ...byPassword, state: await comeFirst(p, owner, 'mira') }
    const step = asked.exec((await post(owner, '/login/join', own)).location ?? '')?.[1] ?? ''
    const passed = await post(owner, '/login/factor', { state: step, code: codeOf(authenticator) })
    expect(passed).toMatchObject({ status: 303, location: '/' })
    expect(await t.db.select().from(identities)).toMatchObject([{ accountId: id, subject: 'mira' }])
    expect(await t.db.select({ role: users.role }).from(users)).toEqual([{ role: 'user' }])
    expect((await owner.get('/settings/account')).status).toBe(200)
    const [session] = await t.db.select({ identityId: sessions.identityId }).from(sessions)
    expect(session?.identityId).not.toBeNull()
  }
})

test('linking is begun by a form of this site alone, and ends in the session in which it began', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await localAccount(t, 'mira')
  await localAccount(t, 'nils')
  p.accounts.set('thief', { ...mira, email: 'thief@mail.test' })
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('mira', password)
  expect((await browser.get('/settings/providers/acme/link')).status).toBe(404)
  expect((await browser.post('/settings/providers/acme/link', { form_token: 'x' })).status).toBe(403)
  const cross = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.test' }
  expect((await browser.post('/settings/providers/acme/link', {}, cross)).status).toBe(403)
  // A link for purposes that only a form may begin is an ordinary sign-in.
  expect((await comeBy(p, browser, 'thief', '/login/acme?purpose=link')).location).toMatch(/^\/login\/join/)
  const begin = async () => {
    const { location } = await browser.post('/settings/providers/acme/link')
    return p.person().logIn(location ?? '', 'thief')
  }
  const back = await begin()
  await browser.logIn('nils', password)
  expect((await browser.get(back)).status).toBe(422)
  expect(await countOf(t, identities)).toBe(0)
})

test('a provider’s account that belongs to somebody here can’t be linked by others', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  await localAccount(t, 'nils')
  const browser = visitor(site)
  await browser.logIn('nils', password)
  const { location } = await browser.post('/settings/providers/acme/link')
  const came = await browser.get(await p.person().logIn(location ?? '', 'mira'))
  expect(came.status).toBe(409)
  expect(came.html).toContain('belongs to somebody else here')
  const [own] = await t.db.select().from(identities)
  expect((await browser.post(`/settings/providers/${own!.id}/unlink`)).status).toBe(404)
  expect(await countOf(t, identities)).toBe(1)
})

test('linking and unlinking need a recent proof', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { browser } = await withMira(p, t)
  const [own] = await t.db.select().from(identities)
  await t.db.update(sessions).set({ provedAt: sql`now() - interval '11 minutes'` })
  for (const path of ['/settings/providers/acme/link', `/settings/providers/${own!.id}/unlink`])
    expect((await browser.post(path)).location).toMatch(/^\/prove\?/)
  expect(await countOf(t, identities)).toBe(1)
})

test('new keys of the provider are taken at once, and withdrawn ones no more', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  p.rotateKeys()
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303, location: '/' })
  let old = ''
  p.bend('/jwks', (answer) => void (old = answer.body.toString()))
  await comeBy(p, visitor(site), 'mira')
  p.rotateKeys()
  // A token of the new keys, while the provider still tells the old ones: nothing was kept that would vouch for it.
  p.bend('/jwks', (answer) => (answer.body = Buffer.from(old)))
  await expectRefusal(p, t, site)
})

/** Ways in which a provider breaks in the middle of a sign-in. */
const breakdowns: [what: string, (p: TestProvider) => void][] = [
  ['breaks off', (p) => p.bend('/token', null)],
  [
    'has an error',
    (p) => p.bend('/token', (answer) => Object.assign(answer, { status: 500, body: Buffer.from('Oh') })),
  ],
  ['answers no JSON', (p) => p.bend('/token', (answer) => (answer.body = Buffer.from('<html>')))],
  ['answers far too much', (p) => p.bend('/token', (answer) => (answer.body = Buffer.alloc(1_000_000, ' ')))],
  ['tells no keys', (p) => p.bend('/jwks', null)],
  ['tells far too many keys', (p) => p.bend('/jwks', (answer) => (answer.body = Buffer.alloc(1_000_000, ' ')))],
  ['has no userinfo', (p) => p.bend('/me', null)],
  ['redirects', (p) => p.bend('/jwks', (a) => Object.assign(a, { status: 302, headers: { location: '/other' } }))],
]

test('a provider that breaks down in the middle lets nobody in, and changes nothing', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  for (const [what, bend] of breakdowns) {
    bend(p)
    await expectRefusal(p, t, site, 503, what)
    p.straighten()
  }
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303, location: '/' })
})

test('a provider that is down is said to be so, and the way there works when it is back', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const site = pages(t.app)
  const browser = visitor(site)
  for (const how of [null, (answer: { body: Buffer }) => void (answer.body = Buffer.alloc(1_000_000, ' '))]) {
    p.bend('/.well-known/openid-configuration', how)
    const away = await browser.get('/login/acme?return_to=/search')
    expect(away.status).toBe(503)
    expect(away.html).toContain('Acme does not answer')
    expect(away.html).toContain('href="/login?return_to=%2Fsearch"')
  }
  p.straighten()
  expect((await browser.get('/login/acme')).status).toBe(303)
})

test('a provider that hangs is given up after some seconds', { timeout: 60_000 }, async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  p.bend('/.well-known/openid-configuration', 'hang')
  const before = Date.now()
  expect((await visitor(pages(t.app)).get('/login/acme')).status).toBe(503)
  expect(Date.now() - before).toBeGreaterThan(7_000)
})

test('a person who declines at the provider is told so', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const browser = visitor(pages(t.app))
  const state = new URL((await browser.get('/login/acme')).location ?? '').searchParams.get('state') ?? ''
  const back = new URLSearchParams({ error: 'access_denied', state, iss: p.issuer })
  const declined = await browser.get(`/login/acme/callback?${back}`)
  expect(declined.status).toBe(422)
  expect(declined.html).toContain('or you declined')
})

test('only people with a verified address of the right domain may come', async () => {
  await using p = await openProvider()
  await using t = await database(p.env({ DOMAINS: 'mail.test' }))
  const { site } = await withMira(p, t)
  for (const claims of [
    { email: 'mira@elsewhere.test', email_verified: true },
    { email: 'mira@mail.test', email_verified: false },
    { email: 'mira@mail.test.elsewhere.test', email_verified: true },
    { email: 'elsewhere.test@mail.test@elsewhere.test', email_verified: true },
    {},
  ]) {
    p.accounts.set('mira', claims)
    await expectRefusal(p, t, site, 403)
  }
  p.accounts.set('mira', { email: 'Mira@MAIL.test', email_verified: true })
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303 })
})

test('only people of the right group may come, and no longer than they are in it', async () => {
  await using p = await openProvider()
  await using t = await database(p.env({ GROUPS: 'staff, friends' }))
  const { site } = await withMira(p, t).catch(() => ({ site: pages(t.app) }))
  expect(await countOf(t, identities)).toBe(0)
  p.accounts.set('mira', { ...mira, groups: ['friends'] })
  await signUpBy(p, visitor(site), 'mira')
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303 })
  for (const groups of [['Friends', 'friends2'], 'staff, friends', { friends: true }, null]) {
    p.accounts.set('mira', { ...mira, groups })
    await expectRefusal(p, t, site, 403)
  }
})

test('nobody comes by a provider into an account that was closed', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  await t.db.update(users).set({ disabledAt: sql`now()` })
  await expectRefusal(p, t, site, 403)
  await t.db.update(users).set({ disabledAt: null })
  await t.db.update(accounts).set({ suspendedAt: sql`now()` })
  await expectRefusal(p, t, site, 403)
  await t.db.update(accounts).set({ suspendedAt: null })
  expect(await comeBy(p, visitor(site), 'mira')).toMatchObject({ status: 303, location: '/' })
})

test('a way back leads nowhere else', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site } = await withMira(p, t)
  for (const wanted of ['//evil.test/', 'https://evil.test/', '/\\evil.test']) {
    const path = `/login/acme?${new URLSearchParams({ return_to: wanted })}`
    expect((await comeBy(p, visitor(site), 'mira', path)).location).toBe('/')
  }
})

test('a session has a new secret after a sign-in by a provider, and the old one is over', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site, browser } = await withMira(p, t)
  const planted = browser.cookies.get('__Host-pipit')!
  await comeBy(p, browser, 'mira')
  const other = visitor(site)
  other.cookies.set('__Host-pipit', planted)
  expect((await other.get('/settings/account')).status).toBe(303)
  expect((await browser.get('/')).html).toContain('@mira')
})

test('only by the provider: no password but the owner’s opens anything, and nothing tells that it was right', async () => {
  await using p = await openProvider()
  await using t = await database({ ...p.env(), OIDC_ONLY: 'true' })
  await openSignUps(t)
  const olga = await localAccount(t, 'olga', { role: 'owner' })
  const admin = await localAccount(t, 'anna', { role: 'admin' })
  p.accounts.set('mira', mira)
  const site = pages(t.app)
  const browser = visitor(site)
  const post = async (path: string, fields: Record<string, string>, one = browser) => {
    const [, form_token = ''] = /name="form_token" value="([^"]+)"/.exec((await one.get('/login/owner')).html) ?? []
    return one.post(path, { form_token, ...fields })
  }
  const page = await browser.get('/login?return_to=/search')
  expect(page.html).not.toContain('name="password"')
  expect(page.html).toContain('href="/login/owner?return_to=%2Fsearch"')
  const shown = (html: string) => html.replace(/name="form_token" value="[^"]*"/g, '')
  const right = await post('/login', { login: 'anna', password })
  const wrong = await post('/login', { login: 'anna', password: 'wrong password' })
  expect(right.status).toBe(422)
  expect(shown(right.html)).toBe(shown(wrong.html))
  // Nor does it by what is counted: a right one counts, too.
  const tries = visitor(site, '192.0.2.77')
  const statuses = []
  for (let i = 0; i < 11; i++) statuses.push((await post('/login', { login: 'anna', password }, tries)).status)
  expect(statuses).toEqual([...Array<number>(10).fill(422), 429])
  await expect(signIn(t.app, admin, clientAt(), 'passkey')).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(signIn(t.app, olga, clientAt(), 'passkey')).resolves.toBeDefined()
  expect(await post('/login', { login: 'olga', password, return_to: '/search' }, visitor(site))).toMatchObject({
    status: 303,
    location: '/search',
  })

  expect((await browser.get('/signup')).html).toContain('href="/login/acme"')
  expect((await post('/signup', { username: 'new', email: 'new@mail.test', password })).status).toBe(403)
  await post('/password', { email: 'anna@mail.test' })
  expect(await t.jobPayloads('account-mail')).toEqual([])
  await post('/password', { email: 'olga@mail.test' })
  expect(await t.jobPayloads('account-mail')).toEqual([{ accountId: olga, about: 'reset' }])

  // An account from before joins by its password, and logs in by the provider from then on.
  const state = await comeFirst(p, browser, 'mira')
  expect(await post('/login/join', { how: 'password', state, login: 'anna', password })).toMatchObject({ status: 303 })
  expect((await browser.get('/settings/account')).html).toContain('/settings/password')
  // A password is no way in here.
  const [own] = await t.db.select().from(identities)
  expect((await browser.post(`/settings/providers/${own!.id}/unlink`)).status).toBe(422)
})

test('a sign-in that waits for its second factor ends when the provider’s account is unlinked', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const { site, browser } = await withMira(p, t)
  await t.db.update(users).set({ secondFactorSince: sql`now()`, passwordHash: 'some' })
  const thief = visitor(site, '192.0.2.66')
  const { location } = await comeBy(p, thief, 'mira')
  expect((await thief.get(location ?? '')).status).toBe(200)
  const [own] = await t.db.select().from(identities)
  expect((await browser.post(`/settings/providers/${own!.id}/unlink`)).status).toBe(303)
  expect((await thief.get(location ?? '')).status).not.toBe(200)
})

test('starts of sign-ins are limited for an address', async () => {
  await using p = await openProvider()
  await using t = await database({ ...p.env(), RATE_LIMIT_FACTOR: '0.05' })
  const site = pages(t.app)
  for (let i = 0; i < 3; i++) expect((await visitor(site).get('/login/acme')).status).toBe(303)
  expect((await visitor(site).get('/login/acme')).status).toBe(429)
  expect((await visitor(site, '192.0.2.2').get('/login/acme')).status).toBe(303)
})
