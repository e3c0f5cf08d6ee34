import { expect, test } from 'vitest'
import { localAccount, makeFollow } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

const everybody = { automatic_approval: ['public'], manual_approval: [] }

test('an app sets the interaction policy of a post and the default policies', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const call = (method: string, path: string, body?: object) =>
    server.call(method, `/api/v1${path}`, { token, ...(body ? { body } : {}) })

  const open = await server.post('/api/v1/statuses', 'Status', token, { status: 'Open' })
  expect(open).not.toHaveProperty('interaction_policy')
  const limited = await server.post('/api/v1/statuses', 'Status', token, {
    status: 'Limited',
    interaction_policy: { can_reply: { always: ['author', 'followers', 'mentioned'], with_approval: ['public'] } },
  })
  expect(limited.interaction_policy).toMatchObject({
    can_reply: { automatic_approval: ['author', 'mentioned', 'followers'], manual_approval: ['public'] },
    can_favourite: { automatic_approval: ['public', 'author'], manual_approval: [] },
  })
  const edited = await call('PUT', `/statuses/${limited.id}`, {
    status: 'Limited',
    interaction_policy: { can_reply: everybody },
  })
  expect(edited.body).not.toHaveProperty('interaction_policy')
  expect(
    (await call('POST', '/statuses', { status: 'No', interaction_policy: { can_reply: { always: ['friends'] } } }))
      .status,
  ).toBe(422)

  const defaults = await call('PATCH', '/interaction_policies/defaults', {
    public: { can_reblog: { automatic_approval: [], manual_approval: ['public'] } },
  })
  expect(defaults.body.public.can_reblog).toMatchObject({ automatic_approval: ['author'], manual_approval: ['public'] })
  expect((await call('GET', '/interaction_policies/defaults')).body).toEqual(defaults.body)
  const next = await server.post('/api/v1/statuses', 'Status', token, { status: 'Next' })
  expect(next.interaction_policy.can_reblog).toMatchObject({ manual_approval: ['public'] })
  const quiet = await server.post('/api/v1/statuses', 'Status', token, { status: 'Quiet', visibility: 'unlisted' })
  expect(quiet).not.toHaveProperty('interaction_policy')
  await call('PATCH', '/interaction_policies/defaults', {})
  expect(await server.post('/api/v1/statuses', 'Status', token, { status: 'Last' })).not.toHaveProperty(
    'interaction_policy',
  )
})

test('interaction requests are listed, accepted and rejected, and hidden from apps that don’t know their types', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bea, cleo] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bea'),
    await localAccount(t, 'cleo'),
  ]
  await makeFollow(t, cleo, alice)
  const [asAlice, asBea, asCleo] = await Promise.all([alice, bea, cleo].map((account) => tokenOf(t.app, account)))
  const call = (method: string, path: string, token: string | undefined, body?: object) =>
    server.call(method, `/api/v1${path}`, { token: token!, ...(body ? { body } : {}) })
  const ask = { always: ['followers'], with_approval: ['public'] }
  const post = await server.post('/api/v1/statuses', 'Status', asAlice!, {
    status: 'Ask me',
    interaction_policy: { can_reply: ask, can_favourite: ask, can_reblog: ask },
  })
  await call('POST', `/statuses/${post.id}/favourite`, asBea)
  await call('POST', `/statuses/${post.id}/reblog`, asBea)
  const reply = (await call('POST', '/statuses', asBea, { status: 'May I?', in_reply_to_id: post.id })).body
  await call('POST', `/statuses/${post.id}/favourite`, asCleo)
  const counts = async () => {
    const {
      favourites_count: likes,
      reblogs_count: boosts,
      replies_count: answers,
    } = (await call('GET', `/statuses/${post.id}`, asAlice)).body
    return [likes, boosts, answers]
  }
  expect(await counts()).toEqual([1, 0, 0])
  expect((await call('GET', `/statuses/${reply.id}`, asCleo)).status).toBe(404)

  const listed = (await call('GET', '/interaction_requests', asAlice)).body
  expect(listed.map(({ type }: Json) => type)).toEqual(['reply', 'reblog', 'favourite'])
  expect(listed[0]).toMatchObject({
    account: { username: 'bea' },
    status: { id: post.id },
    reply: { id: reply.id },
    accepted_at: null,
    rejected_at: null,
  })
  expect((await call('GET', '/interaction_requests?replies=false&favourites=false', asAlice)).body).toHaveLength(1)
  const page = await server.call('GET', '/api/v1/interaction_requests?limit=2', { token: asAlice! })
  expect(page.headers.get('Link')).toContain(`max_id=${listed[1].id}>; rel="next"`)
  for (const token of [asBea, asCleo]) {
    expect((await call('GET', '/interaction_requests', token)).body).toEqual([])
    expect((await call('POST', `/interaction_requests/${listed[0].id}/authorize`, token)).status).toBe(404)
  }

  // Only apps that say which types they know get the types that Mastodon lacks.
  const typesFor = async (query: string) =>
    (await call('GET', `/notifications${query}`, asAlice)).body.map(({ type }: Json) => type)
  expect((await typesFor('')).filter((type: string) => type.startsWith('pending.'))).toEqual([])
  expect(await typesFor('?types[]=pending.reply')).toEqual(['pending.reply'])
  expect((await typesFor('?supported_types[]=mention')).filter((type: string) => type.startsWith('pending.'))).toEqual([
    'pending.reply',
    'pending.reblog',
    'pending.favourite',
  ])

  const [first, second, third] = listed
  const accepted = await call('POST', `/interaction_requests/${first.id}/authorize`, asAlice)
  expect(accepted.body).toMatchObject({ id: first.id, accepted_at: expect.any(String), rejected_at: null })
  expect((await call('POST', `/interaction_requests/${second.id}/reject`, asAlice)).body).toMatchObject({
    accepted_at: null,
    rejected_at: expect.any(String),
  })
  await call('POST', `/interaction_requests/${third.id}/authorize`, asAlice)
  expect(await counts()).toEqual([2, 0, 1])
  // Doing it again changes nothing.
  await call('POST', `/interaction_requests/${first.id}/authorize`, asAlice)
  expect(await counts()).toEqual([2, 0, 1])
  expect((await call('GET', `/statuses/${reply.id}`, asCleo)).status).toBe(200)
  expect((await call('GET', '/interaction_requests', asAlice)).body).toEqual([])
  expect(await typesFor('?types[]=pending.reply&types[]=pending.reblog')).toEqual([])
  expect((await call('POST', `/statuses/${post.id}/reblog`, asBea)).status).toBe(403)

  // A consent can be taken back.
  await call('POST', `/interaction_requests/${first.id}/reject`, asAlice)
  await call('POST', `/interaction_requests/${third.id}/reject`, asAlice)
  expect(await counts()).toEqual([1, 0, 0])
  expect((await call('GET', `/statuses/${reply.id}`, asCleo)).status).toBe(404)

  const nobody = await server.post('/api/v1/statuses', 'Status', asAlice!, {
    status: 'Nobody',
    interaction_policy: { can_favourite: { always: ['author'] } },
  })
  expect((await call('POST', `/statuses/${nobody.id}/favourite`, asCleo)).status).toBe(403)
})
