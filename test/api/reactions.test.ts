import { sql } from 'drizzle-orm'
import { Pleroma } from 'megalodon'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { setDomainRule } from '#src/moderation/domains.ts'
import { block } from '#src/relationships/block.ts'
import { react, type ReactionEmoji } from '#src/statuses/interactions/react.ts'
import { localAccount, remoteAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

const party: ReactionEmoji = { type: 'unicode', name: '🎉' }
const picture = 'https://remote.test/emoji/blob.png'
const blob: ReactionEmoji = { type: 'custom', name: 'blob', url: picture }

async function stage(t: TestDatabase) {
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  const [bob, carol] = [await remoteAccount(t, 'bob'), await remoteAccount(t, 'carol')]
  await t.db.transaction((tx) => react(tx, bob, post, party))
  await t.db.transaction((tx) => react(tx, carol, post, party))
  await t.db.transaction((tx) => react(tx, carol, post, blob))
  return { alice, post, bob, carol, token: await tokenOf(t.app, alice) }
}

test('a status has its emoji reactions in Fedibird’s form, and no such property without reactions', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, post, bob, carol, token } = await stage(t)
  const shown = await server.get(`/api/v1/statuses/${post}`, 'StatusWithViewer', token)
  expect(shown.favourites_count).toBe(2)
  expect(shown.emoji_reactions).toEqual([
    { name: '🎉', count: 2, me: false, account_ids: [bob, carol] },
    {
      name: 'blob',
      count: 1,
      me: false,
      url: t.app.uris.remoteFile(picture, 'emoji'),
      static_url: t.app.uris.remoteFile(picture, 'still'),
      domain: 'remote.test',
      account_ids: [carol],
    },
  ])
  const who = await server.get(`/api/v1/statuses/${post}/favourited_by`, '[Account]')
  expect(who.map(({ acct }: Json) => acct)).toEqual(['carol@remote.test', 'bob@remote.test'])
  const other = await status(t, alice)
  expect(await server.get(`/api/v1/statuses/${other}`, 'StatusWithViewer', token)).not.toHaveProperty('emoji_reactions')
})

test('people react by Pleroma’s routes, and see their own reactions marked wherever they stand', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, post, bob, token } = await stage(t)
  await t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file, static_file) values (1, 'ours', 'ours.webp', 'ours.png')`,
  )
  const path = (emoji: string) => `/api/v1/pleroma/statuses/${post}/reactions/${encodeURIComponent(emoji)}`
  const call = (method: string, emoji: string, as = token) => server.call(method, path(emoji), { token: as })
  for (const emoji of ['🎉', 'ours', 'blob@remote.test']) expect((await call('PUT', emoji)).status).toBe(200)
  const { body } = await call('PUT', '🎉')
  const brief = (all: Json) => all.map(({ name, count, me }: Json) => [name, count, me])
  expect(brief(body.emoji_reactions)).toEqual([
    ['🎉', 3, true],
    ['blob', 2, true],
    ['ours', 1, true],
  ])
  expect(brief(body.pleroma.emoji_reactions)).toEqual([
    ['🎉', 3, true],
    ['blob@remote.test', 2, true],
    ['ours', 1, true],
  ])
  expect([body.favourited, body.favourites_count]).toEqual([false, 3])
  expect(brief((await server.call('GET', `/api/v1/statuses/${post}`)).body.emoji_reactions)[0]).toEqual([
    '🎉',
    3,
    false,
  ])
  const [only, ...others] = (await call('GET', '🎉')).body
  expect([only.me, only.accounts.map(({ id }: Json) => id), others]).toEqual([
    true,
    [bob, expect.any(String), alice],
    [],
  ])
  for (const bad of ['nonsense', 'a b', '👍👍', 'blob@other.test']) expect((await call('PUT', bad)).status).toBe(422)
  const readOnly = await tokenOf(t.app, alice, ['read'])
  expect((await call('PUT', '🐱', readOnly)).status).toBe(403)
  expect((await server.call('PUT', path('🐱'))).status).toBe(401)
  for (const emoji of ['🎉', 'ours', 'ours']) expect((await call('DELETE', emoji)).status).toBe(200)
  const after = (await call('DELETE', 'blob@remote.test')).body
  expect([brief(after.emoji_reactions), after.favourites_count]).toEqual([
    [
      ['🎉', 2, false],
      ['blob', 1, false],
    ],
    2,
  ])
  for (const version of ['v1', 'v2']) {
    const { body: instance } = await server.call('GET', `/api/${version}/instance`)
    expect(instance.pleroma.metadata.features).toContain('pleroma_emoji_reactions')
    expect(instance.configuration.reactions).toEqual({ max_reactions: 8 })
  }
})

test('megalodon reacts by its client for Pleroma', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { post, token } = await stage(t)
  const client = new Pleroma(server.url, token)
  const reacted = (await client.createEmojiReaction(post, '🐱')).data
  expect(reacted.emoji_reactions).toContainEqual(expect.objectContaining({ name: '🐱', count: 1, me: true }))
  expect((await client.getEmojiReactions(post)).data.map(({ name, me }) => [name, me])).toContainEqual(['🐱', true])
  expect((await client.deleteEmojiReaction(post, '🐱')).data.emoji_reactions).toHaveLength(2)
  expect((await client.getStatus(post)).data.emoji_reactions).toHaveLength(2)
})

test('the notification of a favourite has its emoji, for apps that know this property', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { token } = await stage(t)
  await t.db.execute(
    sql`delete from reactions where reaction_id in (select id from status_reactions where name = '🎉') and account_id = (select id from accounts where username = 'carol')`,
  )
  const told = await server.get('/api/v1/notifications', '[Notification]', token)
  expect(told.map(({ type, emoji, emoji_url }: Json) => [type, emoji, emoji_url])).toEqual([
    ['favourite', ':blob:', t.app.uris.remoteFile(picture, 'emoji')],
    ['favourite', '🎉', null],
  ])
  await server.get('/api/v2/notifications', 'GroupedNotificationsPage', token)
})

test('accounts that may see a post see its reactions, without those of blocked and muted accounts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, post, bob, carol, token } = await stage(t)
  const path = (id: string) => `/api/v1/pleroma/statuses/${id}/reactions`
  const brief = (all: Json) =>
    all.map(({ name, count, url, accounts }: Json) => [name, count, url ?? null, accounts.map(({ id }: Json) => id)])
  const { body } = await server.call('GET', path(post))
  expect(brief(body)).toEqual([
    ['🎉', 2, null, [bob, carol]],
    ['blob@remote.test', 1, t.app.uris.remoteFile(picture, 'emoji'), [carol]],
  ])
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect(brief((await server.call('GET', path(post), { token })).body)[0]).toEqual(['🎉', 2, null, [carol]])
  const hidden = await status(t, alice, { visibility: 'private' })
  expect((await server.call('GET', path(hidden))).status).toBe(404)
})

test('a reaction from a server with rejected media is stored without its picture', async () => {
  await using t = await database()
  const post = await status(t, await localAccount(t, 'alice'))
  const [bob, carol] = [await remoteAccount(t, 'bob', 'nsfw.test'), await remoteAccount(t, 'carol', 'fine.test')]
  await t.db.transaction((tx) =>
    setDomainRule(tx, commandLine, t.app.uris, 'nsfw.test', { severity: 'noop', rejectsMedia: true }),
  )
  const given: [typeof bob, ReactionEmoji][] = [
    [bob, { type: 'custom', name: 'own', url: 'https://cdn.test/own.png' }],
    [bob, { type: 'custom', name: 'foreign', domain: 'other.test', url: 'https://other.test/foreign.png' }],
    [carol, { type: 'custom', name: 'theirs', domain: 'nsfw.test', url: 'https://cdn.test/theirs.png' }],
    [carol, { type: 'custom', name: 'there', url: 'https://files.nsfw.test/there.png' }],
    [carol, { type: 'custom', name: 'lying', domain: 'other.test', url: 'https://nsfw.test/lying.png' }],
    [carol, { type: 'custom', name: 'good', url: 'https://cdn.test/good.png' }],
    [carol, { type: 'custom', name: 'borrowed', domain: 'other.test', url: 'https://cdn.test/borrowed.png' }],
  ]
  for (const [who, emoji] of given) await t.db.transaction((tx) => react(tx, who, post, emoji))
  const { rows } = await t.db.execute(
    sql`select name, coalesce(r.remote_url, e.remote_url) as url from status_reactions r left join custom_emojis e on e.id = r.emoji_id order by name`,
  )
  expect(rows).toEqual([
    { name: 'borrowed', url: 'https://cdn.test/borrowed.png' },
    { name: 'foreign', url: null },
    { name: 'good', url: 'https://cdn.test/good.png' },
    { name: 'lying', url: null },
    { name: 'own', url: null },
    { name: 'theirs', url: null },
    { name: 'there', url: null },
  ])
  expect((await t.db.execute(sql`select shortcode from custom_emojis`)).rows).toEqual([{ shortcode: 'good' }])
})
