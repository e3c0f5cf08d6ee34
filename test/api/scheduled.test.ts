import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { cleanUp } from '#src/instance/clean-up.ts'
import { type AccountId, type MediaId, newId } from '#src/platform/ids.ts'
import { localAccount, status, suspend } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { makeDue, runJobs } from '../jobs/run.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'

const minute = 60_000
const inMinutes = (n: number) => new Date(Date.now() + n * minute).toISOString()
const post = (server: TestServer, token: string, body: object, headers: Record<string, string> = {}) =>
  server.call('POST', '/api/v1/statuses', { token, body, headers })
const published = async (t: TestDatabase) =>
  (await t.db.execute<{ text: string }>(sql`select text from statuses where deleted_at is null order by id`)).rows.map(
    ({ text }) => text,
  )
const arrive = (t: TestDatabase) =>
  t.db.execute(sql`update scheduled_statuses set scheduled_at = now() - interval '1 second'`)

async function upload(t: TestDatabase, account: AccountId): Promise<MediaId> {
  const id = newId<MediaId>()
  await t.db.execute(
    sql`insert into media (id, account_id, kind, media_type, file, created_at) values (${id}, ${account}, 'image', 'image/webp', ${`${id}.webp`}, now() - interval '2 days')`,
  )
  return id
}

test('a scheduled post is validated at once, and published once with everything in it', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const parent = await status(t, alice, { text: 'Before' })
  const file = await upload(t, alice)
  for (const wrong of [
    { status: '' },
    { status: 'x'.repeat(501) },
    { status: 'Hi', media_ids: ['7'] },
    { status: 'Hi', scheduled_at: inMinutes(4) },
    { status: 'Hi', scheduled_at: inMinutes(-4) },
  ]) {
    expect([wrong, (await post(server, token, { scheduled_at: inMinutes(10), ...wrong })).status]).toEqual([wrong, 422])
  }
  expect((await post(server, token, { status: 'Hi', in_reply_to_id: '7', scheduled_at: inMinutes(10) })).status).toBe(
    404,
  )
  for (const never of ['0000-01-01T00:00:00Z', 'tomorrow'])
    expect((await post(server, token, { status: 'Hi', scheduled_at: never })).body).toEqual({
      error: 'Validation failed: scheduled_at is not a date',
    })

  const at = inMinutes(10)
  const body = {
    status: 'Later #on',
    scheduled_at: at,
    in_reply_to_id: parent,
    visibility: 'unlisted',
    spoiler_text: 'Wait',
    media_ids: [file],
    poll: { options: ['a', 'b'], expires_in: 300 },
  }
  const later = await server.post('/api/v1/statuses', 'ScheduledStatus', token, body)
  expect(later).toMatchObject({
    scheduled_at: at,
    params: {
      text: 'Later #on',
      in_reply_to_id: parent,
      visibility: 'unlisted',
      spoiler_text: 'Wait',
      poll: { options: ['a', 'b'], expires_in: 300 },
    },
    media_attachments: [{ id: file }],
  })
  // Its file is taken, and stays however long it takes.
  expect((await post(server, token, { status: 'Now', media_ids: [file] })).status).toBe(422)
  await cleanUp(t.app)
  await makeDue(t)
  await runJobs(t)
  expect(await published(t)).toEqual(['Before'])

  await arrive(t)
  for (let i = 0; i < 2; i++)
    await t.db.execute(
      sql`select graphile_worker.add_job('publish-scheduled', json_build_object('scheduledStatusId', ${later.id}::text))`,
    )
  await runJobs(t)
  expect(await published(t)).toEqual(['Before', 'Later #on'])
  expect(await server.get('/api/v1/scheduled_statuses', '[ScheduledStatus]', token)).toEqual([])
  const [now] = (await server.get(`/api/v1/statuses/${parent}/context`, 'Context', token)).descendants
  expect(now).toMatchObject({
    visibility: 'unlisted',
    spoiler_text: 'Wait',
    media_attachments: [{ id: file }],
    poll: { expired: false },
    application: { name: 'Test app' },
  })
})

test('a scheduled post keeps its author’s defaults of the time of writing', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  await t.db.execute(sql`update users set default_visibility = 'private', default_language = 'de'`)
  expect((await post(server, token, { status: 'For friends', scheduled_at: inMinutes(10) })).body.params).toMatchObject(
    { visibility: 'private', language: 'de' },
  )
  await t.db.execute(sql`update users set default_visibility = 'public'`)
  await arrive(t)
  await makeDue(t)
  await runJobs(t)
  expect(await server.get(`/api/v1/accounts/${alice}/statuses`, '[Status]', token)).toMatchObject([
    { visibility: 'private', language: 'de' },
  ])
})

test('only the author can list, move and cancel scheduled posts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const file = await upload(t, alice)
  const made: Json[] = []
  for (const text of ['One', 'Two', 'Three'])
    made.push(
      (
        await post(server, asAlice, {
          status: text,
          scheduled_at: inMinutes(10),
          media_ids: text === 'Two' ? [file] : [],
        })
      ).body,
    )
  const [, two] = made

  const page = await server.call('GET', '/api/v1/scheduled_statuses?limit=2', { token: asAlice })
  expect(page.body.map((one: Json) => one.params.text)).toEqual(['Three', 'Two'])
  expect(page.headers.get('Link')).toContain(`max_id=${two.id}`)
  for (const [method, status] of [
    ['GET', 404],
    ['PUT', 404],
    ['DELETE', 404],
  ] as const) {
    expect(
      (
        await server.call(method, `/api/v1/scheduled_statuses/${two.id}`, {
          token: asBob,
          body: method === 'PUT' ? { scheduled_at: inMinutes(20) } : undefined,
        })
      ).status,
    ).toBe(status)
  }
  const at = inMinutes(60)
  expect(
    (await server.call('PUT', `/api/v1/scheduled_statuses/${two.id}`, { token: asAlice, body: { scheduled_at: at } }))
      .body,
  ).toMatchObject({ scheduled_at: at })
  expect(
    (
      await server.call('PUT', `/api/v1/scheduled_statuses/${two.id}`, {
        token: asAlice,
        body: { scheduled_at: inMinutes(1) },
      })
    ).status,
  ).toBe(422)
  expect(await server.call('DELETE', `/api/v1/scheduled_statuses/${two.id}`, { token: asAlice })).toMatchObject({
    status: 200,
    body: {},
  })
  await server.post('/api/v1/statuses', 'Status', asAlice, { status: 'With its file', media_ids: [file] })
  await arrive(t)
  await makeDue(t)
  await runJobs(t)
  expect((await published(t)).sort()).toEqual(['One', 'Three', 'With its file'])
})

test('a scheduled post that can’t be published stays in its author’s list', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const parent = await status(t, alice, { text: 'Soon gone' })
  await post(server, asAlice, { status: 'Suspended', scheduled_at: inMinutes(10) })
  await post(server, asBob, { status: 'A reply', scheduled_at: inMinutes(10), in_reply_to_id: parent })
  await suspend(t, alice)
  await arrive(t)
  await makeDue(t)
  await runJobs(t)
  expect(await published(t)).toEqual(['Soon gone'])
  expect(await server.get('/api/v1/scheduled_statuses', '[ScheduledStatus]', asBob)).toHaveLength(1)
})

test('the same Idempotency-Key schedules one post, also with concurrent requests and after its publication', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const send = () => post(server, token, { status: 'Once', scheduled_at: inMinutes(10) }, { 'Idempotency-Key': 'one' })
  const answers = await Promise.all([send(), send(), send()])
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  expect(await server.get('/api/v1/scheduled_statuses', '[ScheduledStatus]', token)).toHaveLength(1)
  await arrive(t)
  await makeDue(t)
  await runJobs(t)
  expect((await send()).body).toMatchObject({ content: '<p>Once</p>' })
  expect(await published(t)).toEqual(['Once'])
})

test('at most 25 posts can be scheduled for one day', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const noon = new Date(Date.now() + 3 * 86_400_000).toISOString().replace(/T.*/, 'T12:00:00.000Z')
  for (let i = 0; i < 24; i++)
    await t.db.execute(
      sql`insert into scheduled_statuses (id, account_id, scheduled_at, params) values (${newId()}, ${alice}, ${noon}, '{"text":"x"}')`,
    )
  const answers = await Promise.all([1, 2].map(() => post(server, token, { status: 'Hi', scheduled_at: noon })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  expect((await post(server, token, { status: 'Hi', scheduled_at: inMinutes(10) })).status).toBe(200)
})
