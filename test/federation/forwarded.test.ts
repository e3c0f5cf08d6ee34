import { KeyObject } from 'node:crypto'
import { signJsonLd, signObject } from '@fedify/fedify/sig'
import { Create, Note } from '@fedify/vocab'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { digestOf } from '#src/incoming/received.ts'
import { addRelay } from '#src/incoming/relays/manage.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import type { JsonObject } from '../../federation/documents/json.ts'
import { contextLoader } from '../../federation/signatures/context-loader.ts'
import { withProof } from '../../federation/signatures/sign-proof.ts'
import { fitsProof } from '../../federation/signatures/verify-proof.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { peer, type PeerActor, signedPost, withEd25519 } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const context = 'https://www.w3.org/ns/activitystreams'
const publicly = { to: [`${context}#Public`], cc: [] as string[] }
let count = 0
const noteOf = (actor: PeerActor, id: string, more: object = {}) => ({
  id: `${actor.uri}/notes/${id}`,
  type: 'Note',
  attributedTo: actor.uri,
  content: `<p>Note ${id}</p>`,
  published: new Date().toISOString(),
  ...publicly,
  ...more,
})
const activityOf = (actor: PeerActor, type: string, object: unknown, more: object = {}): JsonObject => ({
  '@context': context,
  id: `${actor.uri}/activities/${++count}`,
  type,
  actor: actor.uri,
  object,
  ...publicly,
  ...more,
})
type Ed25519 = ReturnType<typeof withEd25519>
const proven = (activity: JsonObject, key: Ed25519, created = new Date()) =>
  withProof(activity, { ed25519: { ...key, publicMultibase: '' } } as never, created)
async function ldSigned(activity: JsonObject, actor: PeerActor): Promise<JsonObject> {
  const key = actor.privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['sign']) as CryptoKey
  return (await signJsonLd(activity, key, new URL(actor.keyId), { contextLoader })) as JsonObject
}
const serve = (s: Scene, document: { id: string }) =>
  s.peer.documents.set(new URL(document.id).pathname, { '@context': context, ...document })
const here = async (s: Scene, uri: string) => (await statusByUri(s.t.db, uri))?.deletedAt === null
const content = async (s: Scene, uri: string) =>
  (await loadStatusView(s.t.db, null, (await statusByUri(s.t.db, uri))!.id))?.content

/** Alice follows bob; hub has nothing to do with either. */
async function cast() {
  const s = await scene()
  const other = await peer()
  const alice = await localAccount(s.t, 'alice')
  const [bob, hub] = [s.peer.actor('bob'), other.actor('hub')]
  const key = withEd25519(s.peer, bob)
  await makeFollow(s.t, alice, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  await s.work()
  /** The activities that hub delivers. */
  const deliver = async (...activities: object[]) => {
    const statuses = []
    for (const activity of activities)
      statuses.push((await s.routes.request(signedPost(s.t.app, hub, activity))).status)
    await s.work()
    return statuses
  }
  return {
    s,
    other,
    alice,
    bob,
    hub,
    key,
    deliver,
    [Symbol.asyncDispose]: async () => (await s[Symbol.asyncDispose](), await other[Symbol.asyncDispose]()),
  }
}

test('proofs made by Fedify are valid', async () => {
  const { publicKey, privateKey } = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const keyId = new URL('https://a.test/a#key')
  const note = new Note({ id: new URL('https://a.test/n'), content: 'Größe "1" \u2028' })
  const signed = await signObject(
    new Create({ id: new URL('https://a.test/c'), actor: new URL('https://a.test/a'), object: note }),
    privateKey,
    keyId,
    { contextLoader },
  )
  const json = (await signed.toJsonLd({ format: 'compact', contextLoader })) as JsonObject
  const key = KeyObject.from(publicKey as never)
  expect(fitsProof(json, json['proof'] as JsonObject, key)).toBe(true)
  expect(fitsProof({ ...json, actor: 'https://b.test/b' }, json['proof'] as JsonObject, key)).toBe(false)
})

test('an activity with its actor’s proof is accepted from any sender', async () => {
  await using c = await cast()
  const note = noteOf(c.bob, 'proven')
  expect(await c.deliver(proven(activityOf(c.bob, 'Create', note), c.key))).toEqual([202])
  expect(await here(c.s, note.id)).toBe(true)
  const edited = { ...note, content: '<p>Edited</p>', updated: new Date(Date.now() + 60_000).toISOString() }
  await c.deliver(proven(activityOf(c.bob, 'Update', edited), c.key))
  expect(await content(c.s, note.id)).toBe('<p>Edited</p>')
  await c.deliver(proven(activityOf(c.bob, 'Delete', note.id), c.key))
  expect(await here(c.s, note.id)).toBe(false)
})

test('a proof counts only if it is complete, recent, by the actor, and of a kind that may be forwarded', async () => {
  await using c = await cast()
  const mallory = c.other.actor('mallory')
  const theirs = withEd25519(c.other, mallory)
  const notes = ['other', 'changed', 'old', 'early', 'purpose', 'without'].map((name) => noteOf(c.bob, name))
  const [other, changed, old, early, purpose, without] = notes.map((note) => activityOf(c.bob, 'Create', note)) as [
    JsonObject,
    JsonObject,
    JsonObject,
    JsonObject,
    JsonObject,
    JsonObject,
  ]
  const day = 24 * 3_600_000
  const wrong = proven(purpose, c.key)
  await c.deliver(
    proven(other, theirs),
    {
      ...proven(other, theirs),
      proof: { ...(proven(other, theirs)['proof'] as object), verificationMethod: c.key.id },
    },
    { ...proven(changed, c.key), object: { ...notes[1], content: 'Forged' } },
    proven(old, c.key, new Date(Date.now() - 40 * day)),
    proven(early, c.key, new Date(Date.now() + day)),
    { ...wrong, proof: { ...(wrong['proof'] as object), proofPurpose: 'authentication' } },
    proven({ ...without, id: undefined }, c.key),
    proven(activityOf(c.bob, 'Follow', c.s.t.app.uris.account(c.alice)), c.key),
  )
  for (const { id } of notes) expect([id, await here(c.s, id)]).toEqual([id, false])
  const { rows } = await c.s.t.db.execute(
    sql`select from follows f join accounts a on a.id = f.follower_id where a.uri = ${c.bob.uri}`,
  )
  expect(rows).toEqual([])
  expect(await c.deliver(without)).toEqual([401])
})

test('a replayed old activity neither restores an undone state nor ends a renewed one', async () => {
  await using c = await cast()
  const { s, alice, bob, key } = c
  const ours = await status(s.t, alice)
  const favourites = async () => (await loadStatusView(s.t.db, null, ours))?.favouritesCount
  const like = proven(activityOf(bob, 'Like', s.t.app.uris.status(ours)), key)
  const undo = proven(activityOf(bob, 'Undo', like), key)
  const direct = async (activity: object) => {
    expect((await s.routes.request(signedPost(s.t.app, bob, activity))).status).toBe(202)
    await s.work()
  }
  await direct(like)
  await direct(undo)
  await c.deliver(like)
  expect(await favourites()).toBe(0)
  await direct(like)
  expect(await favourites()).toBe(1)
  await c.deliver(undo)
  expect(await favourites()).toBe(1)
})

test('each forwarded edit counts, also when all edits share one id', async () => {
  await using c = await cast()
  const note = noteOf(c.bob, 'edits', { published: new Date(Date.now() - 60_000).toISOString() })
  await c.deliver(proven(activityOf(c.bob, 'Create', note), c.key))
  for (const [n, sign] of [
    [1, proven],
    [2, proven],
    [3, null],
  ] as const) {
    const edited = {
      ...note,
      content: `<p>Edit ${n}</p>`,
      updated: new Date(Date.now() - 30_000 + n * 1_000).toISOString(),
    }
    serve(c.s, edited)
    const update = activityOf(c.bob, 'Update', edited, { id: `${note.id}#update` })
    await c.deliver(sign ? sign(update, c.key) : await ldSigned(update, c.bob))
    expect(await content(c.s, note.id)).toBe(`<p>Edit ${n}</p>`)
  }
})

test('a forwarded Undo without the id of the Follow does not end the follow', async () => {
  await using c = await cast()
  const { s, alice, bob, key } = c
  const bobId = (await accountByUri(s.t.db, bob.uri))!
  await makeFollow(s.t, bobId, alice)
  await c.deliver(
    proven(activityOf(bob, 'Undo', { type: 'Follow', actor: bob.uri, object: s.t.app.uris.account(alice) }), key),
  )
  expect((await s.t.db.execute(sql`select from follows where follower_id = ${bobId}`)).rows).toHaveLength(1)
})

test('an activity with a linked data signature counts only in the form that its own server serves', async () => {
  await using c = await cast()
  const told = noteOf(c.bob, 'told', { content: '<p>As it is</p>' })
  serve(c.s, told)
  await c.deliver(await ldSigned(activityOf(c.bob, 'Create', { ...told, content: '<p>As it is</p>' }), c.bob))
  expect(await content(c.s, told.id)).toBe('<p>As it is</p>')

  const edited = { ...told, content: '<p>Edited</p>', updated: new Date(Date.now() + 60_000).toISOString() }
  serve(c.s, edited)
  await c.deliver(
    await ldSigned(activityOf(c.bob, 'Update', { ...edited, content: '<p>Signed, and not so</p>' }), c.bob),
  )
  expect(await content(c.s, told.id)).toBe('<p>Edited</p>')

  const removal = await ldSigned(activityOf(c.bob, 'Delete', told.id), c.bob)
  await c.deliver(removal)
  expect(await here(c.s, told.id)).toBe(true)
  c.s.peer.documents.delete(new URL(told.id).pathname)
  await c.deliver({ ...removal })
  expect(await here(c.s, told.id)).toBe(false)
})

test('manipulated graphs with a valid signature are not accepted', async () => {
  await using c = await cast()
  const mallory = c.other.actor('mallory')
  const real = noteOf(c.bob, 'real')
  serve(c.s, real)
  const secret = noteOf(c.bob, 'secret')
  const signed = await ldSigned(activityOf(c.bob, 'Create', real), c.bob)
  const forged = { ...real, content: '<p>Forged</p>' }
  const theirs = await ldSigned(activityOf(c.bob, 'Create', secret), mallory)
  await c.deliver(
    // The signed graph, with something else in front of it.
    {
      '@context': context,
      id: `${c.bob.uri}/g`,
      type: 'Create',
      actor: c.bob.uri,
      object: forged,
      '@graph': [{ ...signed, signature: undefined }],
      signature: signed['signature'],
    },
    { ...signed, object: secret, '@included': [{ id: real.id, type: 'Note' }] },
    { ...signed, object: secret, '@reverse': { object: { id: signed['id'] } } },
    { ...signed, '@context': [context, { said: 'as:object', object: null }], said: real, object: secret },
    theirs,
    { ...theirs, signature: { ...(theirs['signature'] as object), creator: c.bob.keyId } },
    await ldSigned(activityOf(c.bob, 'Follow', c.s.t.app.uris.account(c.alice)), c.bob),
    await ldSigned({ ...activityOf(c.bob, 'Delete', c.bob.uri) }, c.bob),
    await ldSigned(activityOf(c.bob, 'Create', { ...noteOf(mallory, 'foreign'), attributedTo: c.bob.uri }), c.bob),
  )
  expect([await here(c.s, secret.id), await here(c.s, `${mallory.uri}/notes/foreign`)]).toEqual([false, false])
  const { rows } = await c.s.t.db.execute<{ content: string }>(sql`select content from statuses where content <> ''`)
  // Only the true version can have been accepted.
  for (const row of rows) expect(row.content).toBe('<p>Note real</p>')
  const bob = (await accountByUri(c.s.t.db, c.bob.uri))!
  expect(await loadAccountViews(c.s.t.db, [bob])).toMatchObject([{ deletedAt: null }])
  expect((await c.s.t.db.execute(sql`select from follows where follower_id = ${bob}`)).rows).toEqual([])
  // Nor does it use up an id that was not proven.
  expect(
    await c.s.t.db.execute(sql`select key from received_activities where key = ${digestOf(String(signed['id']))}`),
  ).toMatchObject({ rows: [] })
})

test('a forwarded boost counts if the booster’s server confirms it', async () => {
  await using c = await cast()
  const carol = c.s.peer.actor('carol')
  const note = noteOf(carol, 'boosted')
  serve(c.s, note)
  const boost = activityOf(c.bob, 'Announce', note.id)
  const signed = await ldSigned(boost, c.bob)
  await c.deliver(signed)
  expect(await here(c.s, String(boost['id']))).toBe(false)
  serve(c.s, boost as { id: string })
  await c.deliver({ ...signed })
  expect(await here(c.s, String(boost['id']))).toBe(true)
})

test('a self-delete without an available key counts if the account’s server says that it is gone', async () => {
  await using c = await cast()
  const { s, bob } = c
  const bobId = (await accountByUri(s.t.db, bob.uri))!
  const farewell = { '@context': context, id: `${bob.uri}#delete`, type: 'Delete', actor: bob.uri, object: bob.uri }
  const deletedAt = async () => (await loadAccountViews(s.t.db, [bobId]))[0]?.deletedAt ?? null

  // Another account’s missing key proves nothing about bob, and causes no request for him.
  c.other.failsWith = 410
  expect(
    (await s.routes.request(signedPost(s.t.app, bob, farewell, { keyId: `${c.other.origin}/users/ghost#key` }))).status,
  ).toBe(401)
  await s.work()
  expect(await deletedAt()).toBeNull()
  s.peer.failsWith = 410
  expect((await s.routes.request(signedPost(s.t.app, bob, { ...farewell, id: `${bob.uri}#delete2` }))).status).toBe(202)
  await s.work()
  expect(await deletedAt()).not.toBeNull()
})

test('replies to local posts are forwarded to remote followers, unchanged and once', async () => {
  await using c = await cast()
  const { s, alice, bob, other } = c
  const [fan, enemy] = [other.actor('fan'), other.actor('enemy', { inbox: `${other.origin}/users/enemy/inbox` })]
  for (const actor of [fan, enemy, bob])
    await makeFollow(s.t, (await s.t.app.remote.url(actor.uri))!.id as AccountId, alice)
  const post = s.t.app.uris.status(await status(s.t, alice, { text: 'Hello' }))
  const bobId = (await accountByUri(s.t.db, bob.uri))!
  const enemyId = (await accountByUri(s.t.db, enemy.uri))!
  await s.t.db.transaction((tx) => block(tx, s.t.app.uris, enemyId, bobId, `${enemy.uri}#block`))
  await s.work()
  s.peer.posted.length = other.posted.length = 0
  const receive = async (actor: PeerActor, ...raw: (object | string)[]) => {
    for (const each of raw) expect((await s.routes.request(signedPost(s.t.app, actor, each))).status).toBe(202)
    await s.work()
  }

  const reply = noteOf(bob, 'reply', { inReplyTo: post })
  // With unusual spaces and order, which a new serialization would change.
  const raw = JSON.stringify(proven(activityOf(bob, 'Create', reply), c.key), null, 1)
  await receive(bob, raw, raw)
  expect(other.posted.map(({ path, body }) => [path, body])).toEqual([['/users/fan/inbox', raw]])
  expect(other.posted[0]!.headers['signature']).toContain(`keyId="${s.t.app.uris.account(alice)}#main-key"`)
  expect(s.peer.posted).toEqual([])

  const edit = JSON.stringify(
    proven(
      activityOf(bob, 'Update', { ...reply, content: 'Edited', updated: new Date(Date.now() + 60_000).toISOString() }),
      c.key,
    ),
  )
  const removal = JSON.stringify(proven(activityOf(bob, 'Delete', reply.id), c.key))
  // However often somebody edits, the world hears of it once a minute.
  await receive(bob, edit, edit.replace('Edited', 'Edited again'), removal)
  expect(other.posted.slice(1).map(({ body }) => body)).toEqual([edit, removal])

  // Not forwarded: activities without proof, non-public ones, replies to remote posts, and back to their sender.
  other.posted.length = 0
  const also = [
    noteOf(bob, 'plain', { inReplyTo: post }),
    noteOf(bob, 'private', { inReplyTo: post, to: [`${bob.uri}/followers`], cc: [s.t.app.uris.account(alice)] }),
    noteOf(bob, 'apart'),
  ]
  await receive(
    bob,
    activityOf(bob, 'Create', also[0]),
    proven(activityOf(bob, 'Create', also[1], { to: also[1]!.to }), c.key),
    proven(activityOf(bob, 'Create', also[2]), c.key),
  )
  await c.deliver(proven(activityOf(bob, 'Create', noteOf(bob, 'returned', { inReplyTo: post })), c.key))
  expect(await here(s, `${bob.uri}/notes/returned`)).toBe(true)
  expect(other.posted).toEqual([])
})

test('public posts from a relay are stored while the subscription to the relay lasts', async () => {
  await using c = await cast()
  const { s, hub } = c
  const carol = s.peer.actor('carol')
  const [first, second, quiet] = [
    noteOf(carol, 'first'),
    noteOf(carol, 'second'),
    noteOf(carol, 'quiet', { to: [], cc: publicly.to }),
  ]
  for (const note of [first, second, quiet]) serve(s, note)
  await c.deliver(await ldSigned(activityOf(carol, 'Create', first), carol))
  expect(await here(s, first.id)).toBe(false)

  const relayId = await s.t.db.transaction((tx) =>
    addRelay(tx, s.t.app.uris, { inboxUrl: `${hub.uri}/inbox`, actorUri: hub.uri, protocol: 'mastodon' }),
  )
  await s.t.db.execute(sql`update relays set state = 'accepted' where id = ${relayId}`)
  await c.deliver(
    await ldSigned(activityOf(carol, 'Create', second), carol),
    await ldSigned(activityOf(carol, 'Create', quiet), carol),
  )
  expect([await here(s, second.id), await here(s, quiet.id)]).toEqual([true, false])
})
