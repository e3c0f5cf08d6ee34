import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import type { Person } from './instance.ts'
import { type Host, type World, world } from './world.ts'

let worlds: World
let one: Host
let two: Host
let alice: Person
let bob: Person

beforeAll(async () => {
  worlds = await world({}, {})
  ;[one, two] = worlds.hosts as [Host, Host]
  ;[alice, bob] = await Promise.all([one.person('alice'), two.person('bob')])
})

afterAll(() => worlds[Symbol.asyncDispose]())

test('an account is found by URL, followed, and read', async () => {
  const {
    accounts: [found],
  } = await bob.find(alice.url)
  expect(found).toMatchObject({ username: 'alice', acct: `alice@${one.host}`, url: alice.url, locked: false })

  await bob.post(`/v1/accounts/${found!.id}/follow`)
  await eventually(
    async () => (await bob.get<{ following: boolean }[]>(`/v1/accounts/relationships?id[]=${found!.id}`))[0]!.following,
  )
  expect((await alice.notified('follow'))['account'].acct).toBe(`bob@${two.host}`)

  const post = await alice.post('/v1/statuses', {
    status: 'Hello over there #news',
    spoiler_text: 'greeting',
    language: 'en',
  })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  expect(seen).toMatchObject({
    url: post['url'],
    spoiler_text: 'greeting',
    sensitive: true,
    language: 'en',
    visibility: 'public',
  })
  expect(seen['content']).toContain('Hello over there')
  expect(seen['tags'].map((tag: { name: string }) => tag.name)).toEqual(['news'])
})

test('replies, likes, boosts and mentions work in both directions, and can be undone', async () => {
  const post = await alice.post('/v1/statuses', { status: 'What do you think?' })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])

  const reply = await bob.post('/v1/statuses', { status: `${alice.handle} A lot!`, in_reply_to_id: seen.id })
  const mention = await alice.notified('mention')
  expect(mention['status']).toMatchObject({
    uri: reply['uri'],
    in_reply_to_id: post.id,
    mentions: [{ username: 'alice' }],
  })
  expect(mention['status'].content).toContain(`href="${alice.url}"`)

  await bob.post(`/v1/statuses/${seen.id}/favourite`)
  await bob.post(`/v1/statuses/${seen.id}/reblog`)
  await alice.notified('favourite')
  await alice.notified('reblog')
  expect(await alice.get(`/v1/statuses/${post.id}`)).toMatchObject({
    favourites_count: 1,
    reblogs_count: 1,
    replies_count: 1,
  })

  await bob.post(`/v1/statuses/${seen.id}/unfavourite`)
  await bob.post(`/v1/statuses/${seen.id}/unreblog`)
  await bob.send('DELETE', `/v1/statuses/${reply.id}`)
  await eventually(async () => {
    const { favourites_count, reblogs_count, replies_count } = await alice.get(`/v1/statuses/${post.id}`)
    return favourites_count + reblogs_count + replies_count === 0
  })
})

test('emoji reactions are seen on the author’s server, and taken back one by one', async () => {
  const post = await alice.post('/v1/statuses', { status: 'React to this' })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  const path = (emoji: string) => `/v1/pleroma/statuses/${seen.id}/reactions/${encodeURIComponent(emoji)}`
  const shown = async () => {
    const { emoji_reactions = [], favourites_count } = await alice.get(`/v1/statuses/${post.id}`)
    return JSON.stringify([emoji_reactions.map(({ name }: { name: string }) => name).toSorted(), favourites_count])
  }
  await bob.send('PUT', path('🎉'))
  await bob.send('PUT', path('🐱'))
  await eventually(async () => (await shown()) === JSON.stringify([['🎉', '🐱'], 1]))
  expect((await alice.notified('favourite'))['emoji']).toBe('🎉')
  await bob.send('DELETE', path('🎉'))
  await eventually(async () => (await shown()) === JSON.stringify([['🐱'], 1]))
  await bob.send('DELETE', path('🐱'))
  await eventually(async () => (await shown()) === JSON.stringify([[], 0]))
})

test('a boost brings its post to remote followers', async () => {
  const carol = await one.person('carol')
  const post = await carol.post('/v1/statuses', { status: 'Read by few' })
  await alice.post(`/v1/statuses/${post.id}/reblog`)

  const boost = await bob.sees((status) => status['reblog']?.uri === post['uri'])
  expect(boost).toMatchObject({ account: { username: 'alice' }, reblog: { account: { username: 'carol' } } })
  expect(boost['reblog'].content).toContain('Read by few')
})

test('private posts reach followers, direct posts reach mentioned accounts, and nobody else can read them', async () => {
  const dave = await two.person('dave')
  const forFollowers = await alice.post('/v1/statuses', { status: 'For followers', visibility: 'private' })
  const forDave = await alice.post('/v1/statuses', { status: `${dave.handle} For you`, visibility: 'direct' })

  expect(await bob.sees((status) => status['uri'] === forFollowers['uri'])).toMatchObject({ visibility: 'private' })
  const received = (await dave.notified('mention'))['status']
  expect(received).toMatchObject({ uri: forDave['uri'], visibility: 'direct' })
  await expect(bob.get(`/v1/statuses/${received.id}`)).rejects.toThrow('404')
  expect((await one.document(forFollowers['uri'])).status).toBe(404)
  expect((await one.document(forDave['uri'])).status).toBe(404)
  expect((await dave.find(forFollowers['uri'])).statuses).toEqual([])
})

test('profile changes and deletions of posts reach the other server', async () => {
  const post = await alice.post('/v1/statuses', { status: 'Soon gone' })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  await alice.send('PATCH', '/v1/accounts/update_credentials', {
    display_name: 'Alice of One',
    note: 'Writes',
    fields_attributes: { 0: { name: 'Where', value: 'here' } },
  })
  await eventually(async () => (await bob.get(`/v1/accounts/${seen['account'].id}`))['display_name'] === 'Alice of One')
  expect(await bob.get(`/v1/accounts/${seen['account'].id}`)).toMatchObject({
    note: '<p>Writes</p>',
    fields: [{ name: 'Where' }],
  })

  await alice.send('DELETE', `/v1/statuses/${post.id}`)
  await eventually(() =>
    bob.get(`/v1/statuses/${seen.id}`).then(
      () => false,
      () => true,
    ),
  )
  const gone = await one.document(post['uri'])
  expect([gone.status, await gone.json()]).toEqual([
    410,
    expect.objectContaining({ type: 'Tombstone', id: post['uri'] }),
  ])
})

test('a locked remote account gets a request, and can reject it', async () => {
  const lena = await one.person('lena')
  await lena.send('PATCH', '/v1/accounts/update_credentials', { locked: true })
  const {
    accounts: [found],
  } = await bob.find(lena.url)
  const relation = async () =>
    (await bob.get<{ following: boolean; requested: boolean }[]>(`/v1/accounts/relationships?id[]=${found!.id}`))[0]!

  await bob.post(`/v1/accounts/${found!.id}/follow`)
  expect(await relation()).toMatchObject({ following: false, requested: true })
  const { account } = await lena.notified('follow_request')
  await lena.post(`/v1/follow_requests/${account.id}/reject`)
  await eventually(async () => !(await relation()).requested)

  await bob.post(`/v1/accounts/${found!.id}/follow`)
  await lena.notified('follow_request')
  await lena.post(`/v1/follow_requests/${account.id}/authorize`)
  await eventually(async () => (await relation()).following)

  await bob.post(`/v1/accounts/${found!.id}/unfollow`)
  await eventually(
    async () =>
      (await lena.get(`/v1/accounts/${(await lena.get('/v1/accounts/verify_credentials')).id}`))['followers_count'] ===
      0,
  )
})

test('a block ends the follow by the blocked account, which can’t follow again', async () => {
  const nina = await one.person('nina')
  const {
    accounts: [found],
  } = await bob.find(nina.url)
  const relation = async () =>
    (
      await bob.get<{ following: boolean; requested: boolean; blocked_by: boolean }[]>(
        `/v1/accounts/relationships?id[]=${found!.id}`,
      )
    )[0]!
  await bob.post(`/v1/accounts/${found!.id}/follow`)
  const { account } = await nina.notified('follow')

  await nina.post(`/v1/accounts/${account.id}/block`)
  await eventually(async () => !(await relation()).following && (await relation()).blocked_by)
  await expect(bob.post(`/v1/accounts/${found!.id}/follow`)).rejects.toThrow('403')
})

test('remote polls can be voted in, and edits, results and pins arrive', async () => {
  const post = await alice.post('/v1/statuses', {
    status: 'Which?',
    poll: { options: ['Tea', 'Coffee'], expires_in: 300, multiple: true },
  })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  expect(seen['poll']).toMatchObject({
    multiple: true,
    voted: false,
    options: [{ title: 'Tea', votes_count: 0 }, { title: 'Coffee' }],
  })

  await bob.post(`/v1/polls/${seen.id}/votes`, { choices: [0, 1] })
  await eventually(
    async () =>
      (await alice.get(`/v1/polls/${post.id}`))['voters_count'] === 1 &&
      (await alice.get(`/v1/polls/${post.id}`))['votes_count'] === 2,
  )
  expect((await alice.get(`/v1/statuses/${post.id}/context`))['descendants']).toEqual([])

  await bob.post(`/v1/statuses/${seen.id}/reblog`)
  await alice.send('PUT', `/v1/statuses/${post.id}`, {
    status: 'Which one?',
    poll: { options: ['Tea', 'Coffee'], expires_in: 600, multiple: true },
  })
  expect((await bob.notified('update'))['status'].content).toBe('<p>Which one?</p>')
  expect(await bob.get(`/v1/statuses/${seen.id}`)).toMatchObject({
    edited_at: expect.any(String),
    poll: { voted: true, own_votes: [0, 1], voters_count: 1 },
  })
  expect(await bob.get(`/v1/statuses/${seen.id}/history`)).toMatchObject([
    { content: '<p>Which?</p>' },
    { content: '<p>Which one?</p>' },
  ])

  await alice.post(`/v1/statuses/${post.id}/pin`)
  await eventually(
    async () => (await bob.get<unknown[]>(`/v1/accounts/${seen['account'].id}/statuses?pinned=true`)).length === 1,
  )

  // The test ends the poll early instead of waiting.
  await one.db.execute(`update polls set expires_at = now() where status_id = ${post.id}`)
  await one.db.execute(`update graphile_worker._private_jobs set run_at = now() where key = 'poll-end ${post.id}'`)
  await alice.notified('poll')
  await eventually(async () => (await bob.get(`/v1/polls/${seen.id}`))['expired'] === true)
  await bob.notified('poll')
})

test('activities sent while the other server is down arrive when it is back', async () => {
  const [known] = await bob.home()
  await two.stop()
  const post = await alice.post('/v1/statuses', { status: 'While you slept' })
  await eventually(async () => (await one.db.execute('select 1 from hosts where failures > 0')).rowCount === 1)
  await two.restart()
  // Any activity from the server shows that it is up again; otherwise, it would take some seconds more.
  await bob.post(`/v1/statuses/${known!.id}/favourite`)
  expect(await bob.sees((status) => status['uri'] === post['uri'])).toMatchObject({ account: { username: 'alice' } })
})
