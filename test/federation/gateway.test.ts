import { expect, test, vi } from 'vitest'
import { layer } from '../../federation/layer.ts'
import { localAccount, status } from '../cast.ts'
import { scene } from './setup.ts'

vi.mock('../../federation/layer.ts', async (original) => {
  const real = await original<{ layer: typeof layer }>()
  return { layer: vi.fn(real.layer) }
})
const asked = vi.mocked(layer)

test('known documents and WebFinger answers are served without Fedify, others by Fedify', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const { uris } = s.t.app
  const headers = { accept: 'application/activity+json' }
  const urls = [
    uris.account(alice),
    uris.profile('alice'),
    uris.status(post),
    uris.activity('creates', post),
    `${uris.outbox(alice)}?page=true`,
    uris.featured(alice),
    '/.well-known/webfinger?resource=acct:alice@pipit.test',
    '/.well-known/webfinger?resource=https://pipit.test/',
  ]
  const texts = async () => {
    const found: string[] = []
    for (const url of urls) found.push(await (await s.routes.request(url, { headers })).text())
    return found
  }
  const first = await texts()
  expect(asked.mock.calls.length).toBeGreaterThan(0)
  asked.mockClear()
  expect(await texts()).toEqual(first)
  expect(asked).not.toHaveBeenCalled()
  for (const url of [uris.followers(alice), `${uris.status(post)}/replies`, uris.instanceActor]) {
    asked.mockClear()
    expect((await s.routes.request(url, { headers })).status).toBe(200)
    expect([url, asked.mock.calls.length]).toEqual([url, 1])
  }
})

test('no id in a path reaches anything else than documents', async () => {
  await using s = await scene()
  const headers = { accept: 'application/activity+json' }
  for (const id of [
    '.',
    '..',
    '%2e%2e',
    '%2e',
    'instance',
    'inbox',
    '..%2finbox',
    '..%2f..%2fap%2finstance',
    '%00',
    '%',
    '%ff',
  ])
    for (const path of [
      `statuses/${id}`,
      `accounts/${id}`,
      `accounts/${id}/outbox`,
      `instance/${id}`,
      `emojis/${id}`,
    ]) {
      const response = await s.routes.request(new Request(`https://pipit.test/ap/${path}`, { headers }))
      const isInstance = new URL(`https://pipit.test/ap/${path}`).pathname === '/ap/instance'
      expect([path, response.status]).toEqual([path, isInstance ? 200 : 404])
    }
})
