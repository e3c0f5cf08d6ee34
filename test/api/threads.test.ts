import { expect, test } from 'vitest'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { serve, tokenOf } from './server.ts'

test('the answer for a remote thread tells that replies are being fetched, and when they are complete', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const root = await remoteStatus(t, await remoteAccount(t, 'ann', 'nosuch.invalid'), {
    uri: 'https://nosuch.invalid/1',
  })
  const context = async (id: string, by?: string) =>
    (await server.call('GET', `/api/v1/statuses/${id}/context`, { token: by })).headers.get('Mastodon-Async-Refresh')

  // Anonymous visitors cause no fetches.
  expect(await context(root)).toBeNull()
  expect(await t.jobs()).not.toContain('thread')
  const header = await context(root, token)
  const [, id] = /^id="([^"]+)", retry=\d+, result_count=0$/.exec(header ?? '') ?? []
  expect(id).toBeDefined()
  expect(await context(root, token)).toBe(header)
  const refresh = async () =>
    (await server.get(`/api/v1_alpha/async_refreshes/${id}`, 'WrappedAsyncRefresh', token)).async_refresh
  expect(await refresh()).toEqual({ id, status: 'running', result_count: 0 })
  await runJobs(t)
  expect(await refresh()).toEqual({ id, status: 'finished', result_count: 0 })
  expect(await context(root, token)).toBeNull()
  expect(await context(await status(t, alice), token)).toBeNull()
})

test('a remote profile is fetched again when a logged-in person visits it', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  for (const [name, path] of [
    ['a', ''],
    ['b', '/statuses'],
  ]) {
    const id = await remoteAccount(t, name!)
    await server.call('GET', `/api/v1/accounts/${id}${path}`)
    expect((await t.jobPayloads('profile')).map(({ accountId }) => accountId)).not.toContain(id)
    await server.call('GET', `/api/v1/accounts/${id}${path}`, { token })
    for (const job of ['profile', 'backfill'] as const)
      expect((await t.jobPayloads(job)).map(({ accountId }) => accountId)).toContain(id)
  }
})
