/** Networks without access, through the real server behind a trusted proxy. */
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { allowNetwork, blockNetwork, changeNetwork, type NetworkInput } from '#src/moderation/addresses/networks.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { stateOf } from '#src/platform/db/changes.ts'
import { serve } from '../../web/server.ts'
import { tokenOf } from '../api/server.ts'
import { localAccount, openSignUps } from '../cast.ts'
import { database } from '../database.ts'
import { freePort } from '../runtime/process.ts'

async function world() {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const t = await database({ PORT: String(port), HOST: '127.0.0.1', ORIGIN: origin, TRUSTED_PROXIES: '127.0.0.0/8' })
  const server = await serve(t.app)
  await vi.waitUntil(() => stateOf(t.db, 'networks') !== null)
  const spared = { config: t.app.config, ownAddress: null }
  return {
    t,
    spared,
    block: (input: NetworkInput) => t.db.transaction((tx) => blockNetwork(tx, commandLine, spared, input)),
    /** A request as the proxy passes it on. */
    from: (address: string, path: string, init: RequestInit = {}) =>
      fetch(`${origin}${path}`, {
        redirect: 'manual',
        ...init,
        headers: { 'X-Forwarded-For': address, ...(init.headers as Record<string, string> | undefined) },
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
    },
  }
}

const html = { headers: { Accept: 'text/html' } }

test('a network without access gets 403 for pages, files, the API and federation, and others get answers', async () => {
  await using w = await world()
  const alice = await localAccount(w.t, 'alice')
  const token = await tokenOf(w.t.app, alice)
  await w.t.db.transaction((tx) => saveSettings(tx, commandLine, { contactEmail: 'help@pipit.test' }))
  await w.block({ network: '203.0.113.0/24', severity: 'no_access' })
  await w.block({ network: '198.51.100.0/24', severity: 'sign_up_block' })
  const paths: [path: string, init?: RequestInit][] = [
    ['/', html],
    ['/login', html],
    ['/@alice', html],
    ['/api/v1/timelines/home', { headers: { Authorization: `Bearer ${token}` } }],
    ['/api/v2/instance'],
    ['/nodeinfo/2.1'],
    ['/.well-known/webfinger?resource=acct:alice@pipit.test'],
    ['/ap/inbox', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/activity+json' } }],
    ['/nothing-here'],
  ]
  for (const [path, init] of paths) {
    for (const address of ['203.0.113.7', '::ffff:203.0.113.8'])
      expect([path, address, (await w.from(address, path, init)).status]).toEqual([path, address, 403])
    for (const address of ['203.0.114.7', '198.51.100.7', '2001:db8::1'])
      expect([path, address, (await w.from(address, path, init)).status]).not.toEqual([path, address, 403])
  }
  const page = await w.from('203.0.113.7', '/', html)
  expect(page.headers.get('Content-Type')).toContain('text/html')
  const text = await page.text()
  expect(text).toMatch(/^<!doctype html><html lang="en">/i)
  expect(text).toContain('accept no requests from your network')
  expect(text).toContain('help@pipit.test')
  const api = await w.from('203.0.113.7', '/api/v2/instance', html)
  expect([api.headers.get('Access-Control-Allow-Origin'), await api.json()]).toEqual([
    '*',
    { error: 'The admins of this server accept no requests from your network.' },
  ])
})

test('the checks of load balancers stay open, and a forged hop lets nobody in', async () => {
  await using w = await world()
  await w.block({ network: '203.0.113.0/24', severity: 'no_access' })
  for (const path of ['/health', '/livez', '/readyz', '/health/ready'])
    expect([path, (await w.from('203.0.113.7', path)).status]).toEqual([path, 200])
  expect((await w.from('198.51.100.1, 203.0.113.7', '/login', html)).status).toBe(403)
  expect((await w.from('203.0.113.7, 198.51.100.1', '/login', html)).status).toBe(200)
})

test('a rule holds at once, and stops to hold when it ends, is weakened or deleted', async () => {
  await using w = await world()
  const status = async () => (await w.from('203.0.113.7', '/api/v2/instance')).status
  expect(await status()).toBe(200)
  const made = await w.block({ network: '203.0.113.7', severity: 'no_access' })
  expect(await status()).toBe(403)
  const change = (input: NetworkInput) =>
    w.t.db.transaction((tx) => changeNetwork(tx, commandLine, w.spared, made.id, input))
  await change({ expiresAt: new Date(Date.now() + 1_500) })
  expect(await status()).toBe(403)
  await expect.poll(status, { timeout: 10_000 }).toBe(200)
  const again = await w.block({ network: '203.0.113.7', severity: 'no_access' })
  expect(await status()).toBe(403)
  await w.t.db.transaction((tx) => changeNetwork(tx, commandLine, w.spared, again.id, { severity: 'sign_up_block' }))
  expect(await status()).toBe(200)
  await w.t.db.transaction((tx) => changeNetwork(tx, commandLine, w.spared, again.id, { severity: 'no_access' }))
  expect(await status()).toBe(403)
  await w.t.db.transaction((tx) => allowNetwork(tx, commandLine, again.id))
  expect(await status()).toBe(200)
})

test('a rule of another process reaches this one', async () => {
  await using w = await world()
  const status = async () => (await w.from('203.0.113.7', '/api/v2/instance')).status
  expect(await status()).toBe(200)
  await w.t.db.execute(sql`insert into ip_blocks (id, network, severity) values (1, '203.0.113.0/24', 'no_access')`)
  expect(await status()).toBe(200)
  await w.t.db.execute(sql`select pg_notify('changes', 'networks')`)
  await expect.poll(status).toBe(403)
})

test('from a network where nobody signs up, the form and apps are refused, and log-ins are not', async () => {
  await using w = await world()
  await openSignUps(w.t)
  await w.block({ network: '203.0.113.0/24', severity: 'sign_up_block' })
  const token = await tokenOf(w.t.app, null)
  const signUp = (address: string) =>
    w.from(address, '/api/v1/accounts', {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        username: 'bob',
        email: 'bob@mail.test',
        password: 'a fine long password',
        agreement: true,
      }),
    })
  const refused = await signUp('203.0.113.7')
  expect([refused.status, await refused.json()]).toEqual([403, { error: 'Nobody can sign up from your network' }])
  expect((await signUp('198.51.100.7')).status).toBe(200)
  expect((await w.from('203.0.113.7', '/login', html)).status).toBe(200)
})
