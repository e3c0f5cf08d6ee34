import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block } from '#src/relationships/block.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { visibleStatusByUrl } from '#src/statuses/find.ts'
import { writtenReaction } from '#src/statuses/views/reactions.ts'
import { loadStatusView, loadStatusViews } from '#src/statuses/views/views.ts'
import { localAccount, remoteStatus, status } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { createOf, followPeer, idOfPeer, noteOf, notifications, receive } from './receive.ts'
import { type Scene, scene } from './setup.ts'

const emojiTag = (name: string, url: string) => ({ type: 'Emoji', name: `:${name}:`, icon: { type: 'Image', url } })
const picture = (name: string) => `https://remote.test/emoji/${name}.png`

/** A local account with a post, and a remote account. */
async function stage(s: Scene) {
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
  const object = s.t.app.uris.status(post)
  const view = async () => (await loadStatusView(s.t.db, null, post))!
  const shown = async () => (await view()).reactions.map((reaction) => [writtenReaction(reaction), reaction.count])
  return { alice, post, bob, carol, object, view, shown, likes: async () => (await view()).favouritesCount }
}

const pleroma = (object: string, content: string, more: object = {}) => ({
  type: 'EmojiReact',
  object,
  content,
  ...more,
})
const misskey = (object: string, content: string, more: object = {}) => ({
  type: 'Like',
  object,
  content,
  _misskey_reaction: content,
  ...more,
})

test('emoji reactions are counted by emoji, and are one favourite of each account', async () => {
  await using s = await scene()
  const { alice, bob, carol, object, view, shown, likes } = await stage(s)
  await receive(s, bob, pleroma(object, '🎉'), pleroma(object, '🐱'), pleroma(object, '🎉'))
  await receive(s, carol, misskey(object, '🎉'))
  expect(await shown()).toEqual([
    ['🎉', 2],
    ['🐱', 1],
  ])
  expect((await view()).reactions[0]?.accountIds).toEqual([await idOfPeer(s, bob), await idOfPeer(s, carol)])
  expect(await likes()).toBe(2)
  expect(await notifications(s, alice)).toEqual(['favourite', 'favourite'])
})

test.each<
  [
    how: string,
    reaction: (object: string, actor: PeerActor) => object,
    undo: (sent: { id: string; actor: string; object: string }) => object,
  ]
>([
  ['by its id', (object) => pleroma(object, '🎉'), ({ id }) => ({ object: id })],
  ['whole', (object) => pleroma(object, '🎉'), (reaction) => ({ object: reaction })],
  [
    'by who did what',
    (object) => pleroma(object, '🎉'),
    ({ actor, object }) => ({ object: { type: 'EmojiReact', actor, object, content: '🎉' } }),
  ],
  [
    'as Misskey does',
    (object) => misskey(object, ':blob:', { tag: [emojiTag('blob', picture('blob'))] }),
    (reaction) => ({ object: reaction }),
  ],
  [
    'by what Misskey names its own with',
    (object) => misskey(object, ':blob@.:', { tag: [emojiTag('blob', picture('blob'))] }),
    ({ actor, object }) => ({ object: { type: 'Like', actor, object, content: ':blob:' } }),
  ],
  [
    'as Fedibird does, with the emoji outside',
    (object) => misskey(object, ':blob:', { tag: [emojiTag('blob', picture('blob'))] }),
    ({ actor, object }) => ({ content: ':blob:', object: { type: 'Like', actor, object } }),
  ],
])('a reaction is undone %s, and the favourite with the last one', async (_, make, undo) => {
  await using s = await scene()
  const { alice, bob, object, shown, likes } = await stage(s)
  const reaction = { id: `${bob.uri}/reactions/1`, actor: bob.uri, object, ...make(object, bob) }
  await receive(s, bob, reaction, pleroma(object, '🐱', { id: `${bob.uri}/reactions/2` }))
  expect(await shown()).toHaveLength(2)
  await receive(s, bob, { type: 'Undo', ...undo(reaction) })
  expect(await shown()).toEqual([['🐱', 1]])
  expect(await likes()).toBe(1)
  await receive(s, bob, { type: 'Undo', object: `${bob.uri}/reactions/2` })
  expect(await shown()).toEqual([])
  expect(await likes()).toBe(0)
  expect(await notifications(s, alice)).toEqual([])
})

test('a Like next to a reaction is a favourite of its own', async () => {
  await using s = await scene()
  const { bob, object, shown, likes } = await stage(s)
  const [like, reaction] = [`${bob.uri}/likes/1`, `${bob.uri}/reactions/1`]
  await receive(s, bob, pleroma(object, '🎉', { id: reaction }), { type: 'Like', id: like, object })
  expect(await likes()).toBe(1)
  await receive(
    s,
    bob,
    { type: 'Undo', object: reaction },
    { type: 'Undo', object: { ...pleroma(object, '🎉'), actor: bob.uri } },
  )
  expect([await likes(), await shown()]).toEqual([1, []])
  await receive(s, bob, pleroma(object, '🎉', { id: `${reaction}b` }), {
    type: 'Undo',
    object: { id: like, type: 'Like', actor: bob.uri, object },
  })
  expect([await likes(), await shown()]).toEqual([1, [['🎉', 1]]])
  await receive(s, bob, { type: 'Undo', object: `${reaction}b` })
  expect(await likes()).toBe(0)
})

test('Misskey’s plain Like, and a reaction that is no emoji, are favourites only', async () => {
  await using s = await scene()
  const { bob, object, shown, likes } = await stage(s)
  for (const content of ['❤', '⭐', 'so true', ':no emoji:', 'x'.repeat(500)]) {
    await receive(s, bob, misskey(object, content, { id: `${bob.uri}/likes/1` }))
    expect([content, await likes(), await shown()]).toEqual([content, 1, []])
    await receive(s, bob, { type: 'Undo', object: { id: `${bob.uri}/likes/1`, ...misskey(object, content) } })
    expect(await likes()).toBe(0)
    await s.t.db.execute(sql`delete from received_activities`)
  }
  await receive(s, bob, pleroma(object, '❤'))
  expect(await shown()).toEqual([['❤️', 1]])
})

test('only the server of a custom emoji can set or change its picture', async () => {
  await using s = await scene()
  const { bob, carol, object, view } = await stage(s)
  await receive(s, bob, misskey(object, ':blob:', { tag: [emojiTag('blob', picture('first'))] }))
  await receive(s, carol, misskey(object, ':blob:', { tag: [emojiTag('blob', picture('second'))] }))
  await receive(s, bob, pleroma(object, ':cat@third.test:', { tag: [emojiTag('cat@third.test', picture('cat'))] }))
  expect((await view()).reactions).toMatchObject([
    { name: 'blob', domain: s.peer.host, count: 2, remoteUrl: picture('second') },
    { name: 'cat', domain: 'third.test', count: 1, remoteUrl: picture('cat') },
  ])
  expect((await s.t.db.execute(sql`select shortcode, domain from custom_emojis`)).rows).toEqual([
    { shortcode: 'blob', domain: s.peer.host },
  ])
})

test('a reaction with a local emoji has the local picture, if it exists', async () => {
  await using s = await scene()
  const { bob, carol, object, view } = await stage(s)
  await s.t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file, static_file) values (1, 'ours', 'ours.webp', 'ours.png')`,
  )
  await receive(s, bob, misskey(object, ':ours@pipit.test:', { tag: [emojiTag('ours@pipit.test', picture('false'))] }))
  await receive(
    s,
    carol,
    misskey(object, ':gone@pipit.test:', { tag: [emojiTag('gone@pipit.test', picture('false'))] }),
  )
  expect(await view()).toMatchObject({
    favouritesCount: 2,
    reactions: [{ name: 'ours', domain: null, file: 'ours.webp', remoteUrl: null }],
  })
})

test('reactions of one account, and different ones below one post, have a limit; the rest are favourites', async () => {
  await using s = await scene()
  const { bob, carol, post, object, shown, likes } = await stage(s)
  const animals = [...'🐶🐱🐭🐹🐰🦊🐻🐼🐨🐯']
  await receive(s, bob, ...animals.map((content) => pleroma(object, content)))
  expect(await shown()).toHaveLength(8)
  await s.t.db.execute(
    sql`insert into status_reactions (id, status_id, name) select n, ${post}, 'x' || n from generate_series(1, 92) n`,
  )
  await receive(s, carol, pleroma(object, '🐸'), pleroma(object, '🐶'))
  expect((await shown())[0]).toEqual(['🐶', 2])
  expect((await s.t.db.execute(sql`select from status_reactions where name = '🐸'`)).rowCount).toBe(0)
  expect(await likes()).toBe(2)
})

test('an account that may not see a post, or is blocked, can’t react to it', async () => {
  await using s = await scene()
  const { alice, bob, carol, object, shown, likes } = await stage(s)
  const hidden = await status(s.t, alice, { visibility: 'private' })
  await receive(s, bob, pleroma(s.t.app.uris.status(hidden), '🎉'))
  expect(await loadStatusView(s.t.db, alice, hidden)).toMatchObject({ favouritesCount: 0, reactions: [] })
  await s.t.app.remote.url(carol.uri)
  const carolId = await idOfPeer(s, carol)
  await s.t.db.transaction((tx) => block(tx, s.t.app.uris, alice, carolId))
  await receive(s, carol, pleroma(object, '🎉'))
  expect([await likes(), await shown()]).toEqual([0, []])
})

test('an account that may not favourite a post can’t react to it', async () => {
  await using s = await scene()
  const { bob, carol } = await stage(s)
  await s.t.app.remote.url(carol.uri)
  const post = await remoteStatus(s.t, await idOfPeer(s, carol), {
    uri: `${carol.uri}/notes/1`,
    interactionPolicy: { like: { automatic: [], manual: [] } },
  })
  await receive(s, bob, pleroma(`${carol.uri}/notes/1`, '🎉'), misskey(`${carol.uri}/notes/1`, '❤'))
  expect(await loadStatusView(s.t.db, null, post)).toMatchObject({ favouritesCount: 0, reactions: [] })
})

test('an Undo of another account’s reaction has no effect', async () => {
  await using s = await scene()
  const { bob, carol, object, shown } = await stage(s)
  const reaction = { id: `${bob.uri}/reactions/1`, ...pleroma(object, '🎉') }
  await receive(s, bob, reaction)
  await s.t.app.remote.url(carol.uri)
  await receive(
    s,
    carol,
    { type: 'Undo', object: reaction.id },
    { type: 'Undo', object: { ...reaction, actor: bob.uri } },
    { type: 'Undo', object: { ...reaction, actor: carol.uri } },
  )
  expect(await shown()).toEqual([['🎉', 1]])
})

test('reactions are deleted with the post, and with the account that reacted', async () => {
  await using s = await scene()
  const { alice, bob, carol, post, object, shown, likes } = await stage(s)
  await receive(s, bob, pleroma(object, '🎉'), pleroma(object, '🐱'))
  await receive(s, carol, pleroma(object, '🎉'))
  const bobId = await idOfPeer(s, bob)
  await s.t.db.transaction((tx) => deleteAccount(tx, bobId))
  expect([await likes(), await shown()]).toEqual([1, [['🎉', 1]]])
  await s.t.db.transaction((tx) => deleteStatus(tx, alice, post))
  expect((await s.t.db.execute(sql`select from status_reactions`)).rowCount).toBe(0)
  expect((await s.t.db.execute(sql`select from reactions`)).rowCount).toBe(0)
})

test('notifications of favourites have their emojis, for one more query a page, and none without reactions', async () => {
  await using s = await scene()
  const { alice, bob, carol, object, post } = await stage(s)
  await receive(s, bob, { type: 'Like', object })
  await receive(s, carol, { type: 'Like', object })
  const queries = vi.spyOn(s.t.db.$client, 'query')
  const page = async () => {
    queries.mockClear()
    const { views } = await loadNotificationPage(s.t.db, alice, {}, { limit: 40 })
    return { emojis: views.map(({ emoji }) => emoji && writtenReaction(emoji)), queries: queries.mock.calls.length }
  }
  const before = await page()
  expect(before.emojis).toEqual([null, null])
  await receive(s, bob, pleroma(object, '🎉'))
  expect(await page()).toEqual({ emojis: [null, '🎉'], queries: before.queries + 1 })
  await receive(s, carol, pleroma(object, '🐱'), pleroma(object, '🐶'))
  expect(await page()).toEqual({ emojis: ['🐱', '🎉'], queries: before.queries + 1 })

  queries.mockClear()
  await loadStatusViews(s.t.db, alice, [post])
  const withReactions = queries.mock.calls.length
  const other = await status(s.t, alice)
  queries.mockClear()
  await loadStatusViews(s.t.db, alice, [other])
  expect(queries.mock.calls.length).toBe(withReactions)
})

test('names of remote emojis and hashtags work in posts, profiles, warnings, poll options and reactions', async () => {
  await using s = await scene()
  const ann = await localAccount(s.t, 'ann')
  const bob = s.peer.actor('bob', {
    name: 'Bob :blob-cat::b.2:',
    tag: [emojiTag('blob-cat', picture('cat')), emojiTag('b.2', picture('b'))],
  })
  const bobId = await followPeer(s, ann, bob)
  const tag = [
    emojiTag('blob-cat', picture('cat')),
    emojiTag('b.2', picture('b')),
    { type: 'Hashtag', name: '#fedi-pets' },
    { type: 'Hashtag', name: '#c++' },
    { type: 'Hashtag', name: '#-' },
  ]
  await receive(
    s,
    bob,
    createOf({
      ...noteOf(bob, '1', { content: '<p>hello:blob-cat::b.2::nothing:</p>', summary: ':b.2:', tag }),
      type: 'Question',
      oneOf: [
        { type: 'Note', name: 'yes:blob-cat:' },
        { type: 'Note', name: 'no' },
      ],
    }),
  )
  const post = await visibleStatusByUrl(s.t.db, s.t.app.uris, ann, `${bob.uri}/notes/1`)
  const view = await loadStatusView(s.t.db, ann, post!)
  expect([
    view?.emojis.map(({ shortcode }) => shortcode).toSorted(),
    view?.tags.map(({ displayName }) => displayName).toSorted(),
  ]).toEqual([
    ['b.2', 'blob-cat'],
    ['c', 'fedipets'],
  ])
  expect((await loadAccountViews(s.t.db, [bobId]))[0]?.emojis.map(({ shortcode }) => shortcode)).toEqual([
    'blob-cat',
    'b.2',
  ])

  const ours = await status(s.t, ann)
  await receive(s, bob, {
    type: 'EmojiReact',
    object: s.t.app.uris.status(ours),
    content: ':blob-cat:',
    tag: [emojiTag('blob-cat', picture('cat'))],
  })
  expect((await loadStatusView(s.t.db, ann, ours))?.reactions).toMatchObject([{ name: 'blob-cat', count: 1 }])
})
