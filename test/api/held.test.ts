import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { localAccount } from '../cast.ts'
import { database } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { serve, tokenOf } from './server.ts'

test('apps can post held posts, edit them without history, and read the end of the hold', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [token, bobs] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  await t.db.execute(sql`update users set undo_seconds = 90 where account_id = ${alice}`)

  const posted = await server.post('/api/v1/statuses', 'Status', token, { status: 'A frist try' })
  const left = Date.parse(posted.held_until) - Date.now()
  expect(left).toBeGreaterThan(60_000)
  expect(left).toBeLessThanOrEqual(90_000)
  const path = `/api/v1/statuses/${posted.id}`
  expect(await server.get(path, 'Status', bobs)).not.toHaveProperty('held_until')

  const { body: edited } = await server.call('PUT', path, { token, body: { status: 'A first try' } })
  expect(edited).toMatchObject({ content: '<p>A first try</p>', edited_at: null })
  expect(await server.get(`${path}/history`, '[StatusEdit]', bobs)).toHaveLength(1)
  await t.db.execute(sql`update statuses set held_until = now()`)
  await t.db.execute(sql`update graphile_worker._private_jobs set run_at = now()`)
  await runJobs(t)
  expect(await server.get(path, 'Status', token)).not.toHaveProperty('held_until')
  expect(await server.get(path, 'Status')).toMatchObject({ content: '<p>A first try</p>', edited_at: null })
  // From now on edits leave their marks again.
  await server.call('PUT', path, { token, body: { status: 'A second try' } })
  expect((await server.get(path, 'Status')).edited_at).not.toBeNull()
  expect(await server.get(`${path}/history`, '[StatusEdit]')).toHaveLength(2)
})

test('apps can post and schedule local-only posts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const posted = await server.post('/api/v1/statuses', 'Status', token, { status: 'Among us', local_only: true })
  expect(posted).toMatchObject({ local_only: true, visibility: 'public' })
  expect((await server.call('GET', `/api/v1/statuses/${posted.id}`)).status).toBe(404)
  // An edit changes nothing about that.
  await server.call('PUT', `/api/v1/statuses/${posted.id}`, { token, body: { status: 'Still', local_only: false } })
  expect(await server.get(`/api/v1/statuses/${posted.id}`, 'Status', token)).toMatchObject({ local_only: true })
  expect(await server.post('/api/v1/statuses', 'Status', token, { status: 'For all' })).toMatchObject({
    local_only: false,
  })
  const later = await server.post('/api/v1/statuses', 'ScheduledStatus', token, {
    status: 'Later',
    local_only: true,
    scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  expect(later.params).toMatchObject({ local_only: true })
})
