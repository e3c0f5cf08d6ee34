import { expect, test } from 'vitest'
import { localAccount, makeFollow, status } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('an app can quote, list quotes, change the quote policy, and revoke a quote', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const post = await status(t, alice)
  const ids: string[] = []
  for (const text of ['One', 'Two', 'Three']) {
    const made = await server.post('/api/v1/statuses', 'Status', asBob, {
      status: text,
      quoted_status_id: post,
      quote_approval_policy: 'followers',
    })
    expect(made).toMatchObject({
      quote: { state: 'accepted', quoted_status: { id: post, quote: null } },
      quote_approval: { automatic: ['followers'], manual: [], current_user: 'automatic' },
    })
    ids.unshift(made.id)
  }
  expect(await server.get(`/api/v1/statuses/${post}`, 'Status', asBob)).toMatchObject({
    quotes_count: 3,
    quote_approval: { automatic: ['public'], current_user: 'automatic' },
  })
  expect(await server.get(`/api/v1/statuses/${ids[0]}`, 'Status', asAlice)).toMatchObject({
    quote_approval: { current_user: 'denied' },
  })
  const nested = await server.post('/api/v1/statuses', 'Status', asBob, { status: 'Nested', quoted_status_id: ids[0] })
  expect(nested.quote.quoted_status.quote).toEqual({ state: 'accepted', quoted_status_id: post })

  const page = await server.call('GET', `/api/v1/statuses/${post}/quotes?limit=2`, { token: asAlice })
  expect(page.body.map((one: Json) => one.id)).toEqual(ids.slice(0, 2))
  expect(page.headers.get('Link')).toContain(`max_id=${ids[1]}>; rel="next"`)
  expect(
    (await server.get(`/api/v1/statuses/${post}/quotes?max_id=${ids[1]}`, '[Status]', asAlice)).map(
      (one: Json) => one.id,
    ),
  ).toEqual([ids[2]])

  expect((await server.call('POST', `/api/v1/statuses/${post}/quotes/${ids[0]}/revoke`, { token: asBob })).status).toBe(
    404,
  )
  expect(await server.post(`/api/v1/statuses/${post}/quotes/${ids[0]}/revoke`, 'Status', asAlice)).toMatchObject({
    id: ids[0],
    quote: { state: 'revoked', quoted_status: null },
  })

  const put = (id: string, token: string, body: object) =>
    server.call('PUT', `/api/v1/statuses/${id}/interaction_policy`, { token, body })
  expect((await put(post, asAlice, { quote_approval_policy: 'nobody' })).body.quote_approval).toEqual({
    automatic: [],
    manual: [],
    current_user: 'automatic',
  })
  expect((await put(post, asBob, { quote_approval_policy: 'nobody' })).status).toBe(404)
  expect((await put(post, asAlice, { quote_approval_policy: 'friends' })).status).toBe(422)
  expect((await put(post, asAlice, {})).status).toBe(400)
  expect(
    await server.call('POST', '/api/v1/statuses', { token: asBob, body: { status: 'No', quoted_status_id: post } }),
  ).toMatchObject({ status: 422 })
})

test('a quote has no poll, survives edits, and takes its author’s default policy', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, bob)
  await makeFollow(t, bob, alice)
  const post = await status(t, alice)
  const poll = { options: ['a', 'b'], expires_in: 300 }
  expect(
    (await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Hi', quoted_status_id: post, poll } }))
      .status,
  ).toBe(422)
  expect(
    (await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Hi', quoted_status_id: '7' } })).status,
  ).toBe(404)

  await server.call('PATCH', '/api/v1/accounts/update_credentials', {
    token,
    body: { source: { quote_policy: 'nobody' } },
  })
  expect((await server.call('GET', '/api/v1/preferences', { token })).body['posting:default:quote_policy']).toBe(
    'nobody',
  )
  const made = await server.post('/api/v1/statuses', 'Status', token, { status: 'Before', quoted_status_id: post })
  expect(made.quote_approval.automatic).toEqual([])
  const { body: edited } = await server.call('PUT', `/api/v1/statuses/${made.id}`, {
    token,
    body: { status: 'After', quote_approval_policy: 'public' },
  })
  expect(edited).toMatchObject({ quote: { state: 'accepted' }, quote_approval: { automatic: ['public'] } })
  expect(edited.content).toMatch(/^<p class="quote-inline">.*<p>After<\/p>$/)
  expect(
    (await server.call('PUT', `/api/v1/statuses/${made.id}`, { token, body: { status: 'After', poll } })).status,
  ).toBe(422)
})

test('the post that a quoted post quotes is named only to accounts that may read it, and while its author consents', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const [asAlice, asBob, asCarol] = [
    await tokenOf(t.app, alice),
    await tokenOf(t.app, bob),
    await tokenOf(t.app, carol),
  ]
  const post = await status(t, alice)
  const quoting = await server.post('/api/v1/statuses', 'Status', asBob, { status: 'One', quoted_status_id: post })
  const outer = await server.post('/api/v1/statuses', 'Status', asBob, { status: 'Two', quoted_status_id: quoting.id })
  const nestedFor = async (token: string) =>
    (await server.get(`/api/v1/statuses/${outer.id}`, 'Status', token)).quote.quoted_status.quote
  expect(await nestedFor(asCarol)).toEqual({ state: 'accepted', quoted_status_id: post })

  await server.post(`/api/v1/accounts/${carol}/block`, 'Relationship', asAlice)
  expect(await nestedFor(asCarol)).toEqual({ state: 'unauthorized', quoted_status_id: null })
  expect(await nestedFor(asBob)).toEqual({ state: 'accepted', quoted_status_id: post })
  await server.post(`/api/v1/statuses/${post}/quotes/${quoting.id}/revoke`, 'Status', asAlice)
  expect(await nestedFor(asBob)).toEqual({ state: 'revoked', quoted_status_id: null })
})

test('a quote inside a quoted post is marked as deleted when its post is deleted', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const post = await status(t, alice)
  const quoting = await server.post('/api/v1/statuses', 'Status', asBob, { status: 'One', quoted_status_id: post })
  const outer = await server.post('/api/v1/statuses', 'Status', asBob, { status: 'Two', quoted_status_id: quoting.id })
  await server.call('DELETE', `/api/v1/statuses/${post}`, { token: asAlice })
  expect((await server.get(`/api/v1/statuses/${outer.id}`, 'Status', asBob)).quote.quoted_status.quote).toEqual({
    state: 'deleted',
    quoted_status_id: null,
  })
})
