import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { signRequest } from '@fedify/fedify/sig'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { digestOf } from '#src/incoming/received.ts'
import { connect } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { priorityOf } from '../../federation/incoming/job-priority.ts'
import { federationRoutes } from '../../federation/serving/routes.ts'
import { forgetJobs, localAccount, makeFollow, remoteStatus, status, suspend } from '../cast.ts'
import {
  type MessageSigning,
  peer,
  type PeerActor,
  sha256,
  signedMessage,
  type Signing,
  signedPost,
  withEd25519,
} from './peer.ts'
import { scene } from './setup.ts'

const hour = 3_600_000
const activity = (actor: PeerActor, more: object = {}) => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id: `${actor.uri}#${crypto.randomUUID()}`,
  type: 'Follow',
  actor: actor.uri,
  object: 'https://pipit.test/ap/accounts/1',
  ...more,
})

test('only activities with a complete and recent signature, for this host and by their own actor, are accepted', async () => {
  await using s = await scene()
  const mallory = s.peer.actor('mallory')
  const alice = s.peer.actor('alice')
  const like = activity(alice)
  const cases: [string, number, Request][] = [
    ['as it should be', 202, signedPost(s.t.app, alice, activity(alice))],
    ['by another name of the algorithm', 202, signedPost(s.t.app, alice, activity(alice), { algorithm: 'hs2019' })],
    [
      'five minutes late',
      202,
      signedPost(s.t.app, alice, activity(alice), { date: new Date(Date.now() - 300_000).toUTCString() }),
    ],
    [
      'in the other media type',
      202,
      signedPost(s.t.app, alice, activity(alice), {
        contentType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      }),
    ],
    ['by somebody else', 401, signedPost(s.t.app, mallory, like)],
    ['with the key id of somebody else', 401, signedPost(s.t.app, mallory, like, { keyId: alice.keyId })],
    ['with a digest of another body', 401, signedPost(s.t.app, alice, like, { digest: `SHA-256=${sha256('{}')}` })],
    ['with an unknown digest', 401, signedPost(s.t.app, alice, like, { digest: 'MD5=abcd' })],
    ['for another server', 401, signedPost(s.t.app, alice, like, { host: 'other.test' })],
    ['for another path', 401, signedPost(s.t.app, alice, like, { path: '/ap/accounts/1/inbox' })],
    ['two hours late', 401, signedPost(s.t.app, alice, like, { date: new Date(Date.now() - 2 * hour).toUTCString() })],
    ['two hours early', 401, signedPost(s.t.app, alice, like, { date: new Date(Date.now() + 2 * hour).toUTCString() })],
    ['at an unreadable time', 400, signedPost(s.t.app, alice, like, { date: 'yesterday' })],
    ['by an unknown algorithm', 401, signedPost(s.t.app, alice, like, { algorithm: 'hmac-sha256' })],
    ...['(request-target)', 'host', 'date', 'digest'].map((left): [string, number, Request] => {
      const covered = ['(request-target)', 'host', 'date', 'digest'].filter((name) => name !== left)
      return [`without ${left}`, 401, signedPost(s.t.app, alice, like, { covered } satisfies Signing)]
    }),
    ['of one of ours', 401, signedPost(s.t.app, alice, { ...like, actor: 'https://pipit.test/ap/accounts/1' })],
  ]
  const unsigned = signedPost(s.t.app, alice, like)
  unsigned.headers.delete('signature')
  cases.push(['not signed', 401, unsigned])

  for (const [name, expected, request] of cases)
    expect([name, (await s.routes.request(request)).status]).toEqual([name, expected])
  expect(await s.t.jobs()).toEqual(['inbox', 'inbox', 'inbox', 'inbox'])
})

test('a key counts only if it and its owner refer to each other', async () => {
  await using s = await scene()
  const victim = s.peer.actor('victim')
  const mallory = s.peer.actor('mallory')
  const pem = (mallory.document['publicKey'] as { publicKeyPem: string }).publicKeyPem
  // A document of its own that claims to be a key of the victim.
  s.peer.documents.set('/evil-key', {
    id: `${s.peer.origin}/evil-key`,
    type: 'CryptographicKey',
    owner: victim.uri,
    publicKeyPem: pem,
  })
  // An actor whose key claims another owner.
  s.peer.documents.set('/users/double', {
    ...mallory.document,
    id: `${s.peer.origin}/users/double`,
    publicKey: { id: `${s.peer.origin}/users/double#main-key`, owner: victim.uri, publicKeyPem: pem },
  })

  for (const keyId of [`${s.peer.origin}/evil-key`, `${s.peer.origin}/users/double#main-key`]) {
    expect((await s.routes.request(signedPost(s.t.app, mallory, activity(victim), { keyId }))).status).toBe(401)
  }
})

test('a key may be a document of its own, or a stub of its owner', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  const keyId = `${alice.uri}/main-key`
  const key = { ...(alice.document['publicKey'] as object), id: keyId }
  s.peer.documents.set('/users/alice', { ...alice.document, publicKey: key })
  s.peer.documents.set('/users/alice/main-key', {
    '@context': alice.document['@context'],
    id: alice.uri,
    type: 'Person',
    preferredUsername: 'alice',
    publicKey: key,
  })
  expect((await s.routes.request(signedPost(s.t.app, alice, activity(alice), { keyId }))).status).toBe(202)
})

test('keys are cached; after a change the new key is fetched and the old one no longer counts', async () => {
  await using s = await scene()
  const before = s.peer.actor('alice')
  for (let i = 0; i < 3; i++)
    expect((await s.routes.request(signedPost(s.t.app, before, activity(before)))).status).toBe(202)
  expect(s.peer.fetched).toEqual(['/users/alice'])

  const { db } = s.t
  await db.execute(
    `update kv set value = jsonb_set(value, '{fetchedAt}', to_jsonb((extract(epoch from now()) * 1000 - 120000)::bigint)) where key like 'key %'`,
  )
  const after = s.peer.actor('alice')
  for (const sign of [signedPost, signedMessage]) {
    expect((await s.routes.request(sign(s.t.app, after, activity(after)))).status).toBe(202)
    expect((await s.routes.request(sign(s.t.app, before, activity(before)))).status).toBe(401)
  }
  expect(s.peer.fetched).toEqual(['/users/alice', '/users/alice'])
})

test('message signatures are accepted if they cover all required components', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  const bob = s.peer.actor('bob')
  const { privateKey: forged } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = withEd25519(s.peer, alice)
  const [{ app }, at] = [s.t, Math.floor(Date.now() / 1_000)]
  const post = (...changes: MessageSigning[]) => signedMessage(app, alice, activity(alice), ...changes)
  const ed25519 = { keyId: key.id, privateKey: key.privateKey, algorithm: 'ed25519' } as const
  const whole = ['@method', '@target-uri', 'content-digest']
  const body = JSON.stringify(activity(alice))
  const cases: [string, number, Request][] = [
    ['as usual', 202, post({})],
    ['by parts', 202, post({ components: ['@method', '@authority', '@path', 'content-digest', 'content-type'] })],
    ['with a query', 202, post({ url: '/ap/inbox?a=b' })],
    ['without the algorithm', 202, post({ algorithm: null })],
    ['RSA-PSS', 401, post({ algorithm: 'rsa-pss-sha512' })],
    ['Ed25519', 202, post(ed25519)],
    ['Ed25519 without the algorithm', 202, post({ ...ed25519, algorithm: null })],
    [
      'a digest by SHA-512',
      202,
      signedMessage(app, alice, JSON.parse(body) as object, {
        digest: `sha-512=:${createHash('sha512').update(body).digest('base64')}:`,
      }),
    ],
    ['two by two keys of the actor', 202, post({}, ed25519)],
    ['called like a method', 202, post({ label: 'constructor' })],
    ['a second one that covers too little', 401, post({}, { components: ['@method'] })],
    ['a first one that covers too little', 401, post({ components: ['@method'] }, {})],
    ['a second one that is forged', 401, post({}, { privateKey: forged })],
    ['a first one that is forged', 401, post({ privateKey: forged }, {})],
    [
      'a forged one, and one that covers only a date',
      401,
      post({ privateKey: forged }, { components: ['content-type'] }),
    ],
    ['a second one that has expired', 401, post({}, { parameters: `;expires=${at - 2 * 3_600}` })],
    ['a second one whose key nobody has', 401, post({}, { keyId: `${s.peer.origin}/nobody#key` })],
    ['a second one by a key of another server', 401, post({}, { keyId: 'https://a.test/key' })],
    ['a second one by another actor', 401, post({}, { keyId: bob.keyId, privateKey: bob.privateKey })],
    ['five', 400, post({}, {}, {}, {}, {})],
    ['for another host', 401, post({ url: 'https://other.test/ap/inbox' })],
    [
      'for another host, by parts',
      401,
      post({ url: 'https://other.test/ap/inbox', components: ['@method', '@authority', '@path', 'content-digest'] }),
    ],
    [
      'a component that Fedify writes in its own way',
      401,
      post({ url: '/ap/inbox?a=b', components: ['@method', '@authority', '@path', '@query', 'content-digest'] }),
    ],
    ['expiring soon', 202, post({ parameters: `;expires=${at + 60}` })],
    ['expired', 401, post({ parameters: `;expires=${at - 2 * 3_600}` })],
    ['two hours late', 401, post({ created: at - 2 * 3_600 })],
    [
      'the query left out',
      401,
      post({ url: '/ap/inbox?a=b', components: ['@method', '@authority', '@path', 'content-digest'] }),
    ],
    ['by another algorithm than the key is for', 401, post({ ...ed25519, algorithm: 'rsa-v1_5-sha256' })],
    ['something covered twice', 401, post({ components: [...whole, 'content-digest'] })],
    ['part of a field', 401, post({ components: [...whole, 'date";key="x'] })],
    [
      'a digest of another body',
      401,
      signedMessage(app, alice, activity(alice), { digest: `sha-256=:${sha256('{}')}:` }),
    ],
    ['an unknown digest', 401, signedMessage(app, alice, activity(alice), { digest: 'md5=:abcd:' })],
    ...[
      ['@target-uri', 'content-digest'],
      ['@method', 'content-digest'],
      ['@method', '@path', 'content-digest'],
      ['@method', '@target-uri'],
    ].map((components): [string, number, Request] => [`only ${components.join(' ')}`, 401, post({ components })]),
  ]
  const garbled = post({})
  garbled.headers.set('signature-input', 'sig0=(("')
  cases.push(['garbled', 400, garbled])
  const [bare, more] = [post({}), post({})]
  bare.headers.set('signature-input', 'sig0=("@method" "@target-uri" "content-digest")')
  more.headers.append('signature', 'sig1=:AAAA:')
  cases.push(['without parameters', 400, bare], ['one of which nothing is said', 400, more])
  const moved = post({})
  cases.push(['for another target', 401, new Request(`${moved.url}?a=b`, moved)])
  const undated = post({})
  undated.headers.set('signature-input', String(undated.headers.get('signature-input')).replace(/;created=\d+/, ''))
  cases.push(['without a time', 400, undated])
  for (const [name, expected, request] of cases)
    expect([name, (await s.routes.request(request)).status]).toEqual([name, expected])
})

test('both kinds of signatures made by Fedify are accepted', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  const key = alice.privateKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['sign']) as CryptoKey
  for (const spec of ['rfc9421', 'draft-cavage-http-signatures-12'] as const) {
    const request = new Request('https://pipit.test/ap/inbox', {
      method: 'POST',
      body: JSON.stringify(activity(alice)),
      headers: { 'content-type': 'application/activity+json' },
    })
    const signed = await signRequest(request, key, new URL(alice.keyId), { spec })
    expect([spec, (await s.routes.request(signed)).status]).toEqual([spec, 202])
    const other = new Request(signed.url, {
      method: 'POST',
      headers: signed.headers,
      body: JSON.stringify(activity(alice)),
    })
    expect((await s.routes.request(other)).status).toBe(401)
  }
})

test('invalid, too large and irrelevant requests are answered before a key is fetched', async () => {
  await using s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const alice = s.peer.actor('alice')
  const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`
  const cases: [string, number, Request][] = [
    ['no JSON', 400, signedPost(s.t.app, alice, '{')],
    ['a list', 400, signedPost(s.t.app, alice, '[]')],
    ['too deep', 400, signedPost(s.t.app, alice, deep)],
    ['NUL', 400, signedPost(s.t.app, alice, '{"type":"Like","actor":"https://a.test/","object":"\\u0000"}')],
    ['without an actor', 400, signedPost(s.t.app, alice, { type: 'Like' })],
    ['an actor that is no URL', 400, signedPost(s.t.app, alice, { type: 'Like', actor: 'javascript:alert(1)' })],
    [
      'too large',
      413,
      signedPost(s.t.app, alice, JSON.stringify({ ...activity(alice), content: 'x'.repeat(1_100_000) })),
    ],
    ['a form', 415, signedPost(s.t.app, alice, activity(alice), { contentType: 'application/x-www-form-urlencoded' })],
    ['plain JSON', 415, signedPost(s.t.app, alice, activity(alice), { contentType: 'application/json' })],
    ['an unknown kind', 202, signedPost(s.t.app, alice, activity(alice, { type: 'Dislike' }))],
    [
      'a self-delete of an unknown actor',
      202,
      signedPost(s.t.app, alice, activity(alice, { type: 'Delete', object: alice.uri })),
    ],
    ['the inbox of an unknown account', 404, signedPost(s.t.app, alice, activity(alice), {}, '/ap/accounts/123/inbox')],
  ]
  for (const [name, expected, request] of cases)
    expect([name, (await s.routes.request(request)).status]).toEqual([name, expected])
  expect(s.peer.fetched).toEqual([])
  expect(await s.t.jobs()).toEqual([])

  expect(
    (await s.routes.request(signedPost(s.t.app, alice, activity(alice), {}, `/ap/accounts/${bob}/inbox`))).status,
  ).toBe(202)
})

test('an unavailable key is not requested again at once', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  s.peer.documents.delete('/users/alice')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  for (let i = 0; i < 3; i++)
    expect((await s.routes.request(signedPost(s.t.app, { ...alice, privateKey }, activity(alice)))).status).toBe(401)
  expect(s.peer.fetched).toEqual(['/users/alice'])
})

test('activities are answered with 503 while the server of their key is unavailable', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  const key = async () => (await s.routes.request(signedPost(s.t.app, alice, activity(alice)))).status
  s.peer.failsWith = 502
  expect(await key()).toBe(503)
  expect(await s.t.jobs()).toEqual([])
  const away = { ...alice, uri: 'http://127.0.0.1:1/users/alice', keyId: 'http://127.0.0.1:1/users/alice#main-key' }
  expect((await s.routes.request(signedPost(s.t.app, away, activity(away)))).status).toBe(503)
})

test('requests that wait for keys of a slow server are limited', async () => {
  await using s = await scene()
  const opened = Promise.withResolvers<void>()
  s.peer.opened = opened.promise
  const actors = Array.from({ length: 24 }, (_, i) => s.peer.actor(`alice${i}`))
  const answered: number[] = []
  const turnedAway = Promise.withResolvers<void>()
  const answers = actors.map(async (actor) => {
    answered.push((await s.routes.request(signedPost(s.t.app, actor, activity(actor)))).status)
    // Only when all that wait are known to wait may the host answer: those that come later would find room.
    if (answered.length === 8) turnedAway.resolve()
  })
  await turnedAway.promise
  expect(answered).toEqual(Array(8).fill(503))
  opened.resolve()
  await Promise.all(answers)
  expect(answered.filter((status) => status === 202)).toHaveLength(16)
})

test('repeats, and self-deletes and updates of unknown actors, are answered without fetching a key', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  const repeated = activity(alice, { type: 'Create' })
  await s.t.db.execute(sql`insert into received_activities (key) values (${digestOf(repeated.id)})`)
  const ghost = { ...alice, uri: `${s.peer.origin}/users/ghost`, keyId: `${s.peer.origin}/users/ghost#main-key` }
  for (const each of [
    signedPost(s.t.app, alice, repeated),
    ...['Delete', 'Update'].map((type) =>
      signedPost(s.t.app, ghost, activity(ghost, { type, object: { id: ghost.uri } })),
    ),
  ])
    expect((await s.routes.request(each)).status).toBe(202)
  expect(s.peer.fetched).toEqual([])
  expect(await s.t.jobs()).toEqual([])
})

test('only activities that may have an effect are queued', async () => {
  await using s = await scene()
  const { app } = s.t
  const ann = await localAccount(s.t, 'ann')
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  const carolId = (await app.remote.url(carol.uri))!.id as AccountId
  await makeFollow(s.t, ann, carolId)
  const ours = app.uris.status(await status(s.t, ann))
  const theirs = `${carol.uri}/notes/1`
  await remoteStatus(s.t, carolId, { uri: theirs, url: `${s.peer.origin}/@carol/1` })
  await forgetJobs(s.t)
  const note = (more: object = {}) => ({
    id: `${bob.uri}/notes/${crypto.randomUUID()}`,
    type: 'Note',
    attributedTo: bob.uri,
    content: 'Hello',
    ...more,
  })
  const me = app.uris.account(ann)
  const unknown = 'https://elsewhere.test/notes/1'
  const [wanted, unwanted] = [
    [
      [bob, { type: 'Create', object: note({ cc: [me] }) }],
      [bob, { type: 'Create', object: note({ tag: { type: 'Mention', href: app.uris.profile('ann') } }) }],
      [bob, { type: 'Create', object: note(), to: [me] }],
      [bob, { type: 'Create', object: note({ inReplyTo: ours }) }],
      [bob, { type: 'Create', object: note({ inReplyTo: theirs }) }],
      [bob, { type: 'Create', object: note({ inReplyTo: `${s.peer.origin}/@carol/1` }) }],
      [bob, { type: 'Create', object: note({ quoteUrl: ours }) }],
      [bob, { type: 'Create', object: note({ inReplyTo: ours, name: 'Yes', content: undefined }) }],
      [bob, { type: 'Create', object: `${bob.uri}/notes/named` }],
      [carol, { type: 'Create', object: note({ attributedTo: carol.uri }) }],
      [bob, { type: 'Like', object: ours }],
      [bob, { type: 'Like', object: theirs }],
      [bob, { type: 'Announce', object: theirs }],
      [carol, { type: 'Announce', object: unknown }],
      // As groups announce what happens in them.
      [
        bob,
        {
          type: 'Announce',
          object: {
            id: `${carol.uri}/creates/1`,
            type: 'Create',
            actor: carol.uri,
            object: { id: `${carol.uri}/notes/2`, type: 'Note', inReplyTo: ours },
          },
        },
      ],
      [
        bob,
        {
          type: 'Announce',
          object: {
            id: `${carol.uri}/undos/1`,
            type: 'Undo',
            actor: carol.uri,
            object: { type: 'Like', actor: carol.uri, object: ours },
          },
        },
      ],
      [bob, { type: 'EmojiReact', object: ours, content: '🦆' }],
      [bob, { type: 'Follow', object: app.uris.instanceActor }],
      [bob, { type: 'Undo', object: { type: 'Like', actor: bob.uri, object: ours } }],
      [bob, { type: 'Undo', object: { type: 'Follow', actor: bob.uri, object: me } }],
      [bob, { type: 'Undo', object: `${bob.uri}/likes/1` }],
      [bob, { type: 'Delete', object: `${bob.uri}/notes/1` }],
      [carol, { type: 'Update', object: { id: carol.uri, type: 'Person' } }],
      [bob, { type: 'Follow', object: me }],
    ],
    [
      [bob, { type: 'Create', object: note() }],
      [bob, { type: 'Create', object: note({ inReplyTo: unknown, tag: { type: 'Mention', href: carol.uri } }) }],
      [bob, { type: 'Update', object: note() }],
      [bob, { type: 'Like', object: unknown }],
      [bob, { type: 'EmojiReact', object: unknown, content: '🦆' }],
      [bob, { type: 'Announce', object: unknown }],
      [bob, { type: 'Undo', object: { type: 'Like', actor: bob.uri, object: unknown } }],
      [carol, { type: 'Undo', object: { type: 'Like', actor: carol.uri, object: unknown } }],
      [bob, { type: 'Undo', object: { type: 'Announce', actor: bob.uri, object: unknown } }],
      [bob, { type: 'Undo', object: { type: 'Follow', actor: bob.uri, object: carol.uri } }],
      [bob, { type: 'Follow', object: carol.uri }],
      [bob, { type: 'Accept', object: { type: 'Follow', actor: me, object: bob.uri } }],
      [bob, { type: 'Create', object: note({ inReplyTo: ours }), id: 'https://elsewhere.test/creates/1' }],
    ],
  ] as [PeerActor, object][][]
  for (const [expected, cases] of [
    [1, wanted],
    [0, unwanted],
  ] as const) {
    for (const [actor, each] of cases!) {
      expect((await s.routes.request(signedPost(app, actor, activity(actor, each)))).status).toBe(202)
      expect([each, (await s.t.jobs()).length]).toEqual([each, expected])
      await forgetJobs(s.t)
    }
  }
  await suspend(s.t, carolId)
  expect((await s.routes.request(signedPost(app, carol, activity(carol, { type: 'Like', object: ours })))).status).toBe(
    202,
  )
  expect(await s.t.jobs()).toEqual([])
})

test('activities of a busy host run after those of other hosts', async () => {
  await using s = await scene()
  await using other = await peer()
  const [loud, quiet] = [s.peer.actor('loud'), other.actor('quiet')]
  for (let i = 0; i < 130; i++) await s.routes.request(signedPost(s.t.app, loud, activity(loud)))
  await s.routes.request(signedPost(s.t.app, quiet, activity(quiet)))
  const { rows } = await s.t.db.execute<{ actor: string }>(
    sql`select payload ->> 'actor' as actor from graphile_worker._private_jobs order by priority, run_at, id`,
  )
  const order = rows.map(({ actor }) => actor)
  expect(order.indexOf(quiet.uri)).toBeLessThan(order.lastIndexOf(loud.uri))
  expect(order).toHaveLength(131)
})

test('a host’s priority depends on its recent activities', () => {
  const core = { db: {} } as Parameters<typeof priorityOf>[0]
  const at = Date.now()
  const after = (n: number, from: number) =>
    Array.from({ length: n }, (_, i) => priorityOf(core, 'loud.test', from + i)).at(-1)
  expect([after(100, at), after(100, at), after(1_000, at), after(5_000, at)]).toEqual([5, 7, 12, 18])
  expect(priorityOf(core, 'quiet.test', at)).toBe(5)
  expect(priorityOf(core, 'loud.test', at + 20 * 60_000)).toBe(5)
})

test('many slow requests of one client make only further requests of this client fail', async () => {
  await using s = await scene()
  const alice = s.peer.actor('alice')
  const closers: (() => void)[] = []
  const slow = () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void closers.push(() => controller.error(new Error('Gone'))),
    })
    return s.routes.request(
      new Request('https://pipit.test/ap/inbox', {
        method: 'POST',
        body,
        duplex: 'half',
        headers: { 'content-type': 'application/activity+json' },
      } as RequestInit),
      undefined,
      { clientAddress: '192.0.2.1' },
    )
  }
  const waiting = Array.from({ length: 128 }, slow)
  const ask = (clientAddress: string) =>
    s.routes.request(signedPost(s.t.app, alice, activity(alice)), undefined, { clientAddress })
  const turnedAway = await ask('192.0.2.1')
  expect([turnedAway.status, turnedAway.headers.get('retry-after')]).toEqual([503, '60'])
  expect((await ask('192.0.2.2')).status).toBe(202)
  for (const close of closers) close()
  expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([408]))
  expect((await ask('192.0.2.1')).status).toBe(202)
})

test('failing signatures cause at most one fetch of a key a minute', async () => {
  await using s = await scene()
  const [alice, mallory] = [s.peer.actor('alice'), s.peer.actor('mallory')]
  const wrong = () => s.routes.request(signedPost(s.t.app, mallory, activity(alice), { keyId: alice.keyId }))
  expect((await s.routes.request(signedPost(s.t.app, alice, activity(alice)))).status).toBe(202)
  await s.t.db.execute(
    sql`update kv set value = jsonb_set(value, '{fetchedAt}', to_jsonb((extract(epoch from now()) * 1000 - 120000)::bigint)) where key like 'key %'`,
  )
  s.peer.failsWith = 404
  for (let i = 0; i < 4; i++) expect((await wrong()).status).toBe(401)
  expect(s.peer.fetched).toEqual(['/users/alice', '/users/alice'])
  // And the key that we know still counts.
  expect((await s.routes.request(signedPost(s.t.app, alice, activity(alice)))).status).toBe(202)
})

test('a key that its owner no longer lists is not accepted once the owner was fetched', async () => {
  await using s = await scene()
  const before = s.peer.actor('alice')
  expect((await s.routes.request(signedPost(s.t.app, before, activity(before)))).status).toBe(202)
  const after = s.peer.actor('alice', { publicKey: [] })
  const renewed = {
    ...(before.document['publicKey'] as object),
    id: `${before.uri}#key-2`,
    publicKeyPem: createPublicKey(after.privateKey).export({ type: 'spki', format: 'pem' }),
  }
  s.peer.documents.set('/users/alice', { ...after.document, publicKey: renewed })
  // A day later, in another process.
  await s.t.db.execute(sql`update kv set value = jsonb_set(value, '{fetchedAt}', '0') where key like 'key %'`)
  const db = connect(s.t.url, 2)
  const other = federationRoutes({ ...s.t.app, db })
  expect((await other.request(signedPost(s.t.app, before, activity(before)))).status).toBe(401)
  expect(
    (await other.request(signedPost(s.t.app, { ...after, keyId: `${before.uri}#key-2` }, activity(after)))).status,
  ).toBe(202)
  await db.$client.end()
})

test('a process uses the new key that another process fetched', async () => {
  await using s = await scene()
  const before = s.peer.actor('alice')
  expect((await s.routes.request(signedPost(s.t.app, before, activity(before)))).status).toBe(202)
  const after = s.peer.actor('alice')
  const { publicKeyPem } = after.document['publicKey'] as { publicKeyPem: string }
  await s.t.db.execute(
    sql`update kv set value = jsonb_set(value, '{pem}', to_jsonb(${publicKeyPem}::text)) where key like 'key %'`,
  )
  expect((await s.routes.request(signedPost(s.t.app, after, activity(after)))).status).toBe(202)
  expect((await s.routes.request(signedPost(s.t.app, before, activity(before)))).status).toBe(401)
  expect(s.peer.fetched).toEqual(['/users/alice'])
})
