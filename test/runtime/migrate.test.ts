import { tmpdir } from 'node:os'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { expect, test, vi } from 'vitest'
import { connect } from '#src/db/index.ts'
import { migrate, MigrationError, pendingMigrations } from '#src/db/migrate.ts'
import { problems } from '#src/instance/readiness.ts'
import { copyOfTemplate, database } from '../database.ts'
import { processTimeoutMs, start } from './process.ts'

vi.setConfig({ testTimeout: processTimeoutMs })

const config = { dataDir: tmpdir() }

/** A database without any table. */
async function emptyDatabase(): Promise<AsyncDisposable & { url: string }> {
  const { url, drop } = await copyOfTemplate()
  const client = new Client(url)
  await client.connect()
  await client.query('drop schema public, drizzle, graphile_worker cascade; create schema public')
  await client.end()
  return { url, [Symbol.asyncDispose]: drop }
}

test('processes that start at once on an empty database wait for one another, and all serve', async () => {
  await using empty = await emptyDatabase()
  const env = { DATABASE_URL: empty.url, ORIGIN: 'https://pipit.test' }
  await using one = await start(env, ['web/main.ts'])
  await using two = await start(env, ['web/main.ts'])
  await using worker = await start(env, ['jobs/main.ts'])
  await Promise.all([one.printed('Pipit runs at'), two.printed('Pipit runs at'), worker.printed('The worker of')])
  expect((await one.get('/readyz')).status).toBe(200)
  expect((await two.get('/readyz')).status).toBe(200)

  for (const each of [one, two, worker]) each.child.kill('SIGTERM')
  expect(await Promise.all([one.ended, two.ended, worker.ended])).toEqual([0, 0, 0])
})

test('a database that lacks migrations is not ready, and becomes so', async () => {
  await using empty = await emptyDatabase()
  const db = connect(empty.url, 2)
  expect(await pendingMigrations(db)).toBeGreaterThan(0)
  expect(await problems({ db, config })).toEqual(['The database lacks migrations'])

  const applied = await Promise.all([migrate(empty.url), migrate(empty.url)])
  expect(applied.toSorted()).toEqual([0, expect.any(Number)])
  expect(await problems({ db, config })).toEqual([])
  await db.$client.end()
  expect(await problems({ db: connect('postgres://none@127.0.0.1:1/none', 2), config })).toEqual(['The database is not reachable'])
})

test('a database of a newer Pipit is refused', async () => {
  await using t = await database()
  await t.db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('future', 9000000000000)`)
  await expect(migrate(t.url)).rejects.toBeInstanceOf(MigrationError)
  expect(await problems(t.app)).toEqual([expect.stringContaining('newer version of Pipit')])
})
