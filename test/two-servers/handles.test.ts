import { expect, test } from 'vitest'
import { dataFolder, freePort } from '../runtime/process.ts'
import { instance } from './instance.ts'
import { certificate, tlsFront } from './tls.ts'

test('over https people find one another by handle, and mention whom they never met', async () => {
  await using folder = await dataFolder()
  const trusted = await certificate(folder.path)
  const ports = [await freePort(), await freePort()]
  await using frontOne = await tlsFront(trusted, ports[0]!)
  await using frontTwo = await tlsFront(trusted, ports[1]!)
  const env = (i: 0 | 1, front: { port: number }) => ({ PORT: String(ports[i]), ORIGIN: `https://localhost:${front.port}`, NODE_EXTRA_CA_CERTS: trusted.file })
  await using one = await instance(env(0, frontOne))
  await using two = await instance(env(1, frontTwo))
  const alice = await one.person('alice')
  const bob = await two.person('bob')

  const { accounts: [found] } = await bob.find(`@alice@localhost:${frontOne.port}`)
  expect(found).toMatchObject({ acct: `alice@localhost:${frontOne.port}`, url: alice.url, uri: alice.uri })
  expect((await bob.find(`@nobody@localhost:${frontOne.port}`)).accounts).toEqual([])

  const post = await alice.post('/v1/statuses', { status: `Good morning @bob@localhost:${frontTwo.port}` })
  expect(post['mentions']).toMatchObject([{ acct: `bob@localhost:${frontTwo.port}` }])
  const { status } = await bob.notified('mention')
  expect(status).toMatchObject({ uri: post['uri'], account: { acct: `alice@localhost:${frontOne.port}` }, mentions: [{ acct: 'bob' }] })

  // The page of a post leads to it, too.
  expect((await bob.find(post['url'])).statuses).toMatchObject([{ uri: post['uri'] }])
})
