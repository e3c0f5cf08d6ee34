import { expect, test } from 'vitest'
import { processTimeoutMs } from '../runtime/process.ts'
import { world } from './world.ts'

test('people find one another by handle, and mention whom they never met', async () => {
  await using worlds = await world({}, {})
  const [one, two] = worlds.hosts as [(typeof worlds.hosts)[0], (typeof worlds.hosts)[0]]
  const alice = await one.person('alice')
  const bob = await two.person('bob')

  const { accounts: [found] } = await bob.find(alice.handle)
  expect(found).toMatchObject({ acct: `alice@${one.host}`, url: alice.url, uri: alice.uri })
  expect((await bob.find(`@nobody@${one.host}`)).accounts).toEqual([])

  const post = await alice.post('/v1/statuses', { status: `Good morning ${bob.handle}` })
  expect(post['mentions']).toMatchObject([{ acct: `bob@${two.host}` }])
  const { status } = await bob.notified('mention')
  expect(status).toMatchObject({ uri: post['uri'], account: { acct: `alice@${one.host}` }, mentions: [{ acct: 'bob' }] })

  // The page of a post leads to it, too.
  expect((await bob.find(post['url'])).statuses).toMatchObject([{ uri: post['uri'] }])
}, processTimeoutMs)
