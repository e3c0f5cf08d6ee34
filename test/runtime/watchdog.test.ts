import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { startWorker } from '../../jobs/worker.ts'
import { database, type TestDatabase } from '../database.ts'
import { eventually } from '../patience.ts'
import { start } from './process.ts'

const loopingWorker = async (t: TestDatabase) => {
  const worker = await start({ DATABASE_URL: t.url, ORIGIN: t.app.config.origin }, ['test/runtime/looping-worker.ts'])
  await worker.printed('ready')
  return worker
}

test('a worker that hangs kills itself and logs the reason, and the next worker counts it against the job', async () => {
  await using t = await database()
  await using worker = await loopingWorker(t)
  await addJobs(t.db, [{ name: 'delete-files', payload: { files: ['a'] } }])
  expect(await worker.ended).toBe('SIGKILL')
  expect(worker.stderr()).toMatch(/^Pipit did nothing for \d+ seconds, so it hangs\. It ends, to be started again$/m)
  expect(worker.stderr()).not.toContain('Warning')

  await using _next = await startWorker(t.app, () => ({ push: async () => {} }), '')
  await eventually(
    async () =>
      (
        await t.db.execute(
          sql`select from graphile_worker._private_jobs where locked_at is null and flags->>'deaths' = '1'`,
        )
      ).rows.length === 1,
  )
})

test('a worker that was paused, as by a sleeping machine, continues', async () => {
  await using t = await database()
  await using worker = await loopingWorker(t)
  worker.child.kill('SIGSTOP')
  await sleep(6_000)
  worker.child.kill('SIGCONT')
  await sleep(5_000)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
})
