import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { mute } from '#src/relationships/mute.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { eraseSomeStatuses } from '#src/statuses/erase.ts'
import { bookmark } from '#src/statuses/interactions/bookmark.ts'
import { indexAll } from '#src/statuses/search/index-status.ts'
import { indexOldStatuses } from '../../jobs/index-statuses.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'

const finder =
  (server: TestServer, token: string) =>
  async (q: string, more = '') =>
    (await server.get(`/api/v2/search?type=statuses&q=${encodeURIComponent(q)}${more}`, 'Search', token)).statuses.map(
      (one: Json) => one.id,
    )

const hide = (t: TestDatabase, account: AccountId) =>
  t.db.execute(sql`update accounts set is_indexable = false where id = ${account}`)

test('a search finds public posts of indexable accounts, and all posts that involve the viewer', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, shy] = [await localAccount(t, 'alice'), await localAccount(t, 'bob'), await localAccount(t, 'shy')]
  await hide(t, shy)
  const find = finder(server, await tokenOf(t.app, alice))

  const open = await status(t, bob, { text: 'A pelican, in public' })
  const quiet = await status(t, bob, { text: 'A pelican, quietly', visibility: 'unlisted' })
  const hidden = await status(t, shy, { text: 'My pelican' })
  const own = await status(t, alice, { text: 'Own pelican', visibility: 'private' })
  const toMe = await status(t, shy, { text: '@alice a pelican!', visibility: 'direct' })
  const notForMe = await status(t, bob, { text: '@shy secret pelican', visibility: 'direct' })
  expect(await find('pelican')).toEqual([toMe, own, open])
  expect(await find('PÉLICAN in:library')).toEqual([toMe, own])
  expect(await find('pelican in:public')).toEqual([open])

  await t.db.transaction((tx) => bookmark(tx, alice, hidden))
  await t.db.transaction((tx) => bookmark(tx, alice, quiet))
  expect(await find('pelican')).toEqual([toMe, own, hidden, quiet, open])
  expect(await find('in:library')).toEqual([toMe, own, hidden, quiet])
  expect(await find('pelican', '&limit=2&offset=1')).toEqual([own, hidden])
  expect(await find('pelican', `&max_id=${own}&min_id=${open}`)).toEqual([hidden, quiet])
  expect(await find('pelican', `&account_id=${bob}`)).toEqual([quiet, open])
  expect(await find('secret')).not.toContain(notForMe)

  await t.db.transaction((tx) => mute(tx, alice, bob))
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, shy))
  expect(await find('pelican')).toEqual([own])
  await t.db.transaction((tx) => deleteStatus(tx, alice, own))
  expect(await find('pelican')).toEqual([])
  // A search for posts requires a token.
  expect((await server.get('/api/v2/search?q=pelican', 'Search')).statuses).toEqual([])
  for (const more of ['&resolve=true', '&offset=1'])
    expect((await server.call('GET', `/api/v2/search?q=pelican${more}`)).status).toBe(401)
})

test('operators restrict a search', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const carol = await remoteAccount(t, 'carol')
  const find = finder(server, await tokenOf(t.app, alice))
  const media = {
    kind: 'image' as const,
    mediaType: 'image/png',
    url: 'https://remote.test/a.png',
    description: 'A heron at dawn',
    width: 1,
    height: 1,
    blurhash: null,
    focus: { x: 0, y: 0 },
  }

  const first = await status(t, bob, { text: 'blue boat on the #River', language: 'en' })
  const reply = await status(t, bob, { text: 'boat blue', inReplyToId: first, language: 'de' })
  const poll = await status(t, bob, {
    text: 'Which one?',
    poll: { options: ['red barge', 'green boat'], expiresInSeconds: 3_600 },
  })
  const link = await status(t, bob, { text: 'boat https://example.com/x', spoilerText: 'ships' })
  const picture = await remoteStatus(t, carol, {
    content: '<p>boat</p>',
    media: [media],
    publishedAt: new Date('2025-05-05T12:00:00Z'),
    language: 'en-GB',
  })

  expect(await find('boat')).toEqual([link, poll, reply, first, picture])
  expect(await find('"blue boat"')).toEqual([first])
  expect(await find('boat -blue')).toEqual([link, poll, picture])
  expect(await find('#river')).toEqual([first])
  expect(await find('dawn')).toEqual([picture])
  expect(await find('ships is:sensitive')).toEqual([link])
  expect(await find('boat has:poll')).toEqual([poll])
  expect(await find('has:link')).toEqual([link])
  expect(await find('has:image')).toEqual([picture])
  expect(await find('boat has:embed')).toEqual([])
  expect(await find('boat is:reply')).toEqual([reply])
  expect(await find('boat language:en')).toEqual([first, picture])
  expect(await find('boat from:@carol@remote.test')).toEqual([picture])
  expect(await find('boat -from:bob')).toEqual([picture])
  expect(await find('boat from:bob from:carol@remote.test before:2025-05-06')).toEqual([picture])
  expect(await find('boat is:reply before:9999-12-31')).toEqual([reply])
  expect(await find('boat after:9999-12-31')).toEqual([])
  expect(await find('boat from:nobody')).toEqual([])
  expect(await find('from:me')).toEqual([])
  expect(await find('boat during:2025-05-05')).toEqual([picture])
  expect(await find('boat after:2025-05-05')).not.toContain(picture)
  expect(await find('-boat')).toEqual([])
})

test('posts in languages without spaces are found by their words', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const find = finder(server, await tokenOf(t.app, alice))
  const japanese = await status(t, bob, { text: '昨日、東京で猫に会いました' })
  const chinese = await status(t, bob, { text: '我们去北京看朋友' })
  expect(await find('東京')).toEqual([japanese])
  expect(await find('猫')).toEqual([japanese])
  expect(await find('北京')).toEqual([chinese])
  expect(await find('大阪')).toEqual([])
})

test('the search also finds posts beyond the newest thousands', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await using server = await serve(t.app)
  const find = finder(server, await tokenOf(t.app, alice))
  const old = await status(t, bob, { text: 'A rare bittern' })
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id)
    select ${old}::bigint + n * 65536, ${bob}, true, 'https://pipit.test/x/' || n, 'x', 'public', '<p>common</p>', ${old}::bigint from generate_series(1, 4500) n`)
  await indexAll(t.db)
  expect(await find('bittern')).toEqual([old])
  expect(await find('common', '&limit=40')).toHaveLength(40)
  expect(await find('common bittern')).toEqual([])
})

test('posts from before the index are added to it when a worker starts', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await using server = await serve(t.app)
  const find = finder(server, await tokenOf(t.app, alice))
  const post = await status(t, bob, { text: 'Before the upgrade' })
  await t.db.execute(sql`delete from status_search`)
  expect(await find('upgrade')).toEqual([])
  await indexOldStatuses(t.app)
  await runJobs(t)
  expect(await find('upgrade')).toEqual([post])
})

test('a search finds people by the beginning of a name, followed ones first', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, robin, robina] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'robin'),
    await localAccount(t, 'robina'),
  ]
  const token = await tokenOf(t.app, alice)
  const far = await remoteAccount(t, 'robin')
  const idsOf = async (path: string) => (await server.get(path, 'Search', token)).accounts.map((one: Json) => one.id)
  expect(await idsOf('/api/v2/search?q=robin&type=accounts')).toEqual([robin, far, robina])
  await makeFollow(t, alice, robina)
  expect(await idsOf('/api/v2/search?q=@robin&type=accounts')).toEqual([robina, robin, far])
  expect(await idsOf('/api/v2/search?q=robin&type=accounts&following=true')).toEqual([robina])
  expect(await idsOf('/api/v2/search?q=robin@remote.test')).toEqual([far])
  expect(await server.call('GET', '/api/v2/search?q=robin&type=accounts&offset=-1', { token })).toMatchObject({
    status: 400,
  })
})

test('a search finds hashtags by their beginning, with their history', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  await status(t, await localAccount(t, 'bob'), { text: '#birds #birdsong #bird #fish' })
  const { hashtags } = await server.get('/api/v2/search?q=%23bird&type=hashtags', 'Search', token)
  expect(hashtags.map((one: Json) => one.name)).toEqual(['bird', 'birds', 'birdsong'])
  expect(hashtags[0].history).toHaveLength(7)
  expect((await server.call('GET', '/api/v1/search?q=bird', { token })).body.hashtags).toEqual([
    'bird',
    'birds',
    'birdsong',
  ])
  expect(
    (await server.get('/api/v2/search?q=bird&type=hashtags&exclude_unreviewed=true', 'Search', token)).hashtags.map(
      (one: Json) => one.name,
    ),
  ).toEqual(['bird'])
})

test('an edited post is found only by its new words, a post of a deleted account by none', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const find = finder(server, await tokenOf(t.app, alice))
  const post = await status(t, bob, { text: 'An otter' })
  const { status: answer } = await server.call('PUT', `/api/v1/statuses/${post}`, {
    token: await tokenOf(t.app, bob),
    body: { status: 'A beaver' },
  })
  expect(answer).toBe(200)
  expect(await find('otter')).toEqual([])
  expect(await find('beaver')).toEqual([post])
  await t.db.transaction((tx) => eraseSomeStatuses(tx, bob, 100))
  expect((await t.db.execute(sql`select * from status_search`)).rows).toEqual([])
})

test('a search offers no hashtag, and no spelling of one, that was only used in non-public posts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  await makeFollow(t, bob, alice)
  const asBob = await tokenOf(t.app, bob)
  const offered = async (q: string, token?: string) =>
    (await server.get(`/api/v2/search?q=${encodeURIComponent(q)}`, 'Search', token)).hashtags.map(
      ({ name }: Json) => name,
    )
  const named = async (name: string, token?: string) => {
    const { id, name: written } = (await server.call('GET', `/api/v1/tags/${name}`, { token })).body
    return [id, written]
  }
  await status(t, alice, { text: 'Between us: #SecretWedding', visibility: 'private' })
  await status(t, alice, { text: 'And @bob: #SecretDate', visibility: 'direct' })
  await remoteStatus(t, carol, { visibility: 'private', tags: [{ name: 'secretgift', displayName: 'SecretGift' }] })
  for (const token of [undefined, asBob]) {
    for (const q of ['secret', '#secretwedding', 'secretdate', '#SecretGift'])
      expect([q, await offered(q, token)]).toEqual([q, []])
    // Like a hashtag that was never used.
    expect([await named('SECRETwedding', token), await named('SECRETnothing', token)]).toEqual([
      ['0', 'SECRETwedding'],
      ['0', 'SECRETnothing'],
    ])
  }

  const open = await status(t, bob, { text: 'I like a #secretWedding' })
  expect(await offered('secret')).toEqual(['secretWedding'])
  await status(t, alice, { text: 'Again: #SecretWedding', visibility: 'unlisted' })
  expect((await named('secretwedding'))[1]).toBe('secretWedding')
  // It was used in the open, and that it was is no secret any more.
  await t.db.transaction((tx) => deleteStatus(tx, bob, open))
  expect(await offered('secret')).toEqual(['secretWedding'])
})
