import { Person } from '@fedify/vocab'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { changeAccount } from '#src/accounts/manage.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { addEmoji, removeEmoji } from '#src/media/emojis/manage.ts'
import { emit } from '#src/outbox/emit.ts'
import { forgetEmojis } from '#src/outbox/forget-documents.ts'
import { accountDocument } from '#src/outgoing/documents/accounts.ts'
import { makeDocuments } from '#src/outgoing/documents/stored.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { setPolicy } from '#src/statuses/access/own-policy.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { quoteChange } from '#src/statuses/quotes/policy.ts'
import { toAccount } from '../../api/entities/account.ts'
import { signCavage } from '../../federation/signatures/cavage.ts'
import { contextLoader } from '../../federation/signatures/context-loader.ts'
import type { instanceKeys } from '../../federation/signatures/own-keys.ts'
import { localAccount, makeFollow, password, remoteAccount, remoteStatus, status, suspend } from '../cast.ts'
import { clientAt } from '../client.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const json = { headers: { accept: 'application/activity+json' } }
const page = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
const get = async (s: Scene, url: string, init: RequestInit = json) => {
  const response = await s.routes.request(url, init)
  return { status: response.status, headers: response.headers, json: JSON.parse((await response.text()) || 'null') }
}
const signedBy = async (actor: PeerActor, url: string) => {
  const keys = { actor: actor.uri, rsa: { id: actor.keyId, privateKey: actor.privateKey, publicPem: '' } } as Awaited<
    ReturnType<typeof instanceKeys>
  >
  return { headers: { ...json.headers, ...(await signCavage(keys, 'GET', new URL(url))) } }
}

test('accounts are served by handle, URL and id; an unknown one is 404, a deleted one 410', async () => {
  await using s = await scene({ HANDLE_HOST: 'example.test' })
  const alice = await localAccount(s.t, 'alice')
  const { uris } = s.t.app
  const find = (resource: string) => get(s, `/.well-known/webfinger?resource=${encodeURIComponent(resource)}`)
  for (const resource of [
    'acct:alice@example.test',
    'alice@example.test',
    '@alice@example.test',
    'acct:alice@pipit.test',
    'acct:ALICE@example.test',
    uris.profile('alice'),
    uris.account(alice),
  ]) {
    const { status: code, headers, json: found } = await find(resource)
    expect([resource, code, headers.get('content-type'), headers.get('access-control-allow-origin')]).toEqual([
      resource,
      200,
      'application/jrd+json',
      '*',
    ])
    expect(found.subject.toLowerCase()).toBe('acct:alice@example.test')
    expect(found.links).toContainEqual({ rel: 'self', href: uris.account(alice), type: 'application/activity+json' })
    expect(found.links).toContainEqual(
      expect.objectContaining({ rel: 'http://webfinger.net/rel/profile-page', href: uris.profile('alice') }),
    )
  }
  expect((await find('acct:example.test@example.test')).json.links).toContainEqual(
    expect.objectContaining({ rel: 'self', href: uris.instanceActor }),
  )
  for (const resource of ['acct:nobody@example.test', 'acct:alice@other.test', 'https://other.test/@alice'])
    expect((await s.routes.request(`/.well-known/webfinger?resource=${resource}`)).status).toBe(404)
  expect((await s.routes.request('/.well-known/webfinger')).status).toBe(400)
  for (const resource of [
    '',
    'alice',
    'acct:alice',
    'acct:@@example.test',
    'acct:alice@exa mple.test',
    'x'.repeat(3_000),
  ])
    expect([
      resource,
      (await s.routes.request(`/.well-known/webfinger?${new URLSearchParams({ resource })}`)).status,
    ]).toEqual([resource, 400])

  // A suspended account may come back; servers take 410 for its end.
  await suspend(s.t, alice)
  expect((await s.routes.request('/.well-known/webfinger?resource=acct:alice@example.test')).status).toBe(404)
  await s.t.db.transaction((tx) => deleteAccount(tx, alice))
  expect((await s.routes.request('/.well-known/webfinger?resource=acct:alice@example.test')).status).toBe(410)
  expect((await s.routes.request(uris.account(alice), json)).status).toBe(410)
})

test('WebFinger has the address for remote interaction, and only the requested links', async () => {
  await using s = await scene({ HANDLE_HOST: 'example.test' })
  await localAccount(s.t, 'alice')
  await s.t.db.execute(sql`update accounts set avatar_file = 'abc.webp'`)
  const { json: found } = await get(s, '/.well-known/webfinger?resource=acct:alice@example.test')
  const templates = Object.fromEntries(
    found.links.flatMap(({ rel, template }: { rel: string; template?: string }) => (template ? [[rel, template]] : [])),
  )
  const page = 'https://pipit.test/authorize_interaction?uri='
  expect(templates).toEqual({
    'http://ostatus.org/schema/1.0/subscribe': `${page}{uri}`,
    'https://w3id.org/fep/3b86/Object': `${page}{object}`,
    'https://w3id.org/fep/3b86/Follow': `${page}{object}`,
    'https://w3id.org/fep/3b86/Like': `${page}{object}`,
    'https://w3id.org/fep/3b86/Announce': `${page}{object}`,
    'https://w3id.org/fep/3b86/Create': 'https://pipit.test/share?title={name}&text={content}&reply_to={inReplyTo}',
  })
  expect(found.links).toContainEqual({
    rel: 'http://webfinger.net/rel/avatar',
    type: 'image/webp',
    href: 'https://pipit.test/media/abc.webp',
  })
  const { json: part } = await get(s, '/.well-known/webfinger?resource=acct:alice@example.test&rel=self&rel=unknown')
  expect(part.links.map(({ rel }: { rel: string }) => rel)).toEqual(['self'])
  const { json: instance } = await get(s, '/.well-known/webfinger?resource=https://pipit.test/')
  expect(instance).toMatchObject({
    subject: 'acct:example.test@example.test',
    links: expect.arrayContaining([
      {
        rel: 'https://www.w3.org/ns/activitystreams#Service',
        type: 'application/activity+json',
        href: s.t.app.uris.instanceActor,
      },
    ]),
  })
  const { json: meta } = await get(s, '/.well-known/host-meta.json')
  expect(meta.links).toEqual([
    { rel: 'lrdd', type: 'application/jrd+json', template: 'https://pipit.test/.well-known/webfinger?resource={uri}' },
  ])
})

test('WebFinger answers are kept, and follow a new avatar', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await localAccount(s.t, 'bob')
  const find = async (name: string) => {
    const { json: found } = await get(s, `/.well-known/webfinger?resource=acct:${name}@pipit.test`)
    const avatar = found.links.find(({ rel }: { rel: string }) => rel.endsWith('/avatar'))
    return [found.subject, avatar?.href]
  }
  const before = ['acct:alice@pipit.test', undefined]
  expect([await find('alice'), await find('ALICE'), await find('bob')]).toEqual([
    before,
    before,
    ['acct:bob@pipit.test', undefined],
  ])
  for (const file of ['one.webp', 'two.webp']) {
    await s.t.db.execute(sql`update accounts set avatar_file = ${file} where id = ${alice}`)
    expect(await find('alice')).toEqual(['acct:alice@pipit.test', `https://pipit.test/media/${file}`])
  }
  expect(await find('bob')).toEqual(['acct:bob@pipit.test', undefined])
})

test('NodeInfo describes this server, in both versions', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  for (const visibility of ['public', 'private'] as const) await status(s.t, alice, { inReplyToId: post, visibility })
  const {
    json: { links },
  } = await get(s, '/.well-known/nodeinfo')
  expect(links).toEqual([
    ...['2.0', '2.1'].map((version) => ({
      rel: `http://nodeinfo.diaspora.software/ns/schema/${version}`,
      href: `https://pipit.test/nodeinfo/${version}`,
    })),
    { rel: 'https://www.w3.org/ns/activitystreams#Application', href: s.t.app.uris.instanceActor },
  ])
  for (const version of ['2.0', '2.1']) {
    const { json: info, headers } = await get(s, `/nodeinfo/${version}`)
    expect(info).toMatchObject({
      version,
      software: { name: 'pipit' },
      protocols: ['activitypub'],
      openRegistrations: false,
      usage: { users: { total: 1 }, localPosts: 2, localComments: 1 },
      metadata: { upstream: { name: 'mastodon' } },
    })
    expect(headers.get('access-control-allow-origin')).toBe('*')
  }
  expect(await (await s.routes.request('/.well-known/host-meta')).text()).toContain(
    'template="https://pipit.test/.well-known/webfinger?resource={uri}"',
  )
})

test('an actor document has the settings of its profile, and Fedify’s vocabulary can read it', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await updateProfile(s.t.app, alice, {
    displayName: 'Alice',
    note: 'Writes',
    isLocked: true,
    isBot: true,
    isDiscoverable: false,
    fields: [{ name: 'Where', value: 'here' }],
  })
  const { uris } = s.t.app
  const { json: actor, headers } = await get(s, uris.account(alice))
  expect(headers.get('content-type')).toBe('application/activity+json; charset=utf-8')
  expect(headers.get('vary')).toBe('Accept, Signature, Signature-Input')
  expect(actor).toMatchObject({
    id: uris.account(alice),
    type: 'Service',
    preferredUsername: 'alice',
    name: 'Alice',
    summary: '<p>Writes</p>',
    manuallyApprovesFollowers: true,
    discoverable: false,
    indexable: true,
    memorial: false,
    webfinger: 'alice@pipit.test',
    attachment: [{ type: 'PropertyValue', name: 'Where', value: 'here' }],
    endpoints: { sharedInbox: uris.sharedInbox },
    publicKey: { owner: uris.account(alice) },
    assertionMethod: [{ type: 'Multikey' }],
  })
  const understood = await Person.fromJsonLd(
    { ...actor, type: 'Person' },
    { contextLoader, documentLoader: contextLoader },
  )
  expect([understood.manuallyApprovesFollowers, understood.discoverable, understood.indexable]).toEqual([
    true,
    false,
    true,
  ])
  expect((await understood.getPublicKey())?.publicKey?.algorithm.name).toBe('RSASSA-PKCS1-v1_5')
  for await (const key of understood.getAssertionMethods()) expect(key.publicKey?.algorithm.name).toBe('Ed25519')
})

test('browsers get pages, servers get documents', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const { uris } = s.t.app
  for (const [uri, url] of [
    [uris.account(alice), uris.profile('alice')],
    [uris.status(post), uris.statusPage('alice', post)],
  ] as const) {
    expect((await get(s, url)).json).toMatchObject({ id: uri })
    expect(
      (
        await get(s, url, {
          headers: {
            accept:
              'application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json;q=0.9',
          },
        })
      ).json,
    ).toMatchObject({ id: uri })
    const redirect = await s.routes.request(uri, page)
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, url])
    const left = await s.routes.request(url, page)
    expect([left.status, left.headers.get('vary')]).toEqual([404, 'Accept'])
  }
})

test('posts are served to their audience only', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const follower = s.peer.actor('follower')
  const stranger = s.peer.actor('stranger')
  await makeFollow(s.t, (await s.t.app.remote.url(follower.uri))!.id as AccountId, alice)
  await s.t.app.remote.url(stranger.uri)
  const open = await status(s.t, alice, { visibility: 'unlisted' })
  const restricted = await status(s.t, alice, { visibility: 'private' })
  const { uris } = s.t.app

  expect((await get(s, uris.status(open))).status).toBe(200)
  expect((await get(s, uris.activity('creates', open))).json).toMatchObject({
    type: 'Create',
    object: { id: uris.status(open) },
  })
  for (const url of [uris.status(restricted), uris.activity('creates', restricted)]) {
    expect((await s.routes.request(url, json)).status).toBe(404)
    expect((await s.routes.request(url, await signedBy(stranger, url))).status).toBe(404)
    const shown = await s.routes.request(url, await signedBy(follower, url))
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
  }

  for (const id of [open, restricted]) await s.t.db.transaction((tx) => deleteStatus(tx, alice, id))
  expect(await get(s, uris.status(open))).toMatchObject({
    status: 410,
    json: { type: 'Tombstone', id: uris.status(open) },
  })
  expect((await s.routes.request(uris.status(restricted), json)).status).toBe(404)
})

test('the outbox has all public and unlisted posts, page by page', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const posts = []
  for (let i = 0; i < 25; i++) posts.unshift(await status(s.t, alice, { text: String(i) }))
  await status(s.t, alice, { visibility: 'private' })
  const { uris } = s.t.app
  const { json: outbox } = await get(s, uris.outbox(alice))
  expect(outbox).toMatchObject({ type: 'OrderedCollection', totalItems: 25 })
  const found: string[] = []
  for (let next = outbox.first; next;) {
    const { json: part } = await get(s, next)
    found.push(...part.orderedItems.map((item: { object: { id: string } }) => item.object.id))
    next = part.next
  }
  expect(found).toEqual(posts.map((id) => uris.status(id)))
})

test('followers are listed, unless the account hides them', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = await localAccount(s.t, 'bob')
  await makeFollow(s.t, bob, alice)
  const { uris } = s.t.app
  const { json: followers } = await get(s, uris.followers(alice))
  expect(followers).toMatchObject({ totalItems: 1, first: `${uris.followers(alice)}?page=true` })
  expect((await get(s, followers.first)).json.orderedItems).toEqual([uris.account(bob)])
  await updateProfile(s.t.app, alice, { hidesCollections: true })
  expect((await get(s, uris.followers(alice))).json).toEqual(expect.not.objectContaining({ first: expect.anything() }))
  expect((await s.routes.request(followers.first, json)).status).toBe(404)
})

test('a suspended account is served without its texts; a deleted one is gone', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  await updateProfile(s.t.app, alice, { displayName: 'Alice', note: 'Writes' })
  const { uris } = s.t.app
  for (const url of [uris.account(alice), uris.status(post), `${uris.outbox(alice)}?page=true`])
    expect((await get(s, url)).status).toBe(200)
  await suspend(s.t, alice)
  expect(await get(s, uris.account(alice))).toMatchObject({
    status: 200,
    json: { id: uris.account(alice), suspended: true, name: 'alice', summary: '', publicKey: {} },
  })
  for (const url of [
    uris.status(post),
    uris.activity('creates', post),
    uris.outbox(alice),
    `${uris.outbox(alice)}?page=true`,
    uris.featured(alice),
  ])
    expect([url, (await s.routes.request(url, json)).status]).toEqual([url, 404])
  await s.t.db.execute(sql`update accounts set suspended_at = null`)
  expect((await get(s, uris.account(alice))).json).toMatchObject({ name: 'Alice' })
  await s.t.db.transaction((tx) => deleteAccount(tx, alice))
  for (const url of [uris.account(alice), `${uris.outbox(alice)}?page=true`])
    expect((await s.routes.request(url, json)).status).toBe(410)
  expect((await s.routes.request(uris.status(post), json)).status).toBe(410)
})

test('a memorial account is marked as such, and nobody can log in to it', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { uris, db } = s.t.app
  await get(s, uris.account(alice))
  await db.transaction((tx) => changeAccount(tx, alice, { isMemorial: true }))
  expect((await get(s, uris.account(alice))).json).toMatchObject({ memorial: true })
  expect(await checkPassword(s.t.app, 'alice', password, clientAt())).toMatchObject({ isDisabled: true })
  await db.transaction((tx) => changeAccount(tx, alice, { isMemorial: false }))
  expect((await get(s, uris.account(alice))).json).toMatchObject({ memorial: false })

  const carol = s.peer.actor('carol', { memorial: true })
  const { id } = (await s.t.app.remote.url(carol.uri))!
  const [view] = await loadAccountViews(db, [id as AccountId])
  expect(toAccount(view!, uris)).toMatchObject({ memorial: true })
})

test('a stored document of a post is up to date', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { uris, db } = s.t.app
  const post = await status(s.t, alice, { text: 'One' })
  const note = async () => (await get(s, uris.status(post))).json
  const outbox = async () => (await get(s, `${uris.outbox(alice)}?page=true`)).json.orderedItems.at(-1)
  for (let i = 0; i < 2; i++)
    expect([(await note()).content, (await outbox()).object.content]).toEqual(['<p>One</p>', '<p>One</p>'])
  const {
    rows: [kept],
  } = await db.execute(sql`select body is not null as whole from documents where uri = ${uris.status(post)}`)
  expect(kept).toEqual({ whole: true })

  await editStatus(s.t.app, alice, post, { text: 'Two' })
  expect([
    (await note()).content,
    (await outbox()).object.content,
    (await get(s, uris.activity('creates', post))).json.object.content,
  ]).toEqual(['<p>Two</p>', '<p>Two</p>', '<p>Two</p>'])
  await db.transaction((tx) => setPolicy(tx, alice, post, { quotes: quoteChange('nobody') }))
  expect((await note()).interactionPolicy.canQuote.automaticApproval).toEqual([uris.account(alice)])

  // Numbers are of this moment, although nothing else changed.
  const bob = await localAccount(s.t, 'bob')
  await db.transaction((tx) => favourite(tx, bob, post))
  expect(await note()).toMatchObject({
    likes: { id: `${uris.status(post)}/likes`, totalItems: 1 },
    shares: { totalItems: 0 },
  })
  expect((await outbox()).object.likes.totalItems).toBe(1)

  // The collection has the author's replies, not others'.
  const added = await status(s.t, alice, { text: 'Three', inReplyToId: post })
  await status(s.t, bob, { inReplyToId: post })
  expect((await note()).replies.first.items).toEqual([uris.status(added)])
  await db.transaction((tx) => deleteStatus(tx, alice, added))
  expect((await note()).replies.first.items).toEqual([])

  await db.transaction((tx) => deleteStatus(tx, alice, post))
  expect((await s.routes.request(uris.status(post), json)).status).toBe(410)
  expect((await get(s, `${uris.outbox(alice)}?page=true`)).json.orderedItems).toEqual([])
})

test('a stored document of a profile is up to date', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await updateProfile(s.t.app, alice, { displayName: 'Alice :cat:' })
  const { uris } = s.t.app
  const actor = async () => (await get(s, uris.account(alice))).json
  expect([await actor(), await actor()]).toMatchObject([{ tag: [] }, { tag: [] }])
  const image = await sharp({ create: { width: 8, height: 8, channels: 4, background: 'red' } })
    .png()
    .toBuffer()
  const { file } = await addEmoji(s.t.app, { shortcode: 'cat', image })
  expect((await actor()).tag).toMatchObject([{ type: 'Emoji', icon: { url: uris.file(file!) } }])
  await s.t.db.transaction((tx) => removeEmoji(tx, 'cat'))
  expect((await actor()).tag).toEqual([])
  await updateProfile(s.t.app, alice, { displayName: 'Alice' })
  expect((await actor()).name).toBe('Alice')
})

test('a document with the state before a change is not stored after it', async () => {
  await using s = await scene()
  const { db } = s.t
  const alice = await localAccount(s.t, 'alice')
  const uri = s.t.app.uris.account(alice)
  const slowly = (during: () => Promise<unknown>) =>
    makeDocuments(db, 'now', [uri], async () => {
      await during()
      return new Map([[uri, { body: '{"name":"old"}', envelope: null, isLasting: true }]])
    })
  const kept = async (fingerprint = 'now') =>
    (await accountDocument(db, { id: alice }, fingerprint)).account?.body ?? null
  const change = () => db.transaction((tx) => emit(tx, { type: 'account.updated', accountId: alice }))
  await slowly(change)
  expect(await kept()).toBeNull()
  await slowly(async () => {})
  expect([await kept(), await kept('other')]).toEqual(['{"name":"old"}', null])
  await slowly(change)
  expect(await kept()).toBeNull()
  // An emoji may be in any of them.
  await slowly(() => db.transaction(forgetEmojis))
  expect(await kept()).toBeNull()
  // A change that is being made at the same moment is not waited for.
  for (const noted of [true, false]) {
    if (!noted) await db.execute(sql`delete from documents`)
    await db.transaction(async (tx) => {
      await emit(tx, { type: 'account.updated', accountId: alice })
      expect((await slowly(async () => {})).get(uri)?.body).toBe('{"name":"old"}')
    })
    expect(await kept()).toBeNull()
  }
})

test('documents of polls and quotes are not stored', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = await localAccount(s.t, 'bob')
  const { uris, db } = s.t.app
  const poll = await status(s.t, alice, {
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 3_600, isMultiple: false, hidesTotals: false },
  })
  const quoted = await status(s.t, bob)
  const quoting = await status(s.t, alice, { quotedStatusId: quoted })
  expect((await get(s, uris.status(poll))).json.votersCount).toBe(0)
  await db.transaction((tx) => vote(tx, bob, poll, [0]))
  expect((await get(s, uris.status(poll))).json.votersCount).toBe(1)
  expect((await get(s, uris.status(quoting))).json.quote).toBe(uris.status(quoted))
  await db.transaction((tx) => deleteStatus(tx, bob, quoted))
  expect((await get(s, uris.status(quoting))).json.quote).toBeUndefined()
})

test('a client that has a document gets 304 until it changes', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const { uris } = s.t.app
  for (const url of [
    uris.account(alice),
    uris.status(post),
    uris.activity('creates', post),
    `${uris.outbox(alice)}?page=true`,
  ]) {
    const first = await s.routes.request(url, json)
    const etag = first.headers.get('etag') ?? ''
    expect([etag, first.headers.get('vary'), first.headers.get('cache-control')]).toEqual([
      expect.stringMatching(/^".{22,}"$/),
      'Accept, Signature, Signature-Input',
      'public, max-age=60',
    ])
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await s.routes.request(url, { headers: { ...json.headers, 'if-none-match': known } })
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect((await s.routes.request(url, { headers: { ...json.headers, 'if-none-match': '"other"' } })).status).toBe(200)
  }
  const { headers } = await get(s, uris.status(post))
  await editStatus(s.t.app, alice, post, { text: 'Else' })
  expect(
    (
      await s.routes.request(uris.status(post), {
        headers: { ...json.headers, 'if-none-match': headers.get('etag') ?? '' },
      })
    ).status,
  ).toBe(200)
})

test('replies are listed for everybody, favourites and boosts are only counted', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const carol = await remoteAccount(s.t, 'carol')
  const troll = await remoteAccount(s.t, 'troll')
  const { uris, db } = s.t.app
  const post = await status(s.t, alice)
  const own = await status(s.t, alice, { inReplyToId: post })
  const from = (author: AccountId, visibility: 'public' | 'unlisted' | 'private', n: number) =>
    remoteStatus(s.t, author, {
      uri: `https://remote.test/${n}`,
      visibility,
      inReplyToUri: uris.status(post),
      publishedAt: new Date(Date.now() + n),
    })
  await from(carol, 'unlisted', 1)
  await from(carol, 'private', 2)
  await from(troll, 'public', 3)
  await db.execute(sql`insert into blocks (id, account_id, target_id, uri) values (1, ${alice}, ${troll}, 'x')`)
  const { json: replies } = await get(s, `${uris.status(post)}/replies`)
  expect(replies).toMatchObject({
    id: `${uris.status(post)}/replies`,
    type: 'Collection',
    first: {
      type: 'CollectionPage',
      partOf: `${uris.status(post)}/replies`,
      items: [uris.status(own), 'https://remote.test/1'],
    },
  })
  expect((await get(s, `${uris.status(post)}/replies?page=true&min_id=${own}`)).json.items).toEqual([
    'https://remote.test/1',
  ])
  expect((await s.routes.request(`${uris.status(post)}/replies?page=true&min_id=x`, json)).status).toBe(400)

  await db.transaction((tx) => favourite(tx, carol, post))
  expect((await get(s, `${uris.status(post)}/likes`)).json).toMatchObject({ type: 'Collection', totalItems: 1 })
  expect((await get(s, `${uris.status(post)}/shares`)).json).toMatchObject({ type: 'Collection', totalItems: 0 })
  const hidden = await status(s.t, alice, { visibility: 'private' })
  for (const name of ['replies', 'likes', 'shares'])
    expect((await s.routes.request(`${uris.status(hidden)}/${name}`, json)).status).toBe(404)
})

test('a thread with a local root is a collection of its posts, oldest first, page by page', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = await localAccount(s.t, 'bob')
  const { uris, db } = s.t.app
  const root = await status(s.t, alice)
  const posts = [root]
  for (let i = 0; i < 51; i++)
    posts.push(await status(s.t, i % 2 ? alice : bob, { inReplyToId: posts[Math.floor(i / 2)] ?? root }))
  await status(s.t, bob, { inReplyToId: root, visibility: 'private' })
  for (const id of [posts[0]!, posts[1]!]) expect((await get(s, uris.status(id))).json.context).toBe(uris.thread(root))
  const { json: thread } = await get(s, uris.thread(root))
  expect(thread).toMatchObject({
    id: uris.thread(root),
    type: 'OrderedCollection',
    attributedTo: uris.account(alice),
    first: { type: 'OrderedCollectionPage' },
  })
  const { json: rest } = await get(s, thread.first.next)
  expect([...thread.first.orderedItems, ...rest.orderedItems]).toEqual(posts.map((id) => uris.status(id)))

  const secret = await status(s.t, alice, { visibility: 'private' })
  expect((await s.routes.request(uris.thread(secret), json)).status).toBe(404)
  expect((await s.routes.request(uris.thread(posts[1]!), json)).status).toBe(404)
  // Others' replies stay a thread, without an owner.
  await db.transaction((tx) => deleteStatus(tx, alice, root))
  const { json: left } = await get(s, uris.thread(root))
  expect([left.attributedTo, left.first.orderedItems[0]]).toEqual([undefined, uris.status(posts[1]!)])

  // A reply to a remote post belongs to that server's thread.
  const carol = await remoteAccount(s.t, 'carol')
  const contextOf = async (contextUri?: string) =>
    (
      await get(
        s,
        uris.status(
          await status(s.t, alice, { inReplyToId: await remoteStatus(s.t, carol, { contextUri: contextUri ?? null }) }),
        ),
      )
    ).json.context
  expect([
    await contextOf(),
    await contextOf('https://remote.test/threads/1'),
    await contextOf(uris.thread(root)),
  ]).toEqual([undefined, 'https://remote.test/threads/1', undefined])
})
