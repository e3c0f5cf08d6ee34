/** What people see on the website whose network or mail address is blocked for sign-ups. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { blockMailDomain } from '#src/moderation/addresses/mail-domains.ts'
import { blockNetwork } from '#src/moderation/addresses/networks.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { openProvider } from '../oidc/provider.ts'
import { comeFirst } from '../oidc/visit.ts'
import { visitor } from './visitor.ts'

const network = (t: TestDatabase, text: string, severity: 'sign_up_block' | 'sign_up_requires_approval') =>
  t.db.transaction((tx) =>
    blockNetwork(tx, commandLine, { config: t.app.config, ownAddress: null }, { network: text, severity }),
  )
const domain = (t: TestDatabase, name: string, allowsWithApproval = false) =>
  t.db.transaction((tx) => blockMailDomain(tx, commandLine, name, { allowsWithApproval }))
const fields = { username: 'bob', email: 'bob@mail.test', password: 'quite a good password', agreement: '1' }
const namesOf = async (t: TestDatabase) =>
  (
    await t.db.execute<{ username: string }>(sql`select username from accounts where domain is null order by id`)
  ).rows.map(({ username }) => username)

test('the form says why: the network is refused, the mail address is marked, and approval is announced', async () => {
  await using t = await database()
  await openSignUps(t)
  await network(t, '203.0.113.0/24', 'sign_up_block')
  await network(t, '198.51.100.0/24', 'sign_up_requires_approval')
  await domain(t, 'bad.test')
  const site = pages(t.app)
  const refused = await visitor(site, '203.0.113.7').post('/signup', fields)
  expect(refused.status).toBe(403)
  expect(refused.html).toContain('Nobody can sign up from your network.')
  const marked = await visitor(site).post('/signup', { ...fields, email: 'bob@mx.bad.test' })
  expect(marked.status).toBe(422)
  expect(marked.html).toContain('This can’t be used here.')
  expect(await namesOf(t)).toEqual([])
  const waiting = await visitor(site, '198.51.100.7').post('/signup', fields)
  expect(waiting.status).toBe(200)
  expect(waiting.html).toContain('moderator')
  expect((await t.db.execute(sql`select from users where approved_at is null`)).rows).toHaveLength(1)
})

test('somebody who comes by a provider is held to the same rules', async () => {
  await using p = await openProvider()
  await using t = await database(p.env())
  await openSignUps(t)
  p.accounts.set('mira', { email: 'mira@bad.test', email_verified: true, preferred_username: 'mira' })
  p.accounts.set('nora', { email: 'nora@odd.test', email_verified: true, preferred_username: 'nora' })
  const bad = await domain(t, 'bad.test')
  await domain(t, 'odd.test', true)
  await network(t, '203.0.113.0/24', 'sign_up_block')
  const site = pages(t.app)
  const come = async (name: string, address?: string) => {
    const browser = visitor(site, address)
    const state = await comeFirst(p, browser, name)
    return browser.post('/login/join', { how: 'new', state, username: name, agreement: '1' })
  }
  const refused = await come('mira')
  expect(refused.status).toBe(403)
  expect(refused.html).toContain('Your mail address can’t be used here.')
  await t.db.execute(sql`delete from email_domain_blocks where id = ${bad.id}`)
  const shut = await come('mira', '203.0.113.7')
  expect(shut.html).toContain('Nobody can sign up from your network.')
  expect(await namesOf(t)).toEqual([])
  await come('nora')
  expect((await t.db.execute(sql`select approved_at from users`)).rows).toEqual([{ approved_at: null }])
})

test('a person with an account is told on the form that another address can’t be used', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await domain(t, 'bad.test')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const { html, status } = await browser.post('/settings/email', { email: 'alice@bad.test' })
  expect(status).toBe(422)
  expect(html).toContain('This can’t be used here.')
})
