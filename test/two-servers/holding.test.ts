import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import { befriend, threeServers } from './world.ts'

const { one, two, alice, bob } = await threeServers()
await befriend(bob, alice)
await one.db.execute(`update users set undo_seconds = 120`)

/** Lets the time of all held posts pass, for the rows and for their jobs. */
async function passTime(): Promise<void> {
  await one.db.execute(`update statuses set held_until = now() where held_until is not null`)
  await one.db.execute(`update graphile_worker._private_jobs set run_at = now() where key like 'release-held %'`)
}
const reached = async (uri: string) =>
  (await two.db.execute<{ content: string }>(`select content from statuses where uri = '${uri}'`)).rows

test('another server gets only the last version of a held post, and nothing of a deleted one', async () => {
  const kept = await alice.post('/v1/statuses', { status: 'A frist try' })
  const regretted = await alice.post('/v1/statuses', { status: 'Never mind' })
  await alice.send('PUT', `/v1/statuses/${kept.id}`, { status: 'A first try' })
  await alice.send('DELETE', `/v1/statuses/${regretted.id}`)
  for (const { uri } of [kept, regretted]) expect((await one.document(uri as string)).status).toBe(404)
  expect((await bob.find(kept['uri'])).statuses).toEqual([])

  // The server is stopped and started meanwhile.
  await one.kill()
  await one.restart()
  await passTime()
  const seen = await bob.sees((status) => status['uri'] === kept['uri'])
  expect(seen).toMatchObject({ content: '<p>A first try</p>', edited_at: null })
  expect(await bob.get<unknown[]>(`/v1/statuses/${seen.id}/history`)).toHaveLength(1)

  // The later post arrives after every activity that could have been sent about the earlier one.
  const later = await alice.post('/v1/statuses', { status: 'Later' })
  await passTime()
  await bob.sees((status) => status['uri'] === later['uri'])
  expect(await reached(regretted['uri'])).toEqual([])
  expect((await one.document(regretted['uri'])).status).toBe(404)
  const { rows } = await one.db.execute<{ body: string }>(`select body from activities`)
  expect(JSON.stringify(rows)).not.toContain(regretted.id)
  expect(JSON.stringify(rows)).not.toContain('frist')
})

test('a private message to a remote person is held, too', async () => {
  const post = await alice.post('/v1/statuses', { status: `${bob.handle} Between us`, visibility: 'direct' })
  const news = await alice.post('/v1/statuses', { status: 'News' })
  await one.db.execute(`update graphile_worker._private_jobs set run_at = now() where key = 'release-held ${news.id}'`)
  await one.db.execute(`update statuses set held_until = now() where id = ${news.id}`)
  await bob.sees((status) => status['uri'] === news['uri'])
  expect(await reached(post['uri'])).toEqual([])
  await passTime()
  await eventually(async () => (await reached(post['uri'])).length === 1)
})
