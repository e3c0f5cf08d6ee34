/** Parameters of apps that deviate from the documentation: they are read as intended, or refused, and never mean "for ever". */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'

let t: TestDatabase
let server: TestServer
let bob: AccountId
let token: string

beforeAll(async () => {
  t = await database({ RATE_LIMIT_FACTOR: '100' })
  server = await serve(t.app)
  bob = await localAccount(t, 'bob')
  token = await tokenOf(t.app, await localAccount(t, 'alice'))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await t[Symbol.asyncDispose]()
})

/** The same parameters as JSON, as a form and in the query. */
async function everyWay(
  method: string,
  path: string,
  body: Record<string, unknown>,
): Promise<{ way: string; status: number; body: Json }[]> {
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([inner, one]) =>
          Array.isArray(one)
            ? one.map((member) => [`${name}[${inner}][]`, String(member)])
            : [[`${name}[${inner}]`, String(one)]],
        )
      : [[name, String(value)]],
  )
  const form = new URLSearchParams(pairs as [string, string][])
  return [
    { way: 'JSON', ...(await server.call(method, path, { token, body })) },
    { way: 'form', ...(await server.call(method, path, { token, body: form })) },
    { way: 'query', ...(await server.call(method, `${path}?${form}`, { token })) },
  ]
}
const secondsLeft = (moment: string): number => Math.round((Date.parse(moment) - Date.now()) / 1_000)

test('the seconds of a poll, a mute and a filter may have a fraction, which is cut off', async () => {
  for (const given of [600.9, '600.9', '600.', ' 600 ']) {
    const ends = [
      ...(
        await everyWay('POST', '/api/v1/statuses', {
          status: 'Which?',
          poll: { options: ['a', 'b'], expires_in: given },
        })
      ).map(({ way, status, body }) => [way, status, body.poll?.expires_at]),
      ...(await everyWay('POST', `/api/v1/accounts/${bob}/mute`, { duration: given })).map(({ way, status, body }) => [
        way,
        status,
        body.muting_expires_at,
      ]),
      ...(await everyWay('POST', '/api/v2/filters', { title: 'Rain', context: 'home', expires_in: given })).map(
        ({ way, status, body }) => [way, status, body.expires_at],
      ),
      ...(await everyWay('POST', '/api/v1/filters', { phrase: 'Rain', context: 'home', expires_in: given })).map(
        ({ way, status, body }) => [way, status, body.expires_at],
      ),
    ]
    for (const [way, code, end] of ends) {
      expect([given, way, code]).toEqual([given, way, 200])
      expect(secondsLeft(end)).toBeGreaterThan(590)
      expect(secondsLeft(end)).toBeLessThanOrEqual(600)
    }
  }
})

test('invalid durations are refused, and never mean for ever', async () => {
  await server.call('POST', `/api/v1/accounts/${bob}/unmute`, { token })
  for (const given of ['soon', '1e3', '-5', '0.5', 'NaN', true, 0.3, -1, 1e300]) {
    const asked = [
      ...(await everyWay('POST', '/api/v1/statuses', {
        status: 'Which?',
        poll: { options: ['a', 'b'], expires_in: given },
      })),
      ...(await everyWay('POST', `/api/v1/accounts/${bob}/mute`, { duration: given })),
      ...(await everyWay('POST', '/api/v2/filters', { title: 'Rain', context: 'home', expires_in: given })),
      ...(await everyWay('POST', '/api/v1/filters', { phrase: 'Rain', context: 'home', expires_in: given })),
    ]
    for (const { way, status } of asked) expect([given, way, status]).toEqual([given, way, 422])
  }
  expect((await server.call('GET', `/api/v1/accounts/relationships?id=${bob}`, { token })).body).toMatchObject([
    { muting: false },
  ])
})

test('a blank number counts as missing', async () => {
  for (const { body } of await everyWay('POST', `/api/v1/accounts/${bob}/mute`, { duration: '' }))
    expect(body).toMatchObject({ muting: true, muting_expires_at: null })
  for (const { status, body } of await everyWay('POST', '/api/v1/statuses', {
    status: 'Which?',
    poll: { options: ['a', 'b'], expires_in: ' ' },
  })) {
    expect([status, body.error]).toEqual([422, 'Validation failed: Poll deadline can’t be blank'])
  }
})

test('a count loses its fraction, and a value that is no number is refused', async () => {
  for (let i = 0; i < 3; i++) await status(t, bob, { text: `Post ${i}` })
  const lists = [
    '/api/v1/timelines/public',
    '/api/v1/trends/tags',
    '/api/v1/directory',
    '/api/v2/search?q=post',
    '/api/v1/notifications',
    '/api/v2/notifications',
    '/api/v1/followed_tags',
    '/api/v1/suggestions',
    '/api/v2/suggestions',
    '/api/v1/accounts/search?q=b',
  ]
  for (const path of lists) {
    const ask = async (limit: string) =>
      (await server.call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`, { token })).status
    expect([
      path,
      await ask('2.7'),
      await ask(''),
      await ask('undefined'),
      await ask('99999999999999999999'),
      await ask('two'),
    ]).toEqual([path, 200, 200, 200, 200, 422])
  }
  expect((await server.call('GET', '/api/v1/timelines/public?limit=2.7', { token })).body).toHaveLength(2)
  expect((await server.call('GET', '/api/v1/timelines/public?limit=', { token })).body.length).toBeGreaterThan(2)
  expect((await server.call('GET', '/api/v1/directory?offset=1.5', { token })).status).toBe(200)
  expect((await server.call('GET', '/api/v1/directory?offset=one', { token })).status).toBe(422)
})

test('ids that are “undefined”, “null” or empty count as missing', async () => {
  const id = await status(t, bob, { text: 'Here' })
  for (const place of ['max_id', 'min_id', 'since_id']) {
    for (const nothing of ['undefined', 'null', '']) {
      const { status, body } = await server.call('GET', `/api/v1/accounts/${bob}/statuses?${place}=${nothing}`, {
        token,
      })
      expect([place, nothing, status, body[0]?.id]).toEqual([place, nothing, 200, id])
    }
  }
  expect((await server.call('GET', '/api/v1/notifications?account_id=undefined', { token })).status).toBe(200)
  expect(
    (await server.call('GET', '/api/v2/search?q=here&account_id=undefined&max_id=undefined', { token })).status,
  ).toBe(200)
  expect(
    (
      await server.call('POST', '/api/v1/markers', {
        token,
        body: new URLSearchParams({ 'home[last_read_id]': 'undefined' }),
      })
    ).body,
  ).toEqual({})
  const form = new URLSearchParams({
    status: 'Hi',
    in_reply_to_id: 'undefined',
    quoted_status_id: 'null',
    media_ids: 'undefined',
    poll: 'undefined',
  })
  expect((await server.call('POST', '/api/v1/statuses', { token, body: form })).body).toMatchObject({
    in_reply_to_id: null,
    quote: null,
    media_attachments: [],
    poll: null,
  })
})

test('a scalar in place of a hash, or of a list of hashes, counts as missing', async () => {
  const patch = async (body: object) =>
    (await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body })).body
  const fields = (account: Json) => account.source.fields.map(({ name }: Json) => name)
  expect(fields(await patch({ fields_attributes: [{ name: 'Kept', value: 'yes' }] }))).toEqual(['Kept'])
  for (const nothing of ['undefined', 'null', '', 'x']) {
    expect([
      nothing,
      fields(await patch(new URLSearchParams({ fields_attributes: nothing, source: nothing }))),
    ]).toEqual([nothing, ['Kept']])
    expect([nothing, fields(await patch({ fields_attributes: nothing }))]).toEqual([nothing, ['Kept']])
    expect([nothing, fields(await patch(new URLSearchParams({ 'fields_attributes[]': nothing })))]).toEqual([
      nothing,
      ['Kept'],
    ])
  }
  expect(fields(await patch({ fields_attributes: [] }))).toEqual([])

  const filter = await server.call('POST', '/api/v2/filters', {
    token,
    body: new URLSearchParams({ title: 'Snow', 'context[]': 'home', keywords_attributes: 'undefined' }),
  })
  expect([filter.status, filter.body.keywords]).toEqual([200, []])
  const made = await server.post('/api/v1/statuses', 'Status', token, { status: 'Hi', poll: {} })
  expect(made.poll).toBeNull()
  const edit = await server.call('PUT', `/api/v1/statuses/${made.id}`, {
    token,
    body: { status: 'Ho', poll: {}, media_attributes: 'undefined' },
  })
  expect([edit.status, edit.body.poll]).toEqual([200, null])
})

test('accepting or dismissing several notification requests succeeds, even if none of them exists', async () => {
  for (const answer of ['accept', 'dismiss']) {
    for (const query of ['', '?id[]=123', '?id=undefined'])
      expect([
        answer,
        query,
        await server.call('POST', `/api/v1/notifications/requests/${answer}${query}`, { token }),
      ]).toMatchObject([answer, query, { status: 200, body: {} }])
    expect((await server.call('POST', `/api/v1/notifications/requests/123/${answer}`, { token })).status).toBe(404)
  }
})

test('a search for an unknown type finds nothing', async () => {
  expect(await server.call('GET', '/api/v2/search?q=bob&type=people', { token })).toMatchObject({
    status: 200,
    body: { accounts: [], statuses: [], hashtags: [] },
  })
  expect((await server.call('GET', '/api/v2/search?q=bob&type=', { token })).body.accounts).toHaveLength(1)
})

test('the list of identity proofs is always empty', async () => {
  expect(await server.get(`/api/v1/accounts/${bob}/identity_proofs`, '[IdentityProof]', token)).toEqual([])
  expect((await server.call('GET', '/api/v1/accounts/123/identity_proofs', { token })).status).toBe(404)
})

test('a post with an unknown language code gets its author’s default language', async () => {
  await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: { source: { language: 'de' } } })
  for (const language of ['xx', 'qqq-QQ', 'english', 'undefined'])
    expect([
      language,
      (await server.post('/api/v1/statuses', 'Status', token, { status: 'Hallo', language })).language,
    ]).toEqual([language, 'de'])
  for (const language of ['fr', 'tok', 'zh-Hant'])
    expect((await server.post('/api/v1/statuses', 'Status', token, { status: 'Hallo', language })).language).toBe(
      language,
    )
  await t.db.execute(sql`update users set default_language = null`)
})

test('errors that apps compare have Mastodon’s wording', async () => {
  const error = async (method: string, path: string, body?: object) => {
    const answer = await server.call(method, path, { token, body })
    return [answer.status, answer.body.error]
  }
  const { id: own } = (await server.call('GET', '/api/v1/accounts/verify_credentials', { token })).body
  const others = await status(t, bob, { text: 'Mine' })
  expect(await error('POST', `/api/v1/accounts/${own}/follow`)).toEqual([
    422,
    'Following your own account is not allowed',
  ])
  expect(await error('POST', `/api/v1/statuses/${others}/pin`)).toEqual([
    422,
    "Validation failed: Someone else's post cannot be pinned",
  ])
  expect(await error('POST', '/api/v1/statuses', { status: 'x'.repeat(501) })).toEqual([
    422,
    'Validation failed: Text character limit of 500 exceeded',
  ])
  expect(await error('POST', '/api/v1/statuses', { status: 'Look', media_ids: ['1', '2', '3', '4', '5'] })).toEqual([
    422,
    'Cannot attach more than 4 files',
  ])
  expect(await error('POST', '/api/v1/statuses', { status: 'Look', media_ids: ['123'] })).toEqual([
    422,
    'Media 123 not found or already attached to another post',
  ])
  const poll = (options: string[], expiresIn = 600) =>
    error('POST', '/api/v1/statuses', { status: 'Which?', poll: { options, expires_in: expiresIn } })
  expect(await poll(['a'])).toEqual([422, 'Validation failed: Poll choices must have more than one item'])
  expect(await poll(['a', 'b', 'c', 'd', 'e'])).toEqual([
    422,
    "Validation failed: Poll choices can't contain more than 4 items",
  ])
  expect(await poll(['a', 'a'])).toEqual([422, 'Validation failed: Poll choices contain duplicate items'])
  expect(await poll(['a', 'b'], 5)).toEqual([422, 'Validation failed: Poll deadline is too soon'])
})
