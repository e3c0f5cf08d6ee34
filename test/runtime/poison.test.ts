import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { startWorker } from '../../jobs/worker.ts'
import { pipitWith } from '../cli/pipit.ts'
import { database, type TestDatabase } from '../database.ts'
import { eventually } from '../patience.ts'
import { type Running, start } from './process.ts'

const envOf = (t: TestDatabase) => ({
  DATABASE_URL: t.url,
  ORIGIN: t.app.config.origin,
  DATA_DIR: t.app.config.dataDir,
  LOG_LEVEL: 'info',
})
const startPoisoned = async (t: TestDatabase): Promise<Running> => {
  const worker = await start({ ...envOf(t), NODE_OPTIONS: '--import ./test/runtime/poison.mjs' }, ['jobs/main.ts'])
  await worker.printed('The worker of')
  return worker
}
/** Removes a file that the worker has trouble with: see poison.mjs. */
const queue = (t: TestDatabase, ...kinds: string[]) =>
  t.db.transaction((tx) =>
    addJobs(
      tx,
      kinds.map((kind) => ({ name: 'delete-files' as const, payload: { files: [`${kind.padEnd(32, '0')}.webp`] } })),
    ),
  )

type Row = { file: string; deaths: string | null; givenUp: boolean; error: string | null; isLocked: boolean }
const jobs = async (t: TestDatabase): Promise<Row[]> =>
  (
    await t.db.execute<Row>(sql`
    select rtrim(split_part(payload->'files'->>0, '.', 1), '0') as file, flags->>'deaths' as deaths, attempts >= max_attempts as "givenUp", last_error as error, locked_at is not null as "isLocked"
    from graphile_worker._private_jobs where payload->'files' is not null order by id`)
  ).rows

test.concurrent('a job that kills its workers is given up at the third time, and no other job is', async () => {
  await using t = await database()
  await queue(t, 'kill', 'slow')
  // As a service manager does.
  for (let n = 0; n < 2; n++) {
    await using worker = await startPoisoned(t)
    expect(await worker.ended).toBe('SIGKILL')
  }
  await using worker = await startPoisoned(t)
  await eventually(async () => (await jobs(t))[0]?.givenUp === true)
  await eventually(async () => (await jobs(t)).length === 1)
  expect(await jobs(t)).toMatchObject([{ file: 'kill', deaths: '3', error: 'The worker died while running it' }])
  // It ran in a process of its own, so that the worker goes on.
  await queue(t, 'later')
  await eventually(async () => (await jobs(t)).length === 1)
  expect(worker.child.exitCode).toBe(null)

  const failed = await pipitWith(envOf(t))('jobs', 'list', '--failed')
  expect(failed.stdout).toMatch(/delete-files {2}given up {2}runs alone {2}.*The worker died while running it/)
})

test.concurrent('a job of a worker that hangs is released for other workers, and the hang counts as a death', async () => {
  await using t = await database()
  await using hanging = await startPoisoned(t)
  await queue(t, 'hang')
  await eventually(async () => (await jobs(t))[0]?.isLocked === true)
  await using _other = await startWorker(t.app, () => ({ push: async () => {} }), '')
  await eventually(async () => (await jobs(t))[0]?.isLocked === false)
  expect(await jobs(t)).toMatchObject([{ deaths: '1', givenUp: false }])
  hanging.child.kill('SIGKILL')
})

test.concurrent('jobs of a worker that was killed while it stopped do not count as deadly', async () => {
  await using t = await database()
  await using stopping = await startPoisoned(t)
  await queue(t, 'long')
  await eventually(async () => (await jobs(t))[0]?.isLocked === true)
  await using _other = await startWorker(t.app, () => ({ push: async () => {} }), '')
  stopping.child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  stopping.child.kill('SIGKILL')
  await eventually(async () => (await jobs(t))[0]?.isLocked === false)
  expect(await jobs(t)).toMatchObject([{ deaths: null, error: null, givenUp: false }])
})
