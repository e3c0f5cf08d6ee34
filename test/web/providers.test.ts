/** Signing in by an OpenID provider that does what it should; `hostile-providers.test.ts` has the others. */
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { newJoinToken } from '#src/accounts/providers/join.ts'
import { provingProviders } from '#src/accounts/providers/proving.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { identities, sessions, users } from '#src/platform/db/schema/accounts.ts'
import { securityEvents } from '#src/platform/db/schema/security.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { openProvider } from '../oidc/provider.ts'
import { comeBy, comeFirst, goTo, signUpBy } from '../oidc/visit.ts'
import { visitor } from './visitor.ts'

const mira = { email: 'mira@mail.test', email_verified: true, preferred_username: 'Mira.B' }

const userOf = async (t: TestDatabase, username: string) =>
  (
    await t.db.execute<{ id: AccountId; email: string; role: string; confirmed: boolean; approved: boolean }>(sql`
      select a.id, u.email, u.role, u.confirmed_at is not null as confirmed, u.approved_at is not null as approved
      from users u join accounts a on a.id = u.account_id where a.username = ${username}`)
  ).rows[0]
const kindsOf = async (t: TestDatabase, accountId: AccountId) =>
  (await t.db.select().from(securityEvents).where(eq(securityEvents.accountId, accountId))).map(({ kind }) => kind)

test('a first sign-in makes an account with the verified address and a chosen name; the next one logs in', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  p.accounts.set('mira', mira)
  const site = pages(t.app)
  const browser = visitor(site)
  expect((await browser.get('/login?return_to=/search')).html).toContain('href="/login/acme?return_to=%2Fsearch"')
  const state = await comeFirst(p, browser, 'mira', '/login/acme?return_to=/search')
  const page = await browser.get(`/login/join?state=${state}`)
  expect(page.html).toContain('value="mira_b"')
  expect(page.html).toContain('mira@mail.test')
  expect(page.html).not.toContain('name="email"')

  const fields = { how: 'new', state, username: 'mira', email: 'other@mail.test' }
  const disagrees = await browser.post('/login/join', fields)
  expect(disagrees.status).toBe(422)
  expect(disagrees.html).toContain('must be accepted')
  const reserved = await browser.post('/login/join', { ...fields, username: 'admin', agreement: '1' })
  expect(reserved.html).toContain('is reserved')
  expect(await browser.post('/login/join', { ...fields, agreement: '1' })).toMatchObject({
    status: 303,
    location: '/search',
  })
  expect((await browser.get('/')).html).toContain('@mira')
  expect(await userOf(t, 'mira')).toMatchObject({
    email: 'mira@mail.test',
    confirmed: true,
    approved: true,
    role: 'user',
  })
  expect((await browser.post('/login/join', { ...fields, username: 'mira2', agreement: '1' })).status).toBe(422)

  const again = visitor(site)
  expect(await comeBy(p, again, 'mira')).toMatchObject({ status: 303, location: '/' })
  expect((await again.get('/')).html).toContain('@mira')
  expect((await again.get('/settings/sessions')).html).toMatch(/Logged in .* by Acme/)
  // There is no password, so none opens the account.
  expect((await visitor(site).logIn('mira', '')).status).toBe(422)
  const { id } = (await userOf(t, 'mira'))!
  expect((await kindsOf(t, id)).slice(0, 2)).toEqual(['signedIn', 'signedInFromNewDevice'])
  const [session] = await t.db.select().from(sessions)
  expect(session?.idToken && t.app.secrets.unseal(session.idToken)).toMatch(/^ey/)
})

test('an address that the provider has not verified is confirmed as usual', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', { ...mira, email_verified: false })
  const browser = visitor(pages(t.app))
  const refused = await signUpBy(p, browser, 'mira', { email: 'nowhere' })
  expect(refused.html).toContain('is not a mail address')
  await signUpBy(p, browser, 'mira', { email: 'typed@mail.test' })
  expect(await userOf(t, 'mira')).toMatchObject({ email: 'typed@mail.test', confirmed: false })
  expect(await t.jobs()).toEqual(['account-mail'])
  expect((await browser.get('/')).html).toContain('Confirm your mail address')
})

test('sign-ups by a provider follow the mode of the instance, unless the provider’s people always get in', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  for (const name of ['mira', 'nils', 'otto', 'pia']) p.accounts.set(name, { ...mira, email: `${name}@mail.test` })
  const site = pages(t.app)
  const closed = await signUpBy(p, visitor(site), 'mira')
  expect(closed.status).toBe(403)
  expect(closed.html).toContain('No new accounts')
  expect(await userOf(t, 'mira')).toBeUndefined()
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'invitation' }))
  expect((await signUpBy(p, visitor(site), 'nils')).status).toBe(403)
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'approval' }))
  expect((await signUpBy(p, visitor(site), 'otto')).html).toContain('Please look at the marked fields')
  await signUpBy(p, visitor(site), 'otto', { reason: 'To talk' })
  expect(await userOf(t, 'otto')).toMatchObject({ approved: false, confirmed: true })

  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'closed' }))
  const app = {
    ...t.app,
    config: { ...t.app.config, providers: [{ ...t.app.config.providers[0]!, signsUpAlways: true }] },
  }
  await signUpBy(p, visitor(pages(app)), 'pia')
  expect(await userOf(t, 'pia')).toMatchObject({ approved: true })
})

test('a first sign-in by invitation uses it up; a minimum age holds for people of providers, too', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const olga = await localAccount(t, 'olga', { role: 'owner' })
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'invitation', minAge: 16 }))
  const input = { maxUses: 1, days: 7, follows: true, note: '' }
  const { code } = await makeInvite(t.app, { accountId: olga, role: 'owner' }, input)
  for (const name of ['mira', 'nils']) p.accounts.set(name, { ...mira, email: `${name}@mail.test` })
  const site = pages(t.app)
  const browser = visitor(site)
  const invitation = (await browser.get(`/invite/${code}`)).html
  const path = /href="(\/login\/acme[^"]*)"/.exec(invitation)?.[1]?.replaceAll('&amp;', '&')
  const state = await comeFirst(p, browser, 'mira', path)
  const first = (await browser.get(`/login/join?state=${state}`)).html
  expect(first).toContain('invites you to join')
  expect(first).toContain('You will follow')
  const late = visitor(site)
  const lateState = await comeFirst(p, late, 'nils', path)
  const fields = { how: 'new', username: 'mira', state }
  expect((await browser.post('/login/join', fields)).status).toBe(422)
  const young = `${new Date().getUTCFullYear() - 10}-01-01`
  expect((await browser.post('/login/join', { ...fields, date_of_birth: young })).status).toBe(422)
  expect(await browser.post('/login/join', { ...fields, date_of_birth: '1990-01-01' })).toMatchObject({
    status: 303,
    location: '/',
  })
  const [user] = await t.db.select().from(users).where(eq(users.email, 'mira@mail.test'))
  expect(user).toMatchObject({ inviteId: expect.any(String), ageConfirmedAt: expect.any(Date) })
  expect(await t.jobs()).toContain('follow-inviter')
  const used = await late.post('/login/join', {
    how: 'new',
    username: 'nils',
    state: lateState,
    date_of_birth: '1990-01-01',
  })
  expect(used.status).toBe(403)
  expect(await userOf(t, 'nils')).toBeUndefined()
})

test('a first sign-in joins an account by its password, and logs in from then on', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const id = await localAccount(t, 'mira')
  p.accounts.set('m', mira)
  const site = pages(t.app)
  const browser = visitor(site)
  const state = await comeFirst(p, browser, 'm', '/login/acme?return_to=/explore')
  expect((await browser.get(`/login/join?state=${state}`)).html).toContain('mira@mail.test has an account here already')
  const wrong = await browser.post('/login/join', { how: 'password', state, login: 'mira', password: 'wrong password' })
  expect(wrong.status).toBe(422)
  expect(await browser.post('/login/join', { how: 'password', state, login: 'mira', password })).toMatchObject({
    status: 303,
    location: '/explore',
  })
  expect((await t.db.select().from(identities))[0]?.lastUsedAt).not.toBeNull()
  expect(await comeBy(p, visitor(site), 'm')).toMatchObject({ status: 303, location: '/' })
  expect(await kindsOf(t, id)).toContain('identityLinked')
  expect(await t.jobs()).toContain('security-mail')
})

test('a first sign-in joins an account by a mailed link', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const id = await localAccount(t, 'mira')
  p.accounts.set('m', { ...mira, email_verified: false })
  const browser = visitor(pages(t.app))
  const state = await comeFirst(p, browser, 'm')
  const sent = await browser.post('/login/join', { how: 'mail', state, login: 'mira' })
  expect(sent.html).toContain('a link is on its way')
  // The browser keeps the cookie that the link is bound to as long as the link is good for, however old the cookie is.
  expect(sent.headers.getSetCookie().join()).toMatch(/__Host-pipit-sign-in=[\w-]{43}; Max-Age=3600/)
  expect(await t.jobPayloads('account-mail')).toEqual([{ accountId: id, about: 'join' }])
  const mail = (await t.db.transaction((tx) => newJoinToken(tx, t.app, id)))!
  expect(mail).toMatchObject({ email: 'mira@mail.test', username: 'mira', provider: 'Acme', label: 'mira@mail.test' })
  expect((await browser.get(`/login/join/mail?token=${mail.secret}`)).html).toContain('logs in to @mira')
  expect(await t.db.select().from(identities)).toEqual([])
  expect(await browser.post('/login/join/mail', { token: mail.secret })).toMatchObject({ status: 303, location: '/' })
  expect((await browser.get('/')).html).toContain('@mira')
  expect(await t.db.select().from(identities)).toMatchObject([{ accountId: id, subject: 'm' }])
})

test('people link and unlink providers in their settings, but never lose their last way in', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  const id = await localAccount(t, 'mira')
  p.accounts.set('m', mira)
  p.accounts.set('n', { ...mira, email: 'n@mail.test' })
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('mira', password)
  const link = async (login: string) => {
    const { location } = await browser.post('/settings/providers/acme/link')
    return browser.get(await p.person().logIn(location ?? '', login))
  }
  expect(await link('m')).toMatchObject({ status: 303, location: '/settings/providers?done=linked' })
  expect(await link('m')).toMatchObject({ status: 303 })
  const page = await browser.get('/settings/providers?done=linked')
  expect(page.html).toContain('mira@mail.test')
  expect(page.headers.get('Content-Security-Policy')).not.toContain('form-action')
  expect((await kindsOf(t, id)).filter((kind) => kind === 'identityLinked')).toHaveLength(1)

  // Sessions that came by the provider end with the link.
  const other = visitor(site)
  await comeBy(p, other, 'm')
  expect((await other.get('/settings/account')).status).toBe(200)
  const [first] = await t.db.select().from(identities)
  expect(await browser.post(`/settings/providers/${first!.id}/unlink`)).toMatchObject({ status: 303 })
  expect((await other.get('/settings/account')).status).toBe(303)
  expect(await comeBy(p, visitor(site), 'm')).toMatchObject({ location: expect.stringContaining('/login/join') })
  expect(await kindsOf(t, id)).toContain('identityUnlinked')

  await link('m')
  await t.db.update(users).set({ passwordHash: null })
  const [second] = await t.db.select().from(identities)
  const refused = await browser.post(`/settings/providers/${second!.id}/unlink`)
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('could not log in any more')
  await link('n')
  const both = await t.db.select().from(identities)
  const answers = await Promise.all(both.map((one) => browser.post(`/settings/providers/${one.id}/unlink`)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422])
  expect(await t.db.select().from(identities)).toHaveLength(1)
})

test('a person without a password chooses one in the settings, or by a mailed link', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', mira)
  const browser = visitor(pages(t.app))
  await signUpBy(p, browser, 'mira')
  await browser.post('/password', { email: 'mira@mail.test' })
  expect((await t.jobPayloads('account-mail')).map(({ about }) => about)).toEqual(['reset'])
  expect((await browser.post('/settings/password', { password })).location).toBe('/settings/account?saved=1')
  expect(await visitor(pages(t.app)).logIn('mira', password)).toMatchObject({ status: 303 })
})

test('roles follow the claims at each sign-in, and are logged; nobody becomes owner, and owners stay owners', async () => {
  await using p = await openProvider()
  await using t = await database(p.env({ ROLES: 'admin=pipit-admins,moderator=pipit-mods', ROLES_CLAIM: 'groups' }))
  await openSignUps(t)
  p.accounts.set('mira', { ...mira, groups: ['pipit-mods', 'others'] })
  const site = pages(t.app)
  await signUpBy(p, visitor(site), 'mira')
  expect(await userOf(t, 'mira')).toMatchObject({ role: 'moderator' })
  const roleAfter = async (groups: unknown) => {
    p.accounts.set('mira', { ...mira, groups })
    await comeBy(p, visitor(site), 'mira')
    return (await userOf(t, 'mira'))?.role
  }
  expect(await roleAfter(['pipit-admins', 'pipit-mods'])).toBe('admin')
  expect(await roleAfter('pipit-mods')).toBe('moderator')
  expect(await roleAfter(['owner'])).toBe('user')
  expect(await roleAfter(undefined)).toBe('user')
  const { id } = (await userOf(t, 'mira'))!
  expect((await kindsOf(t, id)).filter((kind) => kind === 'roleChanged')).toHaveLength(4)
  await t.db.update(users).set({ role: 'owner' })
  expect(await roleAfter(['others'])).toBe('owner')
})

test('the provider’s account proves who a person is, if it was asked anew', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', mira)
  p.accounts.set('nils', { ...mira, email: 'nils@mail.test' })
  const browser = visitor(pages(t.app))
  await signUpBy(p, browser, 'mira')
  const { id } = (await userOf(t, 'mira'))!
  expect((await provingProviders(t.app, id)).map(({ name }) => name)).toEqual(['acme'])
  const forget = () => t.db.update(sessions).set({ provedAt: sql`now() - interval '1 hour'` })
  const path = '/login/acme?purpose=prove&return_to=/settings/providers'
  await forget()
  const question = (await browser.get('/settings/providers')).location ?? ''
  const ways = (await browser.get(question)).html
  expect(ways).toContain('href="/login/acme?purpose=prove&amp;return_to=%2Fsettings%2Fproviders"')
  const before = browser.cookies.get('__Host-pipit')
  const start = new URL((await browser.get(path)).location ?? '')
  expect(start.searchParams.get('prompt')).toBe('login')
  expect(start.searchParams.get('max_age')).toBe('0')
  expect(await comeBy(p, browser, 'mira', path)).toMatchObject({ status: 303, location: '/settings/providers' })
  expect((await browser.get('/settings/providers')).status).toBe(200)
  expect(browser.cookies.get('__Host-pipit')).not.toBe(before)

  // Not by another account of the provider, and not by a log-in there of an hour ago.
  await forget()
  expect((await comeBy(p, browser, 'nils', path)).html).toContain('is not linked to yours')
  p.bendIdToken((claims) => (claims['auth_time'] = Math.floor(Date.now() / 1_000) - 3_600))
  expect((await comeBy(p, browser, 'mira', path)).status).toBe(422)
  p.bendIdToken((claims) => delete claims['auth_time'])
  expect((await comeBy(p, browser, 'mira', path)).status).toBe(422)
  expect((await browser.get('/settings/providers')).location).toContain('/prove')
})

test('logging out of a session that came by the provider logs out there, too; other sessions don’t', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', mira)
  await localAccount(t, 'nils')
  const site = pages(t.app)
  const browser = visitor(site)
  await signUpBy(p, browser, 'mira')
  const out = await browser.post('/logout')
  expect(out.status).toBe(200)
  const url = new URL((out.headers.get('Refresh') ?? '').replace('0; url=', ''))
  expect(url.href).toContain(`${p.issuer}/session/end?`)
  expect(url.searchParams.get('post_logout_redirect_uri')).toBe('https://pipit.test')
  expect(url.searchParams.get('id_token_hint')).toMatch(/^ey/)
  expect((await fetch(url)).status).toBe(200)
  expect((await browser.get('/settings/account')).status).toBe(303)
  const other = visitor(site)
  await other.logIn('nils', password)
  expect(await other.post('/logout')).toMatchObject({ status: 303, location: '/' })
})

test('an app’s request survives the way over the provider, also when it asks for a new log-in', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', mira)
  const site = pages(t.app)
  const browser = visitor(site)
  await signUpBy(p, browser, 'mira')
  const application = await t.db.transaction((tx) =>
    createApplication(tx, { name: 'Kite', redirectUris: ['https://kite.test/back'], scopes: ['read'], website: null }),
  )
  const asked = `/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: application.clientId, redirect_uri: 'https://kite.test/back', scope: 'read' })}`
  const fresh = visitor(site)
  const toLogIn = (await fresh.get(asked)).location ?? ''
  const button = /href="(\/login\/acme[^"]*)"/.exec((await fresh.get(toLogIn)).html)?.[1]?.replaceAll('&amp;', '&')
  const back = await goTo(p, fresh, 'mira', button)
  expect((await fresh.get(back)).location).toBe(asked)
  expect((await fresh.get(asked)).html).toContain('Kite')
  expect((await browser.get(`${asked}&force_login=true`)).html).toContain('href="/login/acme?return_to=%2Foauth')
})

test('a public client needs no secret', async () => {
  await using p = await openProvider({ isPublic: true })
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', mira)
  const browser = visitor(pages(t.app))
  await signUpBy(p, browser, 'mira')
  expect((await browser.get('/')).html).toContain('@mira')
})

test('a second factor is asked after the provider, too', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', mira)
  const site = pages(t.app)
  await signUpBy(p, visitor(site), 'mira')
  await t.db.update(users).set({ secondFactorSince: sql`now()` })
  const browser = visitor(site)
  expect((await comeBy(p, browser, 'mira')).location).toMatch(/^\/login\/factor\?state=/)
  expect((await browser.get('/settings/account')).status).toBe(303)
})
