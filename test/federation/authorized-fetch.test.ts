import { signRequest } from '@fedify/fedify/sig'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { signCavage } from '../../federation/signatures/cavage.ts'
import type { instanceKeys } from '../../federation/signatures/own-keys.ts'
import { localAccount, makeFollow, status, suspend } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const accept = 'application/activity+json'

type Got = { status: number; headers: Headers; json: any } // oxlint-disable-line typescript/no-explicit-any -- documents are looked at, not relied on

async function get(s: Scene, url: string, signer?: PeerActor, headers: Record<string, string> = {}): Promise<Got> {
  const keys =
    signer &&
    ({ actor: signer.uri, rsa: { id: signer.keyId, privateKey: signer.privateKey, publicPem: '' } } as Awaited<
      ReturnType<typeof instanceKeys>
    >)
  const signed = keys ? await signCavage(keys, 'GET', new URL(url)) : {}
  const response = await s.routes.request(url, { headers: { accept, ...signed, ...headers } })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text.startsWith('{') ? JSON.parse(text) : null }
}

async function strict(): Promise<Scene & { alice: AccountId; urls: string[]; post: string }> {
  const s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const id = await status(s.t, alice)
  await s.t.db.transaction((tx) => saveSettings(tx, commandLine, { authorizedFetch: true }))
  const { uris } = s.t.app
  const post = uris.status(id)
  const urls = [
    post,
    uris.statusPage('alice', id),
    uris.activity('creates', id),
    `${post}/replies`,
    `${post}/likes`,
    `${post}/shares`,
    uris.thread(id),
    uris.outbox(alice),
    `${uris.outbox(alice)}?page=true`,
    uris.followers(alice),
    uris.following(alice),
    uris.featured(alice),
  ]
  return Object.assign(s, { alice, urls, post })
}

test('with authorized fetch, a request without a signature gets only the keys', async () => {
  await using s = await strict()
  const { uris } = s.t.app
  for (const url of [...s.urls, `${uris.origin}/ap/statuses/1`])
    expect([url, (await get(s, url)).status]).toEqual([url, 401])
  for (const url of [uris.account(s.alice), uris.profile('alice')]) {
    const { status: code, headers, json } = await get(s, url)
    expect([code, headers.get('cache-control'), headers.get('vary')]).toEqual([
      200,
      'private, no-store',
      'Accept, Signature, Signature-Input',
    ])
    expect(Object.keys(json).toSorted()).toEqual([
      '@context',
      'assertionMethod',
      'id',
      'inbox',
      'preferredUsername',
      'publicKey',
      'type',
    ])
  }
  // Everybody has to be able to find people, and to check our own signatures.
  for (const url of [
    uris.instanceActor,
    `${uris.origin}/.well-known/webfinger?resource=acct:alice@pipit.test`,
    `${uris.origin}/nodeinfo/2.1`,
  ])
    expect((await get(s, url)).status).toBe(200)
  // People get pages as before.
  const page = await s.routes.request(s.post, { headers: { accept: 'text/html' } })
  expect(page.status).toBe(302)
})

test('a signed request gets public documents, which no cache stores', async () => {
  await using s = await strict()
  const carol = s.peer.actor('carol')
  for (const url of [...s.urls, s.t.app.uris.account(s.alice)]) {
    const { status: code, headers } = await get(s, url, carol)
    expect([url, code, headers.get('cache-control'), headers.get('vary')]).toEqual([
      url,
      200,
      'private, no-store',
      'Accept, Signature, Signature-Input',
    ])
  }
  expect((await get(s, s.t.app.uris.account(s.alice), carol)).json.outbox).toBe(s.t.app.uris.outbox(s.alice))
  const forged = { ...carol, privateKey: s.peer.actor('other').privateKey }
  expect((await get(s, s.post, forged)).status).toBe(401)
  expect((await get(s, s.t.app.uris.account(s.alice), forged)).json.outbox).toBeUndefined()

  // A matching ETag does not help a client that may not read the document.
  const etag = (await get(s, s.post, carol)).headers.get('etag') ?? ''
  expect((await get(s, s.post, carol, { 'if-none-match': etag })).status).toBe(304)
  expect((await get(s, s.post, undefined, { 'if-none-match': etag })).status).toBe(401)
})

test('a message signature is valid only for the request that it covers', async () => {
  await using s = await strict()
  const carol = s.peer.actor('carol')
  const other = `${s.post}/replies?page=true`
  const status = async (url: string, made: string, components?: string[]) => {
    const key = carol.privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['sign'])
    const { headers } = await signRequest(new Request(made), key as CryptoKey, new URL(carol.keyId), {
      spec: 'rfc9421',
      ...(components ? { rfc9421: { components: components.map((value) => ({ value, params: {} })) } } : {}),
    })
    return (await s.routes.request(url, { headers: { ...Object.fromEntries(headers), accept } })).status
  }
  expect([await status(s.post, s.post), await status(other, other)]).toEqual([200, 200])
  expect(await status(s.post, s.post, ['@method', '@authority', '@path'])).toBe(200)
  expect([await status(s.post, other), await status(s.post, s.post.replace('pipit', 'other'))]).toEqual([401, 401])
  for (const components of [['date'], ['@target-uri'], ['@method', '@path'], ['@method', '@authority']])
    expect([components, await status(s.post, s.post, components)]).toEqual([components, 401])
  expect(await status(other, other, ['@method', '@authority', '@path'])).toBe(401)
})

test('a blocked signer gets no more than an anonymous viewer, whether its account or its server is blocked', async () => {
  await using s = await strict()
  const { uris, db, remote } = s.t.app
  const [carol, dave, erin] = [s.peer.actor('carol'), s.peer.actor('dave'), s.peer.actor('erin')]
  const idOf = async ({ uri }: PeerActor) => (await remote.url(uri))!.id as AccountId
  await makeFollow(s.t, await idOf(carol), s.alice)
  const restricted = uris.status(await status(s.t, s.alice, { visibility: 'private' }))
  expect((await get(s, restricted, carol)).status).toBe(200)
  const carolId = await idOf(carol)
  await db.transaction((tx) => block(tx, uris, s.alice, carolId))
  for (const url of [...s.urls, restricted]) expect([url, (await get(s, url, carol)).status]).toEqual([url, 404])
  expect((await get(s, uris.account(s.alice), carol)).json.outbox).toBeUndefined()
  expect((await get(s, s.post, dave)).status).toBe(200)

  await suspend(s.t, await idOf(erin))
  expect((await get(s, s.post, erin)).status).toBe(404)

  await db.transaction((tx) => blockDomain(tx, uris, s.alice, s.peer.host))
  expect((await get(s, s.post, dave)).status).toBe(404)
  const bob = await localAccount(s.t, 'bob')
  expect((await get(s, uris.status(await status(s.t, bob)), dave)).status).toBe(200)
})

test('without authorized fetch, a blocked signer gets no posts, but an unsigned request does', async () => {
  await using s = await strict()
  const { uris, db, remote } = s.t.app
  await db.transaction((tx) => saveSettings(tx, commandLine, { authorizedFetch: false }))
  const [carol, dave] = [s.peer.actor('carol'), s.peer.actor('dave')]
  const carolId = (await remote.url(carol.uri))!.id as AccountId
  for (const url of s.urls) expect([url, (await get(s, url, carol)).status]).toEqual([url, 200])
  await db.transaction((tx) => block(tx, uris, s.alice, carolId))

  for (const url of s.urls) {
    const { status: code, headers } = await get(s, url, carol)
    expect([url, code, headers.get('cache-control'), headers.get('vary')]).toEqual([
      url,
      404,
      'no-store',
      'Accept, Signature, Signature-Input',
    ])
    // `Vary` keeps caches from serving unsigned answers to signed requests.
    const anonymous = await get(s, url)
    expect([url, anonymous.status, anonymous.headers.get('vary')]).toEqual([
      url,
      200,
      'Accept, Signature, Signature-Input',
    ])
    expect([url, (await get(s, url, dave)).status]).toEqual([url, 200])
  }
  const etag = (await get(s, s.post)).headers.get('etag') ?? ''
  expect((await get(s, s.post, carol, { 'if-none-match': etag })).status).toBe(404)
  // The existence of the account is no secret.
  expect((await get(s, uris.account(s.alice), carol)).json.outbox).toBe(uris.outbox(s.alice))
  // A forged signature does not count, so it can't get a request refused in carol's name.
  expect((await get(s, s.post, { ...carol, privateKey: dave.privateKey })).status).toBe(200)
  const bob = await localAccount(s.t, 'bob')
  s.peer.fetched.length = 0
  const stranger = s.peer.actor('stranger')
  expect((await get(s, uris.status(await status(s.t, bob)), stranger)).status).toBe(200)
  expect(s.peer.fetched).toEqual([])

  await db.transaction((tx) => blockDomain(tx, uris, s.alice, s.peer.host))
  expect((await get(s, s.post, dave)).status).toBe(404)
})

test('two servers that both require signatures can fetch each other’s actors', async () => {
  await using one = await scene()
  await one.t.db.transaction((tx) => saveSettings(tx, commandLine, { authorizedFetch: true }))
  const alice = await localAccount(one.t, 'alice')
  // The other server also requires signatures for its actors, except for their keys.
  const carol = one.peer.actor('carol')
  one.peer.documents.set('/users/carol', {
    id: carol.uri,
    type: 'Person',
    preferredUsername: 'carol',
    inbox: `${carol.uri}/inbox`,
    publicKey: carol.document['publicKey'],
  })
  const { json, status: code } = await get(one, one.t.app.uris.account(alice), carol)
  expect([code, json.name, one.peer.fetched]).toEqual([200, 'alice', ['/users/carol']])
})
