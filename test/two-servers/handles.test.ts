import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { dataFolder, freePort } from '../runtime/process.ts'
import { instance } from './instance.ts'
import { certificate, tlsFront } from './tls.ts'
import { world } from './world.ts'

test('people find remote accounts by handle, and mention unknown ones', async () => {
  await using worlds = await world({}, {})
  const [one, two] = worlds.hosts as [(typeof worlds.hosts)[0], (typeof worlds.hosts)[0]]
  const alice = await one.person('alice')
  const bob = await two.person('bob')

  const {
    accounts: [found],
  } = await bob.find(alice.handle)
  expect(found).toMatchObject({ acct: `alice@${one.host}`, url: alice.url, uri: alice.uri })
  expect((await bob.find(`@nobody@${one.host}`)).accounts).toEqual([])

  const post = await alice.post('/v1/statuses', { status: `Good morning ${bob.handle}` })
  expect(post['mentions']).toMatchObject([{ acct: `bob@${two.host}` }])
  const { status } = await bob.notified('mention')
  expect(status).toMatchObject({
    uri: post['uri'],
    account: { acct: `alice@${one.host}` },
    mentions: [{ acct: 'bob' }],
  })

  // The page of a post leads to it, too.
  expect((await bob.find(post['url'])).statuses).toMatchObject([{ uri: post['uri'] }])
})

test('handles with another host than the website’s can be found and mentioned, and lead to the profile', async () => {
  await using folder = await dataFolder()
  const trusted = await certificate(folder.path)
  const ports = [await freePort(), await freePort()]
  await using frontOne = await tlsFront(trusted, ports[0]!)
  await using frontTwo = await tlsFront(trusted, ports[1]!)
  const web = `https://localhost:${frontOne.port}`
  // The host of handles only redirects requests for them to the website.
  const handles = createServer(
    (request, response) => void response.writeHead(301, { location: web + request.url }).end(),
  ).listen(0, '127.0.0.1')
  await once(handles, 'listening')
  await using handleFront = await tlsFront(trusted, (handles.address() as AddressInfo).port)
  const handleHost = `localhost:${handleFront.port}`
  const env = { NODE_EXTRA_CA_CERTS: trusted.file }
  await using one = await instance({ ...env, PORT: String(ports[0]), ORIGIN: web, HANDLE_HOST: handleHost })
  await using two = await instance({ ...env, PORT: String(ports[1]), ORIGIN: `https://localhost:${frontTwo.port}` })
  const alice = await one.person('alice')
  const bob = await two.person('bob')

  for (const query of [`@alice@${handleHost}`, alice.uri, alice.url, `@alice@localhost:${frontOne.port}`]) {
    expect([query, (await bob.find(query)).accounts[0]]).toEqual([
      query,
      expect.objectContaining({ acct: `alice@${handleHost}`, uri: alice.uri }),
    ])
  }
  await bob.post('/v1/statuses', { status: `Hello @alice@${handleHost}` })
  const { status } = await alice.notified('mention')
  expect(status['mentions']).toMatchObject([{ acct: 'alice' }])
  const answer = await alice.post('/v1/statuses', {
    status: `Hello @bob@localhost:${frontTwo.port}, I am @alice`,
    in_reply_to_id: status['id'],
  })
  const heard = (await bob.notified('mention'))['status']
  expect([heard['uri'], heard['account']['acct']]).toEqual([answer['uri'], `alice@${handleHost}`])

  const local = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${ports[0]}${path}`, { redirect: 'manual', ...init })
  const document = async (url: string) => (await one.document(url)).json()
  expect(await document(alice.uri)).toMatchObject({ webfinger: `alice@${handleHost}` })
  expect((await document(answer['uri'])).tag).toContainEqual({
    type: 'Mention',
    href: alice.uri,
    name: `@alice@${handleHost}`,
  })
  const instanceActor = await (await local(`/.well-known/webfinger?resource=acct:localhost@${handleHost}`)).json()
  expect(instanceActor).toMatchObject({
    subject: `acct:localhost@${handleHost}`,
    aliases: [`${web}/ap/instance`, `${web}/about`],
  })

  // Visitors with an account on the other server are sent to the same page there.
  const path = `/remote-interaction/accounts/${alice.uri.split('/').at(-1)}`
  const form = await local(path)
  const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(await form.text()) ?? []
  for (const home of [`@bob@localhost:${frontTwo.port}`, `localhost:${frontTwo.port}`]) {
    const headers = {
      cookie: form.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
      origin: web,
    }
    const sent = await local(path, { method: 'POST', headers, body: new URLSearchParams({ form_token: token, home }) })
    expect([home, sent.status, sent.headers.get('location')]).toEqual([
      home,
      303,
      `https://localhost:${frontTwo.port}/authorize_interaction?uri=${encodeURIComponent(alice.uri)}`,
    ])
  }
  handles.close()
})
