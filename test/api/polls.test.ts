import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type AccountId, type StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { localAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { makeDue, runJobs } from '../jobs/run.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'

const ask = (t: TestDatabase, author: AccountId, poll: object = {}) =>
  status(t, author, { text: 'Which?', poll: { options: ['Tea', 'Coffee', 'Water'], expiresInSeconds: 3_600, ...poll } })
const vote = (server: TestServer, id: StatusId, token: string, choices: unknown) =>
  server.call('POST', `/api/v1/polls/${id}/votes`, { token, body: { choices } })
const over = (t: TestDatabase) => t.db.execute(sql`update polls set expires_at = now() - interval '1 second'`)
const notices = async (t: TestDatabase, account: AccountId) =>
  (await loadNotificationPage(t.db, account, {}, { limit: 40 })).views.map(({ type }) => type)

test('invalid polls are refused, valid polls are posted', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const post = (poll: object) => server.call('POST', '/api/v1/statuses', { token, body: { status: 'Which?', poll } })
  const refused = [
    { options: ['a'], expires_in: 300 },
    { options: ['a', 'b', 'c', 'd', 'e'], expires_in: 300 },
    { options: ['a', 'a'], expires_in: 300 },
    { options: ['a', ' ', ''], expires_in: 300 },
    { options: ['a', 'x'.repeat(51)], expires_in: 300 },
    { options: ['a', 'b'], expires_in: 299 },
    { options: ['a', 'b'], expires_in: 2_629_747 },
    { options: ['a', 'b'] },
  ]
  for (const poll of refused) expect([poll, (await post(poll)).status]).toEqual([poll, 422])

  const form = new URLSearchParams([
    ['status', ''],
    ['poll[options][]', 'a'],
    ['poll[options][]', 'b'],
    ['poll[expires_in]', '300'],
    ['poll[multiple]', 'true'],
    ['poll[hide_totals]', 'false'],
  ])
  const { poll } = await server.post('/api/v1/statuses', 'Status', token, form)
  expect(poll).toMatchObject({
    multiple: true,
    expired: false,
    votes_count: 0,
    voters_count: 0,
    voted: true,
    own_votes: [],
    options: [
      { title: 'a', votes_count: 0 },
      { title: 'b', votes_count: 0 },
    ],
  })
  expect(new Date(poll.expires_at).getTime() - Date.now()).toBeLessThanOrEqual(300_000)
})

test('a person can vote once, for existing options, while the poll is open', async () => {
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
  const [single, several] = [await ask(t, alice), await ask(t, alice, { isMultiple: true })]

  // Apps compare the words.
  const refused = async (id: StatusId, token: string, choices: unknown) => {
    const { status, body } = await vote(server, id, token, choices)
    return [status, body.error]
  }
  expect((await vote(server, single, asBob, [])).status).toBe(422)
  for (const choices of [['3'], ['x']])
    expect(await refused(single, asBob, choices)).toEqual([
      422,
      'Validation failed: The chosen vote option does not exist',
    ])
  expect(await refused(single, asBob, ['0', '1'])).toEqual([
    422,
    'Validation failed: You have already voted on this poll',
  ])
  expect(await refused(single, asAlice, ['0'])).toEqual([422, 'Validation failed: You cannot vote in your own polls'])
  expect((await vote(server, single, asBob, ['1'])).body).toMatchObject({
    voted: true,
    own_votes: [1],
    votes_count: 1,
    voters_count: null,
  })
  expect(await refused(single, asBob, ['2'])).toEqual([422, 'Validation failed: You have already voted on this poll'])

  const answers = await Promise.all([1, 2, 3, 4].map(() => vote(server, several, asBob, [0, 2])))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422])
  await vote(server, several, asCarol, 2)
  expect(await server.get(`/api/v1/polls/${several}`, 'Poll', asAlice)).toMatchObject({
    votes_count: 3,
    voters_count: 2,
    options: [{ votes_count: 1 }, { votes_count: 0 }, { votes_count: 2 }],
  })
  expect(await server.get(`/api/v1/polls/${several}`, 'Poll')).not.toHaveProperty('voted')

  await over(t)
  expect(await refused(single, asCarol, ['0'])).toEqual([422, 'Validation failed: The poll has already ended'])
})

test('empty lines of a poll are no options, in a new post and in an edit', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const titles = (body: Json) => body.poll.options.map(({ title }: Json) => title)
  const poll = { options: ['Tea', '', 'Coffee', '  ', ''], expires_in: 3_600 }
  const made = await server.post('/api/v1/statuses', 'Status', token, { status: 'Which?', poll })
  expect(titles(made)).toEqual(['Tea', 'Coffee'])
  const edited = await server.call('PUT', `/api/v1/statuses/${made.id}`, {
    token,
    body: { status: 'Which?', poll: { ...poll, options: ['', 'Tea', 'Milk'] } },
  })
  expect(titles(edited.body)).toEqual(['Tea', 'Milk'])
})

test('a poll is as visible as its post, and hidden counts are shown after the end', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const asBob = await tokenOf(t.app, bob)
  const secret = await status(t, alice, {
    text: 'Which?',
    visibility: 'private',
    poll: { options: ['a', 'b'], expiresInSeconds: 300 },
  })
  expect((await server.call('GET', `/api/v1/polls/${secret}`, { token: asBob })).status).toBe(404)
  expect((await vote(server, secret, asBob, ['0'])).status).toBe(404)
  expect((await server.call('GET', `/api/v1/polls/${await status(t, alice)}`)).status).toBe(404)

  const hidden = await ask(t, alice, { hidesTotals: true })
  expect((await vote(server, hidden, asBob, ['0'])).body).toMatchObject({
    own_votes: [0],
    options: [{ votes_count: null }, { votes_count: null }, { votes_count: null }],
  })
  await over(t)
  expect(await server.get(`/api/v1/polls/${hidden}`, 'Poll')).toMatchObject({
    expired: true,
    options: [{ votes_count: 1 }, { votes_count: 0 }, { votes_count: 0 }],
  })
})

test('an edit keeps the votes if the poll stays the same', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const id = await ask(t, alice)
  await vote(server, id, asBob, ['0'])
  const put = async (poll: object | undefined) =>
    (
      await server.call('PUT', `/api/v1/statuses/${id}`, {
        token: asAlice,
        body: { status: `Which? ${Math.random()}`, poll },
      })
    ).body.poll

  const same = { options: ['Tea', 'Coffee', 'Water'], expires_in: 7_200 }
  expect(await put(same)).toMatchObject({ votes_count: 1, options: [{ votes_count: 1 }, {}, {}] })
  expect(await put({ ...same, options: ['Tea', 'Milk'] })).toMatchObject({
    votes_count: 0,
    options: [{ title: 'Tea', votes_count: 0 }, { title: 'Milk' }],
  })
  expect((await vote(server, id, asBob, ['1'])).body).toMatchObject({ own_votes: [1] })
  expect(await put({ ...same, options: ['Tea', 'Milk'], multiple: true })).toMatchObject({
    votes_count: 0,
    multiple: true,
  })
  expect(await put(undefined)).toBeNull()
  const history = await server.get(`/api/v1/statuses/${id}/history`, '[StatusEdit]')
  expect(history.map((edit: Json) => edit.poll?.options.map((option: Json) => option.title))).toEqual([
    ['Tea', 'Coffee', 'Water'],
    ['Tea', 'Coffee', 'Water'],
    ['Tea', 'Milk'],
    ['Tea', 'Milk'],
    undefined,
  ])
})

test('author and voters are notified once, at the end of a poll, also if the end was moved', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const id = await ask(t, alice)
  await vote(server, id, await tokenOf(t.app, bob), ['0'])
  const all = async () => [await notices(t, alice), await notices(t, bob), await notices(t, carol)]

  await makeDue(t)
  await runJobs(t)
  expect(await all()).toEqual([[], [], []])
  await server.call('PUT', `/api/v1/statuses/${id}`, {
    token: await tokenOf(t.app, alice),
    body: { status: 'Which?', poll: { options: ['Tea', 'Coffee', 'Water'], expires_in: 300 } },
  })
  expect(await t.jobPayloads('poll-end')).toEqual([{ statusId: id }])
  await over(t)
  for (let i = 0; i < 2; i++) {
    await t.db.execute(sql`select graphile_worker.add_job('poll-end', json_build_object('statusId', ${id}::text))`)
    await makeDue(t)
    await runJobs(t)
  }
  expect(await all()).toEqual([['poll'], ['poll'], []])
})
