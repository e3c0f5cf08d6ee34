import { expect, test } from 'vitest'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('a filter is made, changed and removed with its keywords, as JSON and as a form', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const stranger = await tokenOf(t.app, await localAccount(t, 'bob'))

  const made = await server.post('/api/v2/filters', 'Filter', token, {
    title: 'Spoilers',
    context: ['home', 'thread'],
    filter_action: 'blur',
    expires_in: 3_600,
    keywords_attributes: [{ keyword: 'Rosebud' }, { keyword: 'sled', whole_word: false }],
  })
  expect(made).toMatchObject({ title: 'Spoilers', context: ['home', 'thread'], filter_action: 'blur', statuses: [] })
  expect(made.keywords.map((one: Json) => [one.keyword, one.whole_word])).toEqual([
    ['Rosebud', true],
    ['sled', false],
  ])
  expect(Date.parse(made.expires_at) - Date.now()).toBeGreaterThan(3_500_000)

  const form = new URLSearchParams([
    ['title', 'Endings'],
    ['context[]', 'public'],
    ['expires_in', ''],
    ['keywords_attributes[0][id]', made.keywords[0].id],
    ['keywords_attributes[0][_destroy]', 'true'],
    ['keywords_attributes[1][id]', made.keywords[1].id],
    ['keywords_attributes[1][whole_word]', 'true'],
    ['keywords_attributes[2][keyword]', 'butler'],
  ])
  const { body: changed } = await server.call('PUT', `/api/v2/filters/${made.id}`, { token, body: form })
  expect(changed).toMatchObject({
    id: made.id,
    title: 'Endings',
    context: ['public'],
    filter_action: 'blur',
    expires_at: null,
  })
  expect(changed.keywords.map((one: Json) => [one.keyword, one.whole_word])).toEqual([
    ['sled', true],
    ['butler', true],
  ])
  expect(await server.get('/api/v2/filters', '[Filter]', token)).toEqual([changed])

  // No word of the end leaves it as it is, null takes it away.
  await server.call('PUT', `/api/v2/filters/${made.id}`, { token, body: { expires_in: 60 } })
  expect(
    (await server.call('PUT', `/api/v2/filters/${made.id}`, { token, body: { title: 'X' } })).body.expires_at,
  ).not.toBeNull()
  expect(
    (await server.call('PUT', `/api/v2/filters/${made.id}`, { token, body: { expires_in: null } })).body.expires_at,
  ).toBeNull()

  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['GET', '/keywords'],
    ['POST', '/keywords'],
    ['GET', '/statuses'],
  ] as const) {
    expect(
      (
        await server.call(method, `/api/v2/filters/${made.id}${path}`, {
          token: stranger,
          body: method === 'GET' ? undefined : { title: 'x', keyword: 'x' },
        })
      ).status,
    ).toBe(404)
  }
  expect(await server.call('DELETE', `/api/v2/filters/${made.id}`, { token })).toMatchObject({ status: 200, body: {} })
  expect(await server.get('/api/v2/filters', '[Filter]', token)).toEqual([])
})

test('invalid filters are refused with a message', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const good = { title: 'x', context: ['home'] }
  for (const body of [
    { context: ['home'] },
    { ...good, title: ' ' },
    { title: 'x' },
    { ...good, context: ['kitchen'] },
    { ...good, context: ['home', 'kitchen'] },
    { ...good, expires_in: 'soon' },
    { ...good, filter_action: 'burn' },
    { ...good, keywords_attributes: [{ keyword: '' }] },
    { ...good, title: 'x'.repeat(257) },
  ]) {
    expect([body, await server.call('POST', '/api/v2/filters', { token, body })]).toMatchObject([
      body,
      { status: 422, body: { error: expect.stringMatching(/^Validation failed: /) } },
    ])
  }
  expect((await server.call('POST', '/api/v1/filters', { token, body: { phrase: 'x' } })).status).toBe(422)
  expect(await server.get('/api/v2/filters', '[Filter]', token)).toEqual([])
})

test('keywords and statuses of a filter have endpoints of their own', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  const [post, secret] = [await status(t, bob), await status(t, bob, { visibility: 'private' })]
  const filter = await server.post('/api/v2/filters', 'Filter', token, { title: 'One', context: ['home'] })

  const word = await server.post(`/api/v2/filters/${filter.id}/keywords`, 'FilterKeyword', token, {
    keyword: 'moo',
    whole_word: false,
  })
  await server.call('PUT', `/api/v2/filters/keywords/${word.id}`, { token, body: { keyword: 'mooo' } })
  expect(await server.get(`/api/v2/filters/keywords/${word.id}`, 'FilterKeyword', token)).toEqual({
    id: word.id,
    keyword: 'mooo',
    whole_word: false,
  })

  const named = await server.post(`/api/v2/filters/${filter.id}/statuses`, 'FilterStatus', token, { status_id: post })
  expect(
    await server.post(`/api/v2/filters/${filter.id}/statuses`, 'FilterStatus', token, { status_id: post }),
  ).toEqual(named)
  expect(
    (await server.call('POST', `/api/v2/filters/${filter.id}/statuses`, { token, body: { status_id: secret } })).status,
  ).toBe(404)
  expect(await server.get(`/api/v2/filters/${filter.id}/statuses`, '[FilterStatus]', token)).toEqual([
    { id: named.id, status_id: post },
  ])
  expect((await server.get(`/api/v1/statuses/${post}`, 'Status', token)).filtered).toMatchObject([
    { filter: { id: filter.id }, keyword_matches: null, status_matches: [post] },
  ])

  expect((await server.call('DELETE', `/api/v2/filters/statuses/${named.id}`, { token })).body).toEqual({})
  expect((await server.call('DELETE', `/api/v2/filters/keywords/${word.id}`, { token })).body).toEqual({})
  for (const path of [`statuses/${named.id}`, `keywords/${word.id}`])
    expect((await server.call('GET', `/api/v2/filters/${path}`, { token })).status).toBe(404)
})

test('version 1 of the API shows each keyword as a filter', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const made = await server.post('/api/v1/filters', 'V1_Filter', token, {
    phrase: 'cheese',
    context: ['home'],
    irreversible: true,
  })
  expect(made).toMatchObject({ phrase: 'cheese', whole_word: true, irreversible: true, expires_at: null })
  const [filter] = await server.get('/api/v2/filters', '[Filter]', token)
  expect(filter).toMatchObject({
    title: 'cheese',
    filter_action: 'hide',
    keywords: [{ id: made.id, keyword: 'cheese' }],
  })

  const answer = await server.call('PUT', `/api/v1/filters/${made.id}`, {
    token,
    body: { phrase: 'Käse', context: ['home', 'public'], whole_word: false },
  })
  expect(answer).toMatchObject({
    status: 200,
    body: { id: made.id, phrase: 'Käse', context: ['home', 'public'], whole_word: false, irreversible: true },
  })
  expect(answer.headers.get('Deprecation')).toMatch(/^@\d+$/)

  const second = await server.post(`/api/v2/filters/${filter.id}/keywords`, 'FilterKeyword', token, {
    keyword: 'fromage',
  })
  expect((await server.get('/api/v1/filters', '[V1_Filter]', token)).map((one: Json) => one.phrase)).toEqual([
    'Käse',
    'fromage',
  ])
  // An app of version 1, which sees one keyword, can't change shared properties; it can send them back unchanged.
  expect(
    (await server.call('PUT', `/api/v1/filters/${second.id}`, { token, body: { phrase: 'brie', context: ['home'] } }))
      .status,
  ).toBe(422)
  expect(
    (
      await server.call('PUT', `/api/v1/filters/${second.id}`, {
        token,
        body: { phrase: 'brie', context: ['public', 'home'], irreversible: true },
      })
    ).body.phrase,
  ).toBe('brie')
  for (const { id } of await server.get('/api/v1/filters', '[V1_Filter]', token))
    expect((await server.call('DELETE', `/api/v1/filters/${id}`, { token })).body).toEqual({})
  expect(await server.get('/api/v2/filters', '[Filter]', token)).toEqual([])
})

test('statuses name their matching filters, also in boosts, polls, warnings and alternative texts, but never for the viewer’s own posts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const token = await tokenOf(t.app, alice)
  const filter = await server.post('/api/v2/filters', 'Filter', token, {
    title: 'Fruit',
    context: ['notifications'],
    keywords_attributes: [{ keyword: 'apple' }, { keyword: 'pear' }],
  })
  const expired = await server.post('/api/v2/filters', 'Filter', token, {
    title: 'Old',
    context: ['home'],
    expires_in: 0,
    keywords_attributes: [{ keyword: 'apple' }],
  })
  expect(expired.expires_at).not.toBeNull()

  const post = await status(t, bob, { text: 'An Apple & a *pear*', format: 'markdown' })
  const warned = await status(t, bob, { text: 'See inside', spoilerText: 'apple' })
  const none = await status(t, bob, { text: 'Pineapples' })
  const own = await status(t, alice, { text: 'apple' })
  const filteredOf = async (id: string) => (await server.get(`/api/v1/statuses/${id}`, 'Status', token)).filtered
  expect(await filteredOf(post)).toEqual([
    {
      filter: { id: filter.id, title: 'Fruit', context: ['notifications'], expires_at: null, filter_action: 'warn' },
      keyword_matches: ['apple', 'pear'],
      status_matches: null,
    },
  ])
  expect(await filteredOf(warned)).toMatchObject([{ keyword_matches: ['apple'] }])
  expect(await filteredOf(none)).toEqual([])
  expect(await filteredOf(own)).toEqual([])

  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, carol, post))
  const shown = await server.get(`/api/v1/statuses/${boost}`, 'Status', token)
  expect(shown.filtered).toEqual(shown.reblog.filtered)
  expect(shown.reblog.filtered).toHaveLength(1)
  expect(await server.get(`/api/v1/statuses/${post}`, 'Status')).not.toHaveProperty('filtered')
})

test('filtered posts are left out in the contexts of the filter, and paging continues past them', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  const token = await tokenOf(t.app, alice)
  const root = await status(t, bob, { text: 'Beginning' })
  const hidden = await status(t, bob, { text: 'Secret ending', inReplyToId: root })
  const last = await status(t, bob, { text: 'Afterwards', inReplyToId: hidden })
  await server.post('/api/v2/filters', 'Filter', token, {
    title: 'Hide',
    context: ['home', 'thread'],
    filter_action: 'hide',
    keywords_attributes: [{ keyword: 'ending' }],
  })

  const idsOf = async (path: string) => (await server.get(path, '[Status]', token)).map((one: Json) => one.id)
  expect(await idsOf('/api/v1/timelines/home')).toEqual([last, root])
  expect(await idsOf('/api/v1/timelines/public')).toEqual([last, hidden, root])
  expect(await idsOf(`/api/v1/accounts/${bob}/statuses`)).toEqual([last, hidden, root])
  expect(
    (await server.get(`/api/v1/statuses/${root}/context`, 'Context', token)).descendants.map((one: Json) => one.id),
  ).toEqual([last])

  const page = await server.call('GET', '/api/v1/timelines/home?limit=2', { token })
  expect(page.body.map((one: Json) => one.id)).toEqual([last])
  expect(page.headers.get('Link')).toContain(`max_id=${hidden}`)
})

test('a page whose posts are all filtered does not end a timeline, in either direction', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  const token = await tokenOf(t.app, alice)
  const oldest = await status(t, bob, { text: 'Oldest' })
  const hidden: string[] = []
  for (let i = 0; i < 5; i++) hidden.push(await status(t, bob, { text: 'Ending' }))
  const newest = await status(t, bob, { text: 'Newest' })
  await server.post('/api/v2/filters', 'Filter', token, {
    title: 'Hide',
    context: ['home', 'account'],
    filter_action: 'hide',
    keywords_attributes: [{ keyword: 'ending' }],
  })

  const read = async (path: string) => {
    const { body, headers } = await server.call('GET', path, { token })
    return { ids: body.map((one: Json) => one.id), link: headers.get('Link') ?? '' }
  }
  for (const path of ['/api/v1/timelines/home', `/api/v1/accounts/${bob}/statuses`]) {
    const older = await read(`${path}?limit=2&max_id=${newest}`)
    expect(older.ids).toEqual([oldest])
    expect(older.link).toMatch(new RegExp(`max_id=${oldest}>; rel="next".*min_id=${hidden[4]}>; rel="prev"`))
    const newer = await read(`${path}?limit=2&min_id=${oldest}`)
    expect(newer.ids).toEqual([newest])
    expect(newer.link).toContain(`min_id=${newest}>; rel="prev"`)
    // Between these ids are only hidden posts: the page is empty.
    expect((await read(`${path}?limit=2&since_id=${oldest}&max_id=${hidden[4]}`)).ids).toEqual([])
  }
})

test('filtered notifications are not counted as unread', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  for (const text of ['@alice An apple', '@alice The ending', '@alice Another ending'])
    await server.post('/api/v1/statuses', 'Status', asBob, { status: text })
  await server.post(`/api/v1/accounts/${alice}/follow`, 'Relationship', asBob)
  const counts = async () =>
    Promise.all(
      ['v1', 'v2'].map(
        async (version) =>
          (await server.get(`/api/${version}/notifications/unread_count`, 'UnreadCount', asAlice)).count,
      ),
    )
  expect(await counts()).toEqual([4, 4])
  const filter = {
    title: 'Hide',
    context: ['home'],
    filter_action: 'hide',
    keywords_attributes: [{ keyword: 'ending' }],
  }
  const { id } = await server.post('/api/v2/filters', 'Filter', asAlice, filter)
  expect(await counts()).toEqual([4, 4])
  await server.call('PUT', `/api/v2/filters/${id}`, { token: asAlice, body: { context: ['notifications'] } })
  expect(await counts()).toEqual([2, 2])
  expect(await server.get('/api/v1/notifications', '[Notification]', asAlice)).toHaveLength(2)
})
