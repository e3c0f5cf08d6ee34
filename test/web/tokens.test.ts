/** Access tokens of one's own: what they allow, and what ends them. */
import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { isStillValid } from '#src/accounts/sessions/access-tokens.ts'
import { loadOwnTokens, makeOwnToken } from '#src/accounts/sessions/own-tokens.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import type { AccountId, TokenId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { serve } from '../api/server.ts'
import { openSocket } from '../api/streaming/client.ts'
import { localAccount, password } from '../cast.ts'
import { clientAt } from '../client.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor, type Visitor } from './visitor.ts'

const client = clientAt()
const verify = '/api/v1/accounts/verify_credentials'

/** Makes a token on the website. @returns the token that the page shows */
async function make(browser: Visitor, fields: Record<string, string | string[]> = {}): Promise<string> {
  const made = await browser.post('/settings/tokens', { name: 'Weather bot', scope: ['read'], days: '30', ...fields })
  expect(made.status).toBe(200)
  expect(made.headers.get('Cache-Control')).toBe('private, no-store')
  return /id="token" value="([\w-]{43})"/.exec(made.html)?.[1] ?? ''
}

const direct = (t: TestDatabase, id: AccountId, name: string, scopes: string[] = ['read']) =>
  t.db.transaction((tx) => makeOwnToken(tx, id, { name, scopes, days: 7 }, client))

const kinds = async (t: TestDatabase) =>
  (
    await t.db.execute<{ kind: string }>(sql`select kind from security_events where kind like 'token%' order by id`)
  ).rows.map(({ kind }) => kind)

test('a person makes a token, sees it once, uses it and deletes it', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  expect((await browser.get('/settings/tokens')).html).toContain('You have no access tokens')
  const token = await make(browser, { scope: ['read', 'write:statuses'] })
  const list = (await browser.get('/settings/tokens')).html
  expect(list).toContain('Weather bot')
  expect(list).not.toContain(token)

  expect((await server.call('GET', verify, { token })).status).toBe(200)
  expect(await server.get('/api/v1/apps/verify_credentials', 'Application', token)).toMatchObject({
    name: 'Access token',
    website: null,
  })
  const status = await server.post('/api/v1/statuses', 'Status', token, { status: 'Rain' })
  expect(status.application).toEqual({ name: 'Access token', website: null })
  expect((await server.call('POST', '/api/v1/media', { token })).status).toBe(403)
  // Apps that registered are on their own page.
  const [{ id } = { id: '' as TokenId }] = await loadOwnTokens(t.db, alice)

  // Nobody else deletes it.
  await localAccount(t, 'mallory')
  const other = visitor(pages(t.app))
  await other.logIn('mallory', password)
  expect((await other.post(`/settings/tokens/${id}/delete`)).status).toBe(404)
  expect((await browser.post('/settings/tokens/1/delete')).status).toBe(404)
  expect((await server.call('GET', verify, { token })).status).toBe(200)
  expect((await browser.post(`/settings/tokens/${id}/delete`)).location).toBe('/settings/tokens?deleted=1')
  expect((await server.call('GET', verify, { token })).status).toBe(401)
  expect(await loadOwnTokens(t.db, alice)).toEqual([])
  expect(await kinds(t)).toEqual(['tokenMade', 'tokenEnded'])
  expect((await browser.post(`/settings/tokens/${id}/delete`)).status).toBe(404)
})

test('a wrong form is shown again as it was filled in', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const wrong = await browser.post('/settings/tokens', { name: ' ', scope: ['push', 'nonsense'], days: '8' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toMatch(/value="push" checked/)
  expect(wrong.html.match(/class="problem"/g)).toHaveLength(3)
  expect((await browser.post('/settings/tokens', { name: 'Nothing', days: 'never' })).html).toContain(
    'needs at least one choice',
  )
  expect((await t.db.execute(sql`select 1 from access_tokens`)).rows).toEqual([])
})

test('scopes never exceed the role, neither when a token is made nor when the role shrinks later', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const olga = await localAccount(t, 'olga', { role: 'owner' })
  const [alice, mod] = [await localAccount(t, 'alice'), await localAccount(t, 'mod', { role: 'moderator' })]
  for (const [id, scope] of [
    [alice, 'admin:read'],
    [mod, 'admin:read:ip_blocks'],
  ] as const)
    await expect(direct(t, id, 'Too much', ['read', scope])).rejects.toMatchObject({ code: 'not_permitted' })
  await direct(t, mod, 'Reports', ['admin:read', 'admin:write:reports'])
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  expect((await browser.get('/settings/tokens')).html).not.toContain('admin:')
  const forged = await browser.post('/settings/tokens', { name: 'Too much', scope: ['admin:write'], days: '7' })
  expect(forged.status).toBe(403)

  const token = await direct(t, olga, 'Admin’s', ['read:accounts', 'admin:read'])
  const { accessBy } = await import('#src/accounts/sessions/access-tokens.ts')
  expect((await accessBy(t.db, token))?.scopes).toEqual(['read:accounts', 'admin:read'])
  await t.db.execute(sql`update users set role = 'user' where account_id = ${olga}`)
  expect((await accessBy(t.db, token))?.scopes).toEqual(['read:accounts'])
  expect((await server.call('GET', verify, { token })).status).toBe(200)
})

test('an expired token is refused at once, ends its open streams, and pushes nothing', async () => {
  await using t = await database()
  await using server = await serve(t.app, undefined, { checkMs: 50 })
  const alice = await localAccount(t, 'alice')
  const token = await direct(t, alice, 'Short')
  const [{ id } = { id: '' as TokenId }] = await loadOwnTokens(t.db, alice)
  await using socket = await openSocket(server.url, `?access_token=${token}&stream=user`)
  await t.db
    .execute(sql`insert into push_subscriptions (id, token_id, account_id, endpoint, p256dh, auth, is_standard, alerts, policy, sealed_token)
    values (1, ${id}, ${alice}, 'https://push.test/x', 'p', 'a', true, '{"follow":true}', 'all', 's')`)
  const { activeSubscription } = await import('#src/reading/push/subscriptions.ts')
  expect(await activeSubscription(t.db, '1' as never)).not.toBeNull()
  expect((await isStillValid(t.db, [id])).size).toBe(1)

  const closed = once(socket.raw, 'close')
  await t.db.execute(sql`update access_tokens set expires_at = now()`)
  expect(await server.call('GET', verify, { token })).toMatchObject({
    status: 401,
    body: { error: 'The access token is invalid' },
  })
  await closed
  expect((await isStillValid(t.db, [id])).size).toBe(0)
  expect(await activeSubscription(t.db, '1' as never)).toBeNull()
  // People see it for a month.
  expect(await loadOwnTokens(t.db, alice)).toMatchObject([{ isExpired: true }])
  await cleanUp(t.app)
  expect(await loadOwnTokens(t.db, alice)).toHaveLength(1)
  await t.db.execute(sql`update access_tokens set expires_at = now() - interval '31 days'`)
  await cleanUp(t.app)
  expect((await t.db.execute(sql`select 1 from access_tokens`)).rows).toEqual([])
})

test('an account has at most 50 tokens, also when two are made at the same moment; expired ones don’t count', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  for (let i = 0; i < 49; i++) await direct(t, alice, `Token ${i}`)
  const both = await Promise.allSettled([direct(t, alice, 'One'), direct(t, alice, 'Two')])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(direct(t, alice, 'More')).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.execute(sql`update access_tokens set expires_at = now() where name = 'Token 3'`)
  await direct(t, alice, 'One more')
})

test('an open browser alone makes no token, nor does a form of another site or browser', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const site = pages(t.app)
  const browser = visitor(site)
  await browser.logIn('alice', password)
  const fields = { name: 'Mine', scope: ['read'], days: 'never' }
  expect((await browser.post('/settings/tokens', fields, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  expect((await browser.post('/settings/tokens', { ...fields, form_token: 'x' })).status).toBe(403)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  expect((await browser.get('/settings/tokens')).location).toMatch(/^\/prove/)
  expect((await browser.post('/settings/tokens', fields)).location).toMatch(/^\/prove/)
  expect((await visitor(site).post('/settings/tokens', fields)).location).toBe('/login')
  expect((await t.db.execute(sql`select 1 from access_tokens`)).rows).toEqual([])
})
