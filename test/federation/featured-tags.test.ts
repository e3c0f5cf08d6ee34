import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { featureTag, loadFeaturedTags, unfeatureTag } from '#src/reading/tags/feature.ts'
import { serve } from '../api/server.ts'
import { localAccount, makeFollow } from '../cast.ts'
import { createOf, followPeer, idOfPeer, noteOf, receive, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

const tea = { name: 'tea', displayName: 'Tea' }
const document = async (s: Scene, uri: string) =>
  (await s.routes.request(new URL(uri).pathname, { headers: { accept: 'application/activity+json' } })).json()

test('remote followers receive featured hashtags, and can fetch them', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await receive(s, bob, { type: 'Follow', object: s.t.app.uris.account(alice) })
  const { uris } = s.t.app
  const hashtag = { type: 'Hashtag', name: '#Tea', href: 'https://pipit.test/tags/tea' }
  const change = async (type: string) => {
    await s.work()
    expect(sent(s).at(-1)).toMatchObject({
      type,
      actor: uris.account(alice),
      object: hashtag,
      target: uris.featured(alice),
      cc: [uris.followers(alice)],
    })
  }
  const featured = async () => document(s, (await document(s, uris.account(alice))).featuredTags)

  await s.t.db.transaction((tx) => featureTag(tx, alice, tea))
  await change('Add')
  expect(await featured()).toMatchObject({
    type: 'Collection',
    id: uris.featuredTags(alice),
    totalItems: 1,
    items: [hashtag],
  })
  await s.t.db.transaction((tx) => featureTag(tx, alice, tea))
  await s.work()
  expect(sent(s).filter(({ type }) => type === 'Add')).toHaveLength(1)

  await s.t.db.transaction((tx) => unfeatureTag(tx, alice, tea))
  await change('Remove')
  expect(await featured()).toMatchObject({ totalItems: 0, items: [] })
})

test('an account that hides its featured hashtags sends none', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await receive(s, s.peer.actor('bob'), { type: 'Follow', object: s.t.app.uris.account(alice) })
  await s.t.db.execute(sql`update accounts set shows_featured = false where id = ${alice}`)
  await s.t.db.transaction((tx) => featureTag(tx, alice, tea))
  await s.work()
  expect(sent(s).map(({ type }) => type)).toEqual(['Accept'])
  expect(await document(s, s.t.app.uris.featuredTags(alice))).toMatchObject({ items: [] })
})

test('featured hashtags of a remote account are fetched with its profile, and their posts counted here', async () => {
  await using s = await scene()
  await using server = await serve(s.t.app)
  const alice = await localAccount(s.t, 'alice')
  const featuredTags = `${s.peer.origin}/users/bob/tags`
  const bob = s.peer.actor('bob', { featuredTags })
  const list = (...names: string[]) =>
    s.peer.documents.set('/users/bob/tags', {
      id: featuredTags,
      type: 'Collection',
      items: [
        ...names.map((name) => ({ type: 'Hashtag', name, href: `${bob.uri}/tagged` })),
        { type: 'Note' },
        7,
        { type: 'Hashtag', name: '#!?' },
      ],
    })
  list('#Tea', '#Coffee')
  const bobId = await followPeer(s, alice, bob)
  await receive(s, bob, createOf(noteOf(bob, '1', { tag: { type: 'Hashtag', name: '#tea' } })))
  const shown = async () =>
    (await server.get(`/api/v1/accounts/${bobId}/featured_tags`, '[FeaturedTag]')).map(
      (tag: { name: string; statuses_count: string }) => [tag.name, tag.statuses_count],
    )
  expect(await shown()).toEqual([
    ['Tea', '1'],
    ['Coffee', '0'],
  ])

  list('#tea', '#milk')
  await receive(s, bob, { type: 'Update', object: bob.document })
  expect(await shown()).toEqual([
    ['Tea', '1'],
    ['milk', '0'],
  ])
})

test('Add and Remove by the owner change featured hashtags, if the account has a local follower', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const featured = `${s.peer.origin}/users/bob/featured`
  const bob = s.peer.actor('bob', { featured })
  const mallory = s.peer.actor('mallory')
  const hashtag = { type: 'Hashtag', name: '#Tea', href: `${bob.uri}/tagged/tea` }
  await s.t.app.remote.url(bob.uri)
  await s.t.app.remote.url(mallory.uri)
  const bobId = await idOfPeer(s, bob)
  const names = async () => (await loadFeaturedTags(s.t.db, bobId)).map(({ name }) => name)
  await receive(s, bob, { type: 'Add', object: hashtag, target: featured })
  expect(await names()).toEqual([])

  await makeFollow(s.t, alice, bobId)
  await receive(
    s,
    bob,
    { type: 'Add', object: hashtag, target: featured },
    { type: 'Add', object: { ...hashtag, name: '#Other' }, target: `${bob.uri}/elsewhere` },
  )
  await receive(
    s,
    mallory,
    { type: 'Add', object: { ...hashtag, name: '#Spam' }, target: featured },
    { type: 'Remove', object: hashtag, target: featured },
  )
  expect(await names()).toEqual(['Tea'])
  await receive(
    s,
    bob,
    ...Array.from({ length: 30 }, (_, i) => ({
      type: 'Add',
      object: { ...hashtag, name: `#tag${i}x` },
      target: featured,
    })),
  )
  expect(await names()).toHaveLength(20)
  await receive(s, bob, { type: 'Remove', object: { ...hashtag, name: '#TEA' }, target: featured })
  expect(await names()).not.toContain('Tea')
  expect(await s.t.jobs()).toEqual([])
})
