import { sql } from 'drizzle-orm'
import { parseCrontab } from 'graphile-worker'
import { describe, expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { Refusal } from '#src/platform/errors.ts'
import { startLane } from '../../jobs/lane.ts'
import { startWorker } from '../../jobs/worker.ts'
import { database, type TestDatabase } from '../database.ts'
import { eventually } from '../patience.ts'
import { start } from './process.ts'

const queue = (t: TestDatabase, host: string) =>
  t.db.transaction((tx) => addJobs(tx, [{ name: 'delete-files', payload: { files: [host] } }]))

test.concurrent('a job of a killed worker runs again within seconds, and only once', async () => {
  await using t = await database()
  await using killed = await start({ DATABASE_URL: t.url, ORIGIN: t.app.config.origin, WORKER_CONCURRENCY: '1' }, [
    'test/runtime/slow-worker.ts',
  ])
  await killed.printed('ready')
  await queue(t, 'remote.test')
  await killed.printed('begun')

  const hosts: unknown[] = []
  await using _worker = await startWorker(
    t.app,
    () => ({ 'delete-files': (payload) => void hosts.push((payload as { files: string[] }).files[0]) }),
    '',
  )
  // While the first lives, its job is its own; it takes no other, as it runs one at a time.
  await queue(t, 'other.test')
  await eventually(async () => hosts.length > 0)
  expect(hosts).toEqual(['other.test'])

  killed.child.kill('SIGKILL')
  await killed.ended
  await eventually(async () => hosts.includes('remote.test'))
  expect(hosts).toEqual(['other.test', 'remote.test'])
  await eventually(async () => (await t.jobs()).length === 0)
})

test.concurrent('long jobs of a running worker are not given to another worker', async () => {
  await using t = await database()
  const long = Promise.withResolvers<void>()
  let runs = 0
  const task = async () => {
    runs++
    await long.promise
  }
  await using _one = await startWorker(t.app, () => ({ 'delete-files': task }), '')
  await using _other = await startWorker(t.app, () => ({ 'delete-files': task }), '')
  await queue(t, 'remote.test')
  // Longer than it takes to find a worker dead.
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  expect(runs).toBe(1)
  long.resolve()
})

test('a stopping worker finishes its jobs', async () => {
  await using t = await database()
  const begun = Promise.withResolvers<void>()
  let isDone = false
  const worker = await startWorker(
    t.app,
    () => ({
      'delete-files': async () => {
        begun.resolve()
        await new Promise((resolve) => setTimeout(resolve, 500))
        isDone = true
      },
    }),
    '',
  )
  await queue(t, 'remote.test')
  await begun.promise
  await worker[Symbol.asyncDispose]()
  expect(isDone).toBe(true)
  expect(await t.jobs()).toEqual([])
})

test('an endless job is aborted when its worker stops', async () => {
  await using t = await database()
  const begun = Promise.withResolvers<void>()
  let wasToldFirst = false
  const worker = await startWorker(
    t.app,
    (stopping) => ({
      'delete-files': async (_payload, { abortSignal }) => {
        begun.resolve()
        await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }))
        wasToldFirst = abortSignal?.aborted === false
      },
    }),
    '',
  )
  await queue(t, 'remote.test')
  await begun.promise
  await worker[Symbol.asyncDispose]()
  expect(wasToldFirst).toBe(true)
  expect(await t.jobs()).toEqual([])
})

// On its first query it fails for good, on later ones it does not: this meets now the one, now the other.
test('a worker reconnects after the database closed its connections', async () => {
  await using t = await database()
  const hosts: unknown[] = []
  await using _worker = await startWorker(
    t.app,
    () => ({ 'delete-files': (payload) => void hosts.push((payload as { files: string[] }).files[0]) }),
    '',
  )
  await t.db.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  )
  await queue(t, 'remote.test')
  await eventually(async () => hosts.length > 0)
  expect(hosts).toEqual(['remote.test'])
})

test('a lane counts as stuck while it fails to read the crontab', async () => {
  await using t = await database()
  const rename = (from: string, to: string) =>
    t.db.execute(sql.raw(`alter table graphile_worker.${from} rename to ${to}`))
  await rename('_private_known_crontabs', 'away')
  const cronItems = parseCrontab('* * * * * trends')
  const lane = await startLane(t.app, {
    taskList: { trends: () => {} },
    places: 1,
    listens: false,
    cronItems,
    finishMs: 1_000,
  })
  try {
    expect(lane.isStuck()).toBe(false)
    await eventually(async () => lane.isStuck())
    await rename('away', '_private_known_crontabs')
    await eventually(async () => !lane.isStuck())
  } finally {
    await lane.runner.stop()
  }
})

describe('a job that fails', () => {
  test('is kept with its last error, without the statement’s values', async () => {
    await using t = await database()
    const ran = Promise.withResolvers<void>()
    await using _worker = await startWorker(
      t.app,
      () => ({
        'delete-files': async () => {
          ran.resolve()
          await t.db.execute(sql`select 1 / (${'0'}::int) as secret`)
        },
      }),
      '',
    )
    await queue(t, 'remote.test')
    await ran.promise
    const lastError = async () =>
      (await t.db.execute<{ error: string | null }>(sql`select last_error as error from graphile_worker.jobs`)).rows[0]
        ?.error
    await eventually(async () => Boolean(await lastError()))
    expect(await lastError()).toBe('division by zero')
  })

  test('because the core refuses it is done, unless it may work later', async () => {
    await using t = await database()
    await using _worker = await startWorker(
      t.app,
      () => ({
        'delete-files': (payload) => {
          const [host] = (payload as { files: string[] }).files
          throw new Refusal(host === 'gone.test' ? 'gone' : 'unavailable', 'No')
        },
      }),
      '',
    )
    await queue(t, 'gone.test')
    await queue(t, 'busy.test')
    await eventually(async () => (await t.jobs()).length === 1)
    expect(await t.jobPayloads('delete-files')).toEqual([{ files: ['busy.test'] }])
  })
})
