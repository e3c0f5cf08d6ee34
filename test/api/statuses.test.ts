import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { localAccount, makeFollow, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

const count = async (t: TestDatabase) =>
  Number((await t.db.execute<{ n: string }>('select count(*) as n from statuses where deleted_at is null')).rows[0]?.n)

test('two requests with the same Idempotency-Key make one post, also at the same moment', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const other = await tokenOf(t.app, await localAccount(t, 'bob'))
  const post = (key: string, by = token) =>
    server.call('POST', '/api/v1/statuses', {
      token: by,
      body: { status: 'Once' },
      headers: { 'Idempotency-Key': key },
    })

  const answers = await Promise.all([post('one'), post('one'), post('one'), post('one')])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  expect((await post('one')).body.id).toBe(answers[0]?.body.id)
  expect(await count(t)).toBe(1)
  await post('two')
  await post('one', other)
  expect(await count(t)).toBe(3)
})

test('unsupported parameters of a post are refused, and nothing is posted', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const refused = [
    { status: '' },
    {},
    { status: 'x'.repeat(501) },
    { status: 'Hi', visibility: 'secret' },
    { status: 'Hi', media_ids: ['7'] },
    { status: 'Hi', media_ids: ['x'] },
    { status: 'Hi', poll: { options: ['a', 'a'], expires_in: 300 } },
    { status: 'Hi', poll: { options: ['a', 'b'] } },
    { status: 'Hi', scheduled_at: new Date(Date.now() + 60_000).toISOString() },
    { status: 'Hi', scheduled_at: 'tomorrow' },
  ]
  for (const body of refused) {
    expect([body, await server.call('POST', '/api/v1/statuses', { token, body })]).toMatchObject([
      body,
      { status: 422, body: { error: expect.stringMatching(/^(?:Validation failed: |Media |Cannot attach )/) } },
    ])
  }
  for (const nowhere of [{ in_reply_to_id: '7' }, { in_reply_to_id: 'x' }, { quoted_status_id: '7' }]) {
    expect((await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Hi', ...nowhere } })).status).toBe(
      404,
    )
  }
  expect(await count(t)).toBe(0)

  // Empty values of apps count as missing.
  await server.post('/api/v1/statuses', 'Status', token, {
    status: 'Hi',
    media_ids: null,
    poll: null,
    in_reply_to_id: '',
    language: '',
    visibility: '',
    scheduled_at: '',
    sensitive: 'false',
  })
  expect(await count(t)).toBe(1)
})

test('posts are accepted as JSON, as a form and as multipart', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const multipart = new FormData()
  multipart.set('status', 'Grüße 🐦')
  multipart.set('sensitive', '1')
  for (const body of [
    { status: 'Grüße 🐦', sensitive: true },
    new URLSearchParams({ status: 'Grüße 🐦', sensitive: 'true' }),
    multipart,
  ]) {
    expect(await server.post('/api/v1/statuses', 'Status', token, body)).toMatchObject({
      content: '<p>Grüße 🐦</p>',
      sensitive: true,
    })
  }
})

test('every endpoint answers 404 for a post that the viewer may not see', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const secret = await status(t, alice, { visibility: 'private' })

  for (const path of ['', '/context', '/source', '/favourited_by', '/reblogged_by']) {
    expect(await server.call('GET', `/api/v1/statuses/${secret}${path}`, { token: asBob })).toMatchObject({
      status: 404,
      body: { error: 'Record not found' },
    })
    expect((await server.call('GET', `/api/v1/statuses/${secret}${path}`)).status).toBe(path === '/source' ? 401 : 404)
  }
  for (const verb of ['favourite', 'reblog', 'bookmark'])
    expect((await server.call('POST', `/api/v1/statuses/${secret}/${verb}`, { token: asBob })).status).toBe(404)
  expect(await server.get(`/api/v1/statuses?id[]=${secret}`, '[Status]', asBob)).toEqual([])

  await makeFollow(t, bob, alice)
  await server.get(`/api/v1/statuses/${secret}`, 'Status', asBob)
  expect(await server.call('POST', `/api/v1/statuses/${secret}/reblog`, { token: asBob })).toMatchObject({
    status: 403,
  })
  for (const [method, path] of [
    ['DELETE', ''],
    ['GET', '/source'],
  ] as const) {
    expect((await server.call(method, `/api/v1/statuses/${secret}${path}`, { token: asBob })).status).toBe(404)
  }
  await server.get(`/api/v1/statuses/${secret}/source`, 'StatusSource', asAlice)
})

test('the Link header leads through a whole list, and back to newer entries', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const ids: string[] = []
  for (let i = 0; i < 7; i++) ids.unshift(await status(t, alice, { text: `Post ${i}` }))
  const read = async (path: string) => {
    const { body, headers } = await server.call('GET', path, { token })
    const links = Object.fromEntries(
      [...(headers.get('Link') ?? '').matchAll(/<([^>]*)>; rel="(\w+)"/g)].map(([, url, rel]) => [rel, url]),
    )
    return { ids: body.map((one: Json) => one.id), next: links['next'], prev: links['prev'] }
  }
  const pathOf = (url: string | undefined) => `${new URL(url ?? '').pathname}${new URL(url ?? '').search}`

  const first = await read(`/api/v1/accounts/${alice}/statuses?limit=3&exclude_replies=true`)
  expect(first.ids).toEqual(ids.slice(0, 3))
  expect(first.next).toBe(
    `https://pipit.test/api/v1/accounts/${alice}/statuses?limit=3&exclude_replies=true&max_id=${ids[2]}`,
  )
  expect(first.prev).toBe(
    `https://pipit.test/api/v1/accounts/${alice}/statuses?limit=3&exclude_replies=true&min_id=${ids[0]}`,
  )
  const second = await read(pathOf(first.next))
  const third = await read(pathOf(second.next))
  expect([...second.ids, ...third.ids]).toEqual(ids.slice(3))
  expect(third.next).toBeUndefined()

  const nothing = await read(pathOf(first.prev))
  expect(nothing).toEqual({ ids: [], next: undefined, prev: undefined })
  const fresh = [await status(t, alice), await status(t, alice)].toReversed()
  expect((await read(pathOf(first.prev))).ids).toEqual(fresh)

  // min_id: the page right above; since_id: the newest page.
  expect((await read(`/api/v1/timelines/home?limit=2&min_id=${ids[6]}`)).ids).toEqual([ids[4], ids[5]])
  expect((await read(`/api/v1/timelines/home?limit=2&since_id=${ids[6]}`)).ids).toEqual(fresh)
  expect((await read(`/api/v1/timelines/home?limit=-2`)).ids).toEqual(fresh)
  expect((await read(`/api/v1/timelines/home?limit=1000&min_id=0`)).ids).toHaveLength(9)
  expect((await read(`/api/v1/timelines/home?max_id=99999999999999999999999`)).ids).toHaveLength(9)
})

test('lists of accounts are paged by the relationship’s id', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const followers = [await localAccount(t, 'bob'), await localAccount(t, 'carl'), await localAccount(t, 'dora')]
  // Not in the order of their own ids.
  for (const follower of [followers[1], followers[0], followers[2]]) if (follower) await makeFollow(t, follower, alice)
  const names: string[] = []
  let path = `/api/v1/accounts/${alice}/followers?limit=1`
  for (let pages = 0; pages < 10; pages++) {
    const { body, headers } = await server.call('GET', path)
    names.push(...body.map((one: Json) => one.username))
    const link = headers.get('Link') ?? ''
    const [, next] = /<([^>]*)>; rel="next"/.exec(link) ?? []
    if (!next) break
    path = new URL(next).pathname + new URL(next).search
  }
  expect(names).toEqual(['dora', 'bob', 'carl'])
  expect((await server.call('GET', `/api/v1/accounts/${alice}/followers`)).headers.get('Link')).toMatch(
    /^<[^>]*since_id=\d+>; rel="prev"$/,
  )
})

test('a post is plain text by default, and Markdown if the app says so', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const contentOf = async (body: object) =>
    (await server.call('POST', '/api/v1/statuses', { token, body })).body.content
  expect(await contentOf({ status: '**Loud**', content_type: 'text/markdown' })).toBe('<p><strong>Loud</strong></p>')
  expect(await contentOf({ status: '**Quiet**' })).toBe('<p>**Quiet**</p>')
  expect(
    (await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Hi', content_type: 'text/x-bird' } }))
      .status,
  ).toBe(422)
})

test('the language of a post, and the default language, may be given in every form that apps use', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const { body } = await server.call('PATCH', '/api/v1/accounts/update_credentials', {
    token,
    body: { source: { language: 'DEU' } },
  })
  expect(body.source.language).toBe('de')
  const languageOf = async (language?: string) =>
    (await server.post('/api/v1/statuses', 'Status', token, { status: 'Hi', language })).language
  expect([
    await languageOf('eng'),
    await languageOf('EN'),
    await languageOf('pt_br'),
    await languageOf('klingon'),
    await languageOf(),
  ]).toEqual(['en', 'en', 'pt-BR', 'de', 'de'])
})

test('an account that is now blocked may remove its own favourite and boost, without seeing the post', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, bob)
  const post = await status(t, alice)
  for (const mark of ['favourite', 'bookmark', 'reblog'])
    expect((await server.call('POST', `/api/v1/statuses/${post}/${mark}`, { token })).status).toBe(200)
  // Marks outlive some ways in which a post is hidden.
  await t.db.execute(
    sql`insert into blocks (id, account_id, target_id, uri) values (1, ${alice}, ${bob}, 'https://pipit.test/blocks/1')`,
  )
  const left = async () =>
    (
      await t.db
        .execute<Json>(sql`select (select count(*)::int from favourites) as favourites, (select count(*)::int from bookmarks) as bookmarks,
      (select count(*)::int from statuses where reblog_of_id = ${post} and deleted_at is null) as boosts`)
    ).rows
  expect(await left()).toEqual([{ favourites: 1, bookmarks: 1, boosts: 1 }])
  for (const mark of ['unfavourite', 'unbookmark', 'unreblog'])
    expect(await server.call('POST', `/api/v1/statuses/${post}/${mark}`, { token })).toMatchObject({
      status: 404,
      body: { error: 'Record not found' },
    })
  expect(await left()).toEqual([{ favourites: 0, bookmarks: 0, boosts: 0 }])
})
