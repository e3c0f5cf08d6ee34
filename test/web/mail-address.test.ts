import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { newChangeSecret } from '#src/accounts/mail-address/change.ts'
import { newUndoSecret } from '#src/accounts/mail-address/undo.ts'
import type { AccountId, SecurityEventId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const addressOf = async (t: TestDatabase, id: AccountId) =>
  (await t.db.execute<{ email: string }>(sql`select email from users where account_id = ${id}`)).rows[0]?.email

const confirmLink = async (t: TestDatabase, id: AccountId) =>
  `/settings/email/confirm?token=${(await t.db.transaction((tx) => newChangeSecret(tx, id)))!.secret}`

test('a person changes the address on the website, by a button behind the link', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const site = pages(t.app)
  const [browser, other] = [visitor(site), visitor(site)]
  await browser.logIn('alice', password)
  await other.logIn('bob', password)
  expect((await browser.get('/settings/email')).html).toContain('Mails go to alice@mail.test.')
  expect((await browser.post('/settings/email', { email: 'nonsense' })).html).toContain('value="nonsense"')

  // What is shown is the same for an address that has an account.
  await browser.post('/settings/email', { email: 'bob@mail.test' })
  const taken = (await browser.get('/settings/email')).html
  expect((await browser.post('/settings/email', { email: 'new@mail.test' })).location).toBe('/settings/email')
  const free = (await browser.get('/settings/email')).html
  const shown = (html: string) => html.replace(/name="form_token" value="[^"]*"/g, '')
  expect(shown(free)).toContain('on its way to new@mail.test')
  expect(shown(taken).replaceAll('bob@mail.test', 'new@mail.test')).toBe(shown(free))

  const link = await confirmLink(t, alice)
  const token = new URL(link, 'https://pipit.test').searchParams.get('token') ?? ''
  // Neither a mail scanner nor the account of somebody else changes anything.
  expect((await visitor(site).get(link)).location).toMatch(/^\/login\?return_to=%2Fsettings%2Femail%2Fconfirm/)
  expect((await visitor(site).post('/settings/email/confirm', { token })).location).toBe('/login')
  expect((await other.get(link)).status).toBe(422)
  expect((await other.post('/settings/email/confirm', { token })).status).toBe(422)
  const shownPage = await browser.get(link)
  expect(shownPage.html).toContain('<bdi>new@mail.test</bdi> is the address of @<bdi>alice</bdi>')
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
  expect((await browser.post('/settings/email/confirm', { token })).html).toContain('The old one was told')
  expect(await addressOf(t, alice)).toBe('new@mail.test')
  expect((await browser.get(link)).status).toBe(422)

  await browser.post('/settings/email', { email: 'third@mail.test' })
  await browser.post('/settings/email/cancel')
  expect((await browser.get('/settings/email')).html).not.toContain('third@mail.test')
})

test('the old address brings itself back without a log-in, by a button', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const site = pages(t.app)
  const [intruder, owner] = [visitor(site), visitor(site)]
  await intruder.logIn('alice', password)
  await intruder.post('/settings/email', { email: 'mallory@evil.test' })
  const token = new URL(await confirmLink(t, alice), 'https://pipit.test').searchParams.get('token') ?? ''
  await intruder.post('/settings/email/confirm', { token })
  await intruder.post('/settings/password', { current_password: password, password: 'the intruder’s own' })
  const { rows } = await t.db.execute<{ id: SecurityEventId }>(
    sql`select id from security_events where kind = 'addressChanged'`,
  )
  const secret = await t.db.transaction((tx) => newUndoSecret(tx, rows[0]!.id))
  const link = `/address/undo?token=${secret}`
  expect((await owner.get(link)).html).toContain(
    '<bdi>alice@mail.test</bdi> becomes the mail address of @<bdi>alice</bdi> again',
  )
  expect(await addressOf(t, alice)).toBe('mallory@evil.test')
  expect((await owner.post('/address/undo', { token: 'made up' })).status).toBe(422)
  const done = await owner.post('/address/undo', { token: secret! })
  expect(done.html).toContain('A mail with a link to choose a new one')
  expect(done.html).toContain('passkey')
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
  expect((await intruder.get('/settings/profile')).location).toMatch(/^\/login/)
  expect((await intruder.logIn('alice', 'the intruder’s own')).status).toBe(422)
  expect((await owner.get(link)).status).toBe(422)
  expect((await owner.get('/address/undo')).status).toBe(422)
})

test('an account without a password gets its first one after a proof', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await t.db.execute(sql`update users set password_hash = null where account_id = ${alice}`)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  expect((await browser.get('/settings/account')).html).not.toContain('current_password')
  const late = await browser.post('/settings/password', { password: 'a first password', current_password: '' })
  expect(late.location).toMatch(/^\/prove/)
  await t.db.execute(sql`update sessions set proved_at = now()`)
  expect((await browser.post('/settings/password', { password: 'short' })).status).toBe(422)
  expect((await browser.post('/settings/password', { password: 'a first password' })).status).toBe(303)
  // From now on the present one is asked for, however fresh the proof.
  expect((await browser.post('/settings/password', { password: 'a second password' })).status).toBe(422)
  expect((await visitor(pages(t.app)).logIn('alice', 'a first password')).status).toBe(303)
})
