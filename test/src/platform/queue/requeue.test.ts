import { sql } from 'drizzle-orm'
import type { Job } from 'graphile-worker'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { newId } from '#src/platform/ids.ts'
import { HostUnavailable } from '#src/platform/queue/hosts.ts'
import { requeue } from '#src/platform/queue/requeue.ts'
import { database, type TestDatabase } from '../../../database.ts'

/** Queues a job with a key, and takes it, as a place of a lane does. */
async function take(t: TestDatabase): Promise<Job> {
  await queue(t)
  const {
    rows: [job],
  } = await t.db.execute<Job & Record<string, unknown>>(sql`
    update graphile_worker._private_jobs set locked_by = 'lane', locked_at = now(), attempts = attempts + 1 returning id::text, key, locked_by, attempts`)
  return job!
}
const queue = (t: TestDatabase) =>
  addJobs(t.db, [{ name: 'profile', payload: { accountId: newId() }, key: 'profile 1' }])
const back = (t: TestDatabase, job: Job, until: number) =>
  requeue(
    { job, query: (text: string, values: unknown[]) => t.db.$client.query(text, values) } as unknown as Parameters<
      typeof requeue
    >[0],
    new HostUnavailable('slow.test', until, 'It is slow'),
  )
const left = async (t: TestDatabase) =>
  (
    await t.db.execute(
      sql`select key, attempts::int, locked_by as "lockedBy", run_at >= now() + interval '0.5 seconds' as "isLater" from graphile_worker._private_jobs order by id`,
    )
  ).rows

test('no other slot of the lane runs a requeued job before its end is recorded', async () => {
  await using t = await database()
  const job = await take(t)
  await back(t, job, Date.now() + 1)
  expect(await left(t)).toEqual([{ key: 'profile 1', attempts: 0, lockedBy: null, isLater: true }])
})

test('a requeued job that was replaced while it ran is deleted', async () => {
  await using t = await database()
  const job = await take(t)
  await queue(t)
  await back(t, job, Date.now() + 1)
  expect(await left(t)).toEqual([{ key: 'profile 1', attempts: 0, lockedBy: null, isLater: false }])
})
