/** The features that each number in `api_versions` promises: apps use them without further checks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { picture } from './contract/world.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'

let t: TestDatabase
let server: TestServer
let alice: AccountId
let bob: AccountId
let token: string
let asBob: string

beforeAll(async () => {
  t = await database()
  server = await serve(t.app)
  ;[alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  ;[token, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await t[Symbol.asyncDispose]()
})

const ask = async (method: string, path: string, body?: object): Promise<Json> => {
  const answer = await server.call(method, path, { token, body })
  expect([method, path, answer.status]).toEqual([method, path, 200])
  return answer.body
}
const statusOf = async (method: string, path: string): Promise<number> =>
  (await server.call(method, path, { token })).status
const upload = async (): Promise<string> => (await ask('POST', '/api/v2/media', await picture())).id

test('the instance reports its version of the API', async () => {
  expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({ api_versions: { mastodon: 10 } })
})

test('2: notifications come in groups', async () => {
  const id = await status(t, alice, { text: 'Look' })
  await server.post(`/api/v1/statuses/${id}/favourite`, 'StatusWithViewer', asBob)
  const {
    notification_groups: [group],
  } = await server.get('/api/v2/notifications', 'GroupedNotificationsResults', token)
  expect(group).toMatchObject({ type: 'favourite', status_id: id, notifications_count: 1, sample_account_ids: [bob] })
})

test('3: attribution domains are stored', async () => {
  const changed = await ask('PATCH', '/api/v1/accounts/update_credentials', { attribution_domains: ['birds.example'] })
  expect(changed.source.attribution_domains).toEqual(['birds.example'])
})

test('4: files are deleted, alone or with their post', async () => {
  const unused = await upload()
  await ask('DELETE', `/api/v1/media/${unused}`)
  expect(await statusOf('GET', `/api/v1/media/${unused}`)).toBe(404)
  for (const [query, left] of [
    ['', 200],
    ['?delete_media=true', 404],
  ] as const) {
    const file = await upload()
    const { id } = await ask('POST', '/api/v1/statuses', { status: 'Look', media_ids: [file] })
    await ask('DELETE', `/api/v1/statuses/${id}${query}`)
    expect(await statusOf('GET', `/api/v1/media/${file}`), query).toBe(left)
  }
})

test('5: filters can blur', async () => {
  const { id } = await ask('POST', '/api/v2/filters', { title: 'Rain', context: ['home'], filter_action: 'blur' })
  expect(await server.get(`/api/v2/filters/${id}`, 'Filter', token)).toMatchObject({ filter_action: 'blur' })
})

test('6: hashtags are featured by name', async () => {
  expect(await ask('POST', '/api/v1/tags/moss/feature')).toMatchObject({ featuring: true })
  expect(await ask('POST', '/api/v1/tags/moss/unfeature')).toMatchObject({ featuring: false })
})

test('7: posts can quote others, by the policy of the quoted author', async () => {
  const id = await status(t, alice, { text: 'Look' })
  const quoting = await server.post('/api/v1/statuses', 'StatusWithViewer', asBob, {
    status: 'See',
    quoted_status_id: id,
  })
  expect(quoting.quote).toMatchObject({ state: 'accepted', quoted_status: { id } })
  expect(
    (await server.get(`/api/v1/statuses/${id}/quotes`, '[StatusWithViewer]', token)).map((one: Json) => one.id),
  ).toEqual([quoting.id])
  expect(await ask('POST', `/api/v1/statuses/${id}/quotes/${quoting.id}/revoke`)).toMatchObject({
    quote: { state: 'revoked' },
  })
  expect(
    await ask('PUT', `/api/v1/statuses/${id}/interaction_policy`, { quote_approval_policy: 'nobody' }),
  ).toMatchObject({ quote_approval: { automatic: [] } })
  expect(
    (await server.call('POST', '/api/v1/statuses', { token: asBob, body: { status: 'See', quoted_status_id: id } }))
      .status,
  ).toBe(422)
})

test('8: profiles have their source text, exclude_direct hides direct posts, and annual reports have a state', async () => {
  expect(await ask('PATCH', '/api/v1/profile', { note: 'Likes <birds>' })).toMatchObject({ note: 'Likes <birds>' })
  expect(await server.get('/api/v1/profile', 'Profile', token)).toMatchObject({ note: 'Likes <birds>' })
  const hushed = await status(t, alice, { text: 'Hush, @bob', visibility: 'direct' })
  const shown = async (query: string) =>
    (await server.get(`/api/v1/accounts/${alice}/statuses${query}`, '[StatusWithViewer]', token)).some(
      ({ id }: Json) => id === hushed,
    )
  expect([await shown(''), await shown('?exclude_direct=true')]).toEqual([true, false])
  expect(await server.get('/api/v1/annual_reports/2001/state', 'AnnualReportState', token)).toEqual({
    state: 'ineligible',
  })
})

test('9: the images of a profile have descriptions', async () => {
  const form = await picture('avatar')
  form.set('avatar_description', 'A blue rectangle')
  form.set('header_description', 'Nothing yet')
  expect(await ask('PATCH', '/api/v1/profile', form)).toMatchObject({
    avatar_description: 'A blue rectangle',
    header_description: 'Nothing yet',
  })
  expect(await server.get(`/api/v1/accounts/${alice}`, 'Account')).toMatchObject({
    avatar_description: 'A blue rectangle',
  })
})

test('10: there are collections, a policy for bots, and a text for unknown types of notifications', async () => {
  await makeFollow(t, alice, bob)
  const { collection } = await ask('POST', '/api/v1/collections', { name: 'Birders' })
  await ask('POST', `/api/v1/collections/${collection.id}/items`, { account_id: bob })
  expect(await server.get(`/api/v1/collections/${collection.id}`, 'CollectionWithAccounts', token)).toMatchObject({
    accounts: [{ id: alice }, { id: bob }],
  })
  expect((await server.get(`/api/v1/accounts/${bob}/in_collections`, 'Collections', asBob)).collections).toHaveLength(1)
  expect(await ask('PATCH', '/api/v2/notifications/policy', { for_bots: 'filter' })).toMatchObject({
    for_bots: 'filter',
  })
  expect(await server.get('/api/v2/notifications/policy', 'NotificationPolicy', token)).toMatchObject({
    for_bots: 'filter',
  })
  const [told] = await server.get('/api/v1/notifications?supported_types[]=mention', '[Notification]', asBob)
  expect(told).toMatchObject({ type: 'added_to_collection', fallback: { title: expect.stringContaining('alice') } })
})
