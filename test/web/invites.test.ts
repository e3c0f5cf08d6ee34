import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { saveText } from '#src/instance/texts.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, InviteId } from '#src/platform/ids.ts'
import { followInviter } from '#src/relationships/follow-inviter.ts'
import { type InstanceSettings, loadSettings } from '#src/rules/settings.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor, type Visitor } from './visitor.ts'

const set = (t: TestDatabase, settings: Partial<InstanceSettings>) =>
  t.db.transaction((tx) => saveSettings(tx, commandLine, settings))
const idOf = async (t: TestDatabase, username: string) =>
  (await t.db.execute<{ id: AccountId }>(sql`select id from accounts where username = ${username}`)).rows[0]?.id

/** The address of the newest link on a person's page. */
const linkOn = async (browser: Visitor) =>
  /value="https:\/\/pipit\.test(\/invite\/[\w-]{22})"/.exec((await browser.get('/settings/invites')).html)?.[1] ?? ''

/** A page without its form tokens, which look different each time. */
const shown = (html = ''): string => html.replace(/name="form_token" value="[^"]*"/g, '')

test('a person makes a link, a friend signs up by it, follows them, and does the first steps', async () => {
  await using t = await database()
  await set(t, { registrations: 'invitation', title: 'Meadow' })
  const alice = await localAccount(t, 'alice', { displayName: 'Alice A.' })
  const site = pages(t.app)
  const [maker, friend] = [visitor(site), visitor(site, '192.0.2.9')]
  await maker.logIn('alice', password)
  expect((await maker.get('/settings/account')).html).toContain('href="/settings/invites"')
  const made = await maker.post('/settings/invites', { uses: '1', days: '7', follows: '1', note: 'For <Bob>' })
  expect(made).toMatchObject({ status: 303, location: '/settings/invites?made=1' })
  const link = await linkOn(maker)

  // Without the link, nobody signs up, and no page offers it.
  for (const path of ['/', '/login', '/about', '/explore'])
    expect((await friend.get(path)).html).not.toContain('href="/signup"')
  expect((await friend.get('/signup')).html).toContain('invited by somebody here')
  expect((await friend.post('/signup', { username: 'bob', email: 'bob@mail.test', password })).status).toBe(403)

  const invited = await friend.get(link)
  expect(invited.status).toBe(200)
  for (const text of ['Alice A.', '@alice', 'Meadow', 'You will follow', 'noindex'])
    expect(invited.html).toContain(text)
  expect(invited.html).not.toContain('For &lt;Bob&gt;')
  const code = link.slice('/invite/'.length)
  expect(invited.html).toContain(`name="invite_code" value="${code}"`)
  expect(invited.headers.get('Cache-Control') ?? '').not.toContain('public')

  const wrong = await friend.post('/signup', { invite_code: code, username: 'bob', email: 'nonsense', password })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain(`name="invite_code" value="${code}"`)
  expect(wrong.html).toContain('Alice A.')
  const done = await friend.post('/signup', { invite_code: code, username: 'bob', email: 'bob@mail.test', password })
  expect(done.status).toBe(200)
  expect(done.html).toContain('first steps')

  const bob = (await idOf(t, 'bob'))!
  const { secret } = (await t.db.transaction((tx) => newMailToken(tx, bob, 'confirm')))!
  const confirmed = await friend.post('/confirm', { token: secret })
  expect(confirmed.html).toContain('href="/login"')
  expect(await t.jobPayloads('follow-inviter')).toEqual([{ accountId: bob }])
  await followInviter(t.db, t.app.uris, bob)
  expect((await friend.logIn('bob', password)).location).toBe('/')
  const start = await friend.get('/')
  expect(start.html).toContain('First steps')
  expect(start.html).toContain('You follow 1 person')
  // Each of the other steps leads on.
  for (const path of ['/settings/profile', '/compose', '/explore', '/search'])
    expect((await friend.get(path)).status).toBe(200)
  expect((await friend.post('/compose', { text: 'Here I am' })).status).toBe(303)
  expect((await friend.get('/')).html).toContain('You have written your first post')

  const list = await maker.get('/settings/invites')
  expect(list.html).toContain('For &lt;Bob&gt;')
  expect(list.html).toContain('href="/@bob"')
  expect(list.html).not.toContain('bob@mail.test')
  expect(list.html).not.toContain(code)
  expect((await visitor(site).get(link)).status).toBe(404)
  expect(alice).toBeTruthy()
})

test('used up, expired, revoked and unknown links have one page, in a browser and to a form', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const seen = new Set<string>()
  const ends: ((id: InviteId) => ReturnType<typeof sql>)[] = [
    (id) => sql`update invites set uses = 1 where id = ${id}`,
    (id) => sql`update invites set expires_at = now() where id = ${id}`,
    (id) => sql`update invites set revoked_at = now() where id = ${id}`,
    (id) => sql`delete from invites where id = ${id}`,
  ]
  for (const [i, end] of ends.entries()) {
    const { id, code } = await makeInvite(
      t.app,
      { accountId: alice, role: 'user' },
      { maxUses: 1, days: 1, follows: false, note: '' },
    )
    await t.db.execute(end(id))
    const browser = visitor(site, `192.0.2.${i}`)
    for (const answer of [
      await browser.get(`/invite/${code}`),
      await browser.post('/signup', { invite_code: code, username: 'bob', email: 'bob@mail.test', password }),
    ]) {
      expect(answer.status).toBe(404)
      seen.add(shown(answer.html).replaceAll(code, 'CODE'))
    }
  }
  const pageOf = (html: string) => /<main[^]*<\/main>/.exec(html)?.[0]
  expect(new Set([...seen].map(pageOf)).size).toBe(1)
  expect([...seen][0]).toContain('This invitation is no longer valid')
  expect([...seen][0]).toContain('href="/signup"')
  for (const path of ['/invite/', '/invite/x', `/invite/${'A'.repeat(5_000)}`, '/invite/%00', '/invite/..%2f..%2f'])
    expect((await visitor(site).get(path)).status, path.slice(0, 30)).toBe(404)
  expect((await visitor(site).get('/invite/x', { Accept: 'text/html' })).headers.get('Vary')).toContain('Accept')
})

test('with approval, the page says what follows: friends of staff are in at once, others wait', async () => {
  await using t = await database()
  await set(t, { registrations: 'approval' })
  const [alice, mona] = [await localAccount(t, 'alice'), await localAccount(t, 'mona', { role: 'moderator' })]
  const site = pages(t.app)
  const of = async (accountId: AccountId, role: 'user' | 'moderator') =>
    (await makeInvite(t.app, { accountId, role }, { maxUses: 1, days: 1, follows: false, note: '' })).code
  const [byAlice, byMona] = [await of(alice, 'user'), await of(mona, 'moderator')]
  const friend = visitor(site)
  expect((await friend.get(`/invite/${byMona}`)).html).toContain('No moderator has to approve you')
  const asked = await friend.get(`/invite/${byAlice}`)
  expect(asked.html).toContain('(optional)')
  expect(asked.html).not.toContain('No moderator has to approve you')
  expect(
    (await friend.post('/signup', { invite_code: byMona, username: 'bob', email: 'bob@mail.test', password })).html,
  ).not.toContain('moderator lets you in')
  expect(
    (await friend.post('/signup', { invite_code: byAlice, username: 'carl', email: 'carl@mail.test', password })).html,
  ).toContain('moderator lets you in')
  // Confirming the address says who waits and who is in.
  const confirm = async (name: string) => {
    const { secret } = (await t.db.transaction(async (tx) => newMailToken(tx, (await idOf(t, name))!, 'confirm')))!
    return (await visitor(site).post('/confirm', { token: secret })).html
  }
  expect(await confirm('bob')).toContain('first steps await you')
  expect(await confirm('carl')).toContain('a moderator looks at your sign-up')
})

test('nobody gets at the invitations of others: not by their pages, their ids, nor another person’s browser', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const [alice] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'adam', { role: 'admin' }),
  ]
  const { id, code } = await makeInvite(
    t.app,
    { accountId: alice, role: 'user' },
    { maxUses: 5, days: null, follows: false, note: 'Only mine' },
  )
  const site = pages(t.app)
  const [guest, bob, mod, adam] = [visitor(site), visitor(site), visitor(site), visitor(site)]
  await bob.logIn('bob', password)
  await mod.logIn('mod', password)
  await adam.logIn('adam', password)
  expect((await guest.get('/settings/invites')).location).toBe('/login?return_to=%2Fsettings%2Finvites')
  expect((await guest.post('/settings/invites', { uses: '1', days: '1' })).status).toBe(303)
  expect((await bob.get('/settings/invites')).html).not.toContain(code)
  expect((await bob.post(`/settings/invites/${id}/revoke`)).status).toBe(404)
  expect((await adam.post(`/settings/invites/${id}/revoke`)).status).toBe(404)
  for (const other of [bob, mod]) {
    expect((await other.get('/admin/invites')).status).toBe(404)
    expect((await other.post(`/admin/invites/${id}/revoke`)).status).toBe(404)
  }
  expect((await guest.get('/admin/invites')).status).toBe(303)
  expect((await guest.get(`/invite/${code}`)).status).toBe(200)
  const all = await adam.get('/admin/invites')
  expect(all.html).toContain('@alice')
  expect(all.html).not.toContain(code)
  expect(all.html).not.toContain('Only mine')
  // A form of another site does nothing.
  expect((await adam.post(`/admin/invites/${id}/revoke`, {}, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  expect((await guest.get(`/invite/${code}`)).status).toBe(200)
  expect((await adam.post(`/admin/invites/${id}/revoke`)).status).toBe(303)
  expect((await guest.get(`/invite/${code}`)).status).toBe(404)
  expect((await adam.post('/admin/invites/999/revoke')).status).toBe(404)
  expect((await adam.post('/admin/invites/x/revoke')).status).toBe(404)
})

test('admins find out who invited whom', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'olga', { role: 'owner' })
  const { id } = await makeInvite(
    t.app,
    { accountId: alice, role: 'user' },
    { maxUses: 5, days: null, follows: false, note: '' },
  )
  await localAccount(t, 'bob', { inviteId: id })
  const owner = visitor(pages(t.app))
  await owner.logIn('olga', password)
  expect((await owner.get('/admin/invites?name=@Bob')).html).toMatch(
    /Came by an invitation of <a[^>]*><bdi[^>]*>@alice</,
  )
  const ofAlice = (await owner.get('/admin/invites?name=alice')).html
  expect(ofAlice).toContain('Came without an invitation')
  expect(ofAlice).toContain('href="/@bob"')
  expect((await owner.get('/admin/invites?name=nobody')).html).toContain('Nobody here has this name')
  expect((await owner.get('/admin/invites?name=olga')).html).not.toContain('href="/@bob"')
})

test('a link that is looked at too often from one address is shown there no more for a while', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.02' })
  await set(t, { registrations: 'open' })
  const { code } = await makeInvite(
    t.app,
    { accountId: await localAccount(t, 'alice'), role: 'user' },
    { maxUses: 5, days: null, follows: false, note: '' },
  )
  const site = pages(t.app)
  const [guesser, friend] = [visitor(site, '192.0.2.7'), visitor(site, '192.0.2.8')]
  await guesser.get(`/invite/${'A'.repeat(22)}`)
  await guesser.get(`/invite/${'B'.repeat(22)}`)
  expect((await guesser.get(`/invite/${code}`)).status).toBe(429)
  expect((await friend.get(`/invite/${code}`)).status).toBe(200)
})

test('rules and terms have to be accepted where there are any', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const browser = visitor(pages(t.app))
  expect((await browser.get('/signup')).html).not.toContain('name="agreement"')
  await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  const form = await browser.get('/signup')
  expect(form.html).toMatch(/<input[^>]*name="agreement"[^>]*required/)
  expect(form.html).toContain('href="/about#rules"')
  expect(form.html).not.toContain('href="/terms-of-service"')
  await t.db.transaction((tx) => saveText(tx, commandLine, 'termsOfService', 'Be kind, always.'))
  expect((await browser.get('/signup')).html).toContain('href="/terms-of-service"')
  expect((await browser.get('/terms-of-service')).html).toContain('always')
  const fields = { username: 'bob', email: 'bob@mail.test', password }
  const refused = await browser.post('/signup', fields)
  expect(refused.status).toBe(422)
  expect(refused.html).toMatch(/<input[^>]*name="agreement"[^>]*aria-invalid="true"/)
  expect((await browser.post('/signup', { ...fields, agreement: '1' })).status).toBe(200)
  expect((await t.db.execute(sql`select terms_accepted_at is not null as accepted from users`)).rows).toEqual([
    { accepted: true },
  ])
})

test('where there is a minimum age, the form asks for the date of birth', async () => {
  await using t = await database()
  await set(t, { registrations: 'open', minAge: 16 })
  const browser = visitor(pages(t.app))
  expect((await browser.get('/signup')).html).toMatch(/<input[^>]*name="date_of_birth"[^>]*type="date"/)
  const fields = { username: 'bob', email: 'bob@mail.test', password }
  for (const birth of ['', '2023-02-29', `${new Date().getUTCFullYear() - 15}-06-01`]) {
    const refused = await browser.post('/signup', { ...fields, date_of_birth: birth })
    expect([refused.status, /name="date_of_birth"[^>]*aria-invalid="true"/.test(refused.html)]).toEqual([422, true])
  }
  expect((await browser.post('/signup', { ...fields, date_of_birth: '1980-06-01' })).status).toBe(200)
})

test('admins choose who invites, and the minimum age', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  const owner = visitor(pages(t.app))
  await owner.logIn('olga', password)
  const fields = { title: 'Meadow', registrations: 'open', max_media_attachments: '4' }
  await owner.post('/admin/settings', { ...fields, inviters: 'staff', min_age: '16' })
  expect(await loadSettings(t.db)).toMatchObject({ inviters: 'staff', minAge: 16 })
  for (const age of ['-1', '100', '1.5', 'old']) {
    const refused = await owner.post('/admin/settings', { ...fields, inviters: 'users', min_age: age })
    expect([refused.status, /name="min_age"[^>]*aria-invalid="true"/.test(refused.html)]).toEqual([422, true])
  }
  expect(await loadSettings(t.db)).toMatchObject({ inviters: 'staff', minAge: 16 })
  await owner.post('/admin/settings', { ...fields, inviters: 'everybody', min_age: '' })
  expect(await loadSettings(t.db)).toMatchObject({ inviters: 'nobody', minAge: 0 })
  expect((await owner.get('/settings/invites')).html).toContain('you can’t invite people')
})
