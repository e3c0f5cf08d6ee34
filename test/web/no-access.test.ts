/** A network without access, in front of the whole server: website, API, inbox and streams. */
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { addNetworkRule, changeNetworkRule } from '#src/moderation/addresses/networks.ts'
import { serve } from '../../web/server.ts'
import { tokenOf } from '../api/server.ts'
import { localAccount } from '../cast.ts'
import { database } from '../database.ts'
import { freePort } from '../runtime/process.ts'

test('a network without access gets 403 from website, API, inbox and streams; others don’t, and changes hold at once', async () => {
  const port = String(await freePort())
  const origin = `http://127.0.0.1:${port}`
  await using t = await database({ PORT: port, HOST: '127.0.0.1', ORIGIN: origin, TRUSTED_PROXIES: '127.0.0.0/8' })
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  await using _server = await serve(t.app)
  const from = (address: string, path: string, init: RequestInit = {}) =>
    fetch(`${origin}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { 'X-Forwarded-For': address, 'X-Forwarded-Host': `127.0.0.1:${port}`, ...init.headers },
    })
  const browser = { headers: { Accept: 'text/html,application/xhtml+xml' } }
  const app = { headers: { Authorization: `Bearer ${token}` } }
  const delivery = {
    method: 'POST',
    body: '{}',
    headers: { 'Content-Type': 'application/activity+json', Accept: 'application/activity+json' },
  }
  const requests: [path: string, init: RequestInit][] = [
    ['/', browser],
    ['/@alice', browser],
    ['/login', browser],
    ['/no-such-page', browser],
    ['/api/v1/instance', {}],
    ['/api/v1/accounts/verify_credentials', app],
    ['/api/v1/streaming/user', app],
    ['/oauth/token', { method: 'POST' }],
    ['/ap/inbox', delivery],
    ['/.well-known/webfinger?resource=acct:alice@127.0.0.1', {}],
    ['/invite/abc', browser],
  ]
  const statusesOf = async (address: string) => {
    const statuses: number[] = []
    for (const [path, init] of requests) {
      const { status, body } = await from(address, path, init)
      await body?.cancel()
      statuses.push(status)
    }
    return statuses
  }
  const before = await statusesOf('192.0.2.7')
  expect(before).not.toContain(403)

  const { id } = await t.db.transaction((tx) =>
    addNetworkRule(tx, commandLine, { network: '192.0.2.0/24', severity: 'no_access' }, null),
  )
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7'])
    expect(await statusesOf(address)).toEqual(requests.map(() => 403))
  expect(await statusesOf('192.0.3.7')).toEqual(before)

  const page = await from('192.0.2.7', '/', browser)
  expect(page.headers.get('Content-Type')).toContain('text/html')
  expect(page.headers.get('Cache-Control')).toBe('no-store')
  expect(await page.text()).toContain('accepts no requests from your network')
  expect(page.headers.getSetCookie()).toEqual([])
  const answer = await from('192.0.2.7', '/api/v1/instance', browser)
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(await answer.json()).toEqual({ error: 'This server accepts no requests from your network.' })
  // Load balancers ask from anywhere.
  expect((await from('192.0.2.7', '/livez')).status).toBe(200)

  await t.db.transaction((tx) => changeNetworkRule(tx, commandLine, id, { severity: 'sign_up_block' }, null))
  expect(await statusesOf('192.0.2.7')).toEqual(before)
})
