import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseObject } from '../../federation/documents/json.ts'
import { newBudget } from '../../federation/fetching/fetch-document.ts'
import { signCavage } from '../../federation/signatures/cavage.ts'
import type { SigningKeys } from '../../federation/signatures/own-keys.ts'
import { withSignature } from '../../federation/signatures/sign-linked-data.ts'
import { withProof } from '../../federation/signatures/sign-proof.ts'
import { hasSigned } from '../../federation/signatures/verify-linked-data.ts'
import { isProven } from '../../federation/signatures/verify-proof.ts'
import { verifySignature } from '../../federation/signatures/verify-request.ts'
import { type PeerActor, signedMessage, signedPost, withEd25519 } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const activity = (actor: PeerActor) => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: `${actor.uri}#${crypto.randomUUID()}`,
  type: 'Follow',
  actor: actor.uri,
  object: 'https://pipit.test/ap/accounts/1',
})
const otherPem = () =>
  createPublicKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
    .export({ type: 'spki', format: 'pem' })
    .toString()
const pemOf = (actor: PeerActor) => (actor.document['publicKey'] as { publicKeyPem: string }).publicKeyPem

let count = 0
/** An actor whose document has these keys. */
function withKeys(s: Scene, keys: (actor: PeerActor) => unknown): PeerActor {
  const actor = s.peer.actor(`ann${++count}`)
  actor.document['publicKey'] = keys(actor)
  return actor
}
const listed = (actor: PeerActor, more: object = {}) => ({
  id: actor.keyId,
  owner: actor.uri,
  publicKeyPem: pemOf(actor),
  ...more,
})

/** How requests of both kinds, and a signed GET, with a key id are answered. */
async function answers(s: Scene, actor: PeerActor, keyId: string): Promise<[number, number, boolean]> {
  const posted = await s.routes.request(signedPost(s.t.app, actor, activity(actor), { keyId }))
  const message = await s.routes.request(signedMessage(s.t.app, actor, activity(actor), { keyId }))
  const url = new URL('https://pipit.test/ap/accounts/1')
  const keys = { rsa: { id: keyId, privateKey: actor.privateKey } } as SigningKeys
  const fetched = await verifySignature(
    s.t.app,
    new Request(url, { headers: await signCavage(keys, 'GET', url) }),
    null,
  )
  return [posted.status, message.status, 'actor' in fetched && fetched.actor === actor.uri]
}
const taken = [202, 202, true]
const refused = [401, 401, false]

test('a key id that is the actor’s own id means the key in the actor’s document', async () => {
  await using s = await scene()
  const usual = s.peer.actor('usual')
  const both = withKeys(s, (actor) => [
    listed(actor, { id: `${actor.uri}#old`, publicKeyPem: otherPem() }),
    listed(actor, { id: actor.uri }),
  ])
  const apart = withKeys(s, (actor) => `${actor.uri}/key`)
  s.peer.documents.set(`${new URL(apart.uri).pathname}/key`, {
    id: `${apart.uri}/key`,
    owner: apart.uri,
    publicKeyPem: createPublicKey(apart.privateKey).export({ type: 'spki', format: 'pem' }),
  })
  const withBoth = s.peer.actor('with-both')
  withEd25519(s.peer, withBoth)
  for (const actor of [usual, both, apart, withBoth]) {
    expect([actor.uri, await answers(s, actor, actor.uri)]).toEqual([actor.uri, taken])
    // From memory, too.
    expect([actor.uri, await answers(s, actor, actor.uri)]).toEqual([actor.uri, taken])
  }
})

test('keys may have relative ids, escaped or missing line ends, and no id if there is only one key', async () => {
  await using s = await scene()
  const cases: [string, PeerActor][] = [
    ['a relative id', withKeys(s, (actor) => listed(actor, { id: '#main-key' }))],
    ['a path for an id', withKeys(s, (actor) => listed(actor, { id: `${new URL(actor.uri).pathname}#main-key` }))],
    [
      'escaped line ends',
      withKeys(s, (actor) => listed(actor, { publicKeyPem: pemOf(actor).replaceAll('\n', '\\n') })),
    ],
    [
      'escaped line ends of another kind',
      withKeys(s, (actor) => listed(actor, { publicKeyPem: pemOf(actor).replaceAll('\n', '\\r\\n') })),
    ],
    ['one line', withKeys(s, (actor) => listed(actor, { publicKeyPem: pemOf(actor).replaceAll('\n', '') }))],
    [
      'spaces for line ends',
      withKeys(s, (actor) => listed(actor, { publicKeyPem: pemOf(actor).trim().replaceAll('\n', ' ') })),
    ],
    ['no id', withKeys(s, (actor) => listed(actor, { id: undefined }))],
    ['no id and no owner', withKeys(s, (actor) => ({ publicKeyPem: pemOf(actor) }))],
    ['its owner as controller', withKeys(s, (actor) => listed(actor, { owner: undefined, controller: actor.uri }))],
  ]
  for (const [name, actor] of cases) {
    expect([name, await answers(s, actor, actor.keyId)]).toEqual([name, taken])
    expect([name, await answers(s, actor, actor.uri)]).toEqual([name, taken])
  }
})

test('an ambiguous key id, or the id of another owner’s key, matches no key', async () => {
  await using s = await scene()
  const victim = s.peer.actor('victim')
  const cases: [string, PeerActor, string?][] = [
    [
      'of several none has the id',
      withKeys(s, (actor) => [
        listed(actor, { id: `${actor.uri}#a` }),
        listed(actor, { id: `${actor.uri}#b`, publicKeyPem: otherPem() }),
      ]),
    ],
    [
      'several have no id',
      withKeys(s, (actor) => [
        listed(actor, { id: undefined }),
        listed(actor, { id: undefined, publicKeyPem: otherPem() }),
      ]),
    ],
    ['the key is owned by somebody else', withKeys(s, (actor) => listed(actor, { owner: victim.uri }))],
    ['the key has another id', withKeys(s, (actor) => listed(actor, { id: `${actor.uri}#new` })), '#main-key'],
  ]
  const page = s.peer.actor('page')
  s.peer.documents.set('/@page', page.document)
  for (const [name, actor, fragment = ''] of cases)
    expect([name, await answers(s, actor, `${actor.uri}${fragment}`)]).toEqual([name, refused])
  expect(await answers(s, page, `${s.peer.origin}/@page`)).toEqual(refused)
  const mallory = s.peer.actor('mallory')
  expect((await s.routes.request(signedPost(s.t.app, mallory, activity(victim), { keyId: mallory.uri }))).status).toBe(
    401,
  )
})

test('after a change of a key that is named by the actor’s id, the new key is accepted', async () => {
  await using s = await scene()
  const before = s.peer.actor('ann')
  const post = async (actor: PeerActor) =>
    (await s.routes.request(signedPost(s.t.app, actor, activity(actor), { keyId: actor.uri }))).status
  expect(await post(before)).toBe(202)
  await s.t.db.execute(
    `update kv set value = jsonb_set(value, '{fetchedAt}', to_jsonb((extract(epoch from now()) * 1000 - 120000)::bigint)) where key like 'key %'`,
  )
  const after = s.peer.actor('ann')
  expect(await post(after)).toBe(202)
  expect(await post(before)).toBe(401)
})

test('linked data signatures and proofs may name the actor’s id as their key', async () => {
  await using s = await scene()
  const ann = s.peer.actor('ann')
  const { privateKey } = withEd25519(s.peer, ann)
  const keys = {
    actor: ann.uri,
    rsa: { id: ann.uri, privateKey: ann.privateKey },
    ed25519: { id: ann.uri, privateKey },
  } as unknown as SigningKeys
  const document = { ...activity(ann), type: 'Create', object: `${ann.uri}/notes/1` }
  const signed = await withSignature(document, keys)
  expect(await hasSigned(s.t.app, parseObject(JSON.stringify(signed))!, ann.uri, newBudget())).toBe(true)
  const proven = withProof(document, keys)
  expect(await isProven(s.t.app, parseObject(JSON.stringify(proven))!, ann.uri, newBudget())).toBe(true)
  expect(await isProven(s.t.app, { ...proven, object: `${ann.uri}/notes/2` }, ann.uri, newBudget())).toBe(false)
})
