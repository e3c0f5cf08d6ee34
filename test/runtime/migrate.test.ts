import { tmpdir } from 'node:os'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { connect } from '#src/platform/db/index.ts'
import { migrate, MigrationError, pendingMigrations } from '#src/platform/db/migrate.ts'
import { readiness } from '#src/process/readiness.ts'
import { database } from '../database.ts'
import { leaseDatabase } from '../databases.ts'
import { migrationsFolder } from '../migrations/folder.ts'
import { eventually } from '../patience.ts'
import { start } from './process.ts'

const config = { dataDir: tmpdir(), databaseUrl: undefined, s3: undefined }

/** A database without any table. */
async function emptyDatabase(): Promise<AsyncDisposable & { url: string }> {
  const { url, drop } = await leaseDatabase()
  const client = new Client(url)
  await client.connect()
  await client.query('drop schema public, drizzle, graphile_worker cascade; create schema public')
  await client.end()
  return { url, [Symbol.asyncDispose]: drop }
}

test('processes that start at once on an empty database wait for each other, and all serve until a newer one removes something', async () => {
  await using empty = await emptyDatabase()
  const env = { DATABASE_URL: empty.url, ORIGIN: 'https://pipit.test' }
  await using one = await start(env, ['web/main.ts'])
  await using two = await start(env, ['web/main.ts'])
  await using worker = await start(env, ['jobs/main.ts'])
  await Promise.all([one.printed('Pipit runs at'), two.printed('Pipit runs at'), worker.printed('The worker of')])
  expect((await one.get('/readyz')).status).toBe(200)
  expect((await two.get('/readyz')).status).toBe(200)

  // A newer Pipit migrates, and later one that removes columns that these processes need.
  const client = new Client(empty.url)
  await client.connect()
  await client.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9000000000000)`)
  expect((await one.get('/readyz')).status).toBe(200)
  await client.query(
    `insert into drizzle.__drizzle_migrations (hash, created_at, breaks_before) values ('contracting', 9000000000001, 9000000000000)`,
  )
  await eventually(async () => (await one.get('/readyz')).status === 503)
  await client.end()

  for (const each of [one, two, worker]) each.child.kill('SIGTERM')
  expect(await Promise.all([one.ended, two.ended, worker.ended])).toEqual([0, 0, 0])
})

test('a process is not ready while its database lacks migrations', async () => {
  await using empty = await emptyDatabase()
  const db = connect(empty.url, 2)
  expect(await pendingMigrations(db)).toBeGreaterThan(0)
  expect(await readiness({ db, config })).toEqual({ canServe: false, reasons: ['The database lacks migrations'] })

  const applied = await Promise.all([migrate(empty.url), migrate(empty.url)])
  expect(applied.toSorted()).toEqual([0, expect.any(Number)])
  expect(await readiness({ db, config })).toEqual({ canServe: true, reasons: [] })
  await db.$client.end()
  expect(await readiness({ db: connect('postgres://none@127.0.0.1:1/none', 2), config })).toEqual({
    canServe: false,
    reasons: ['The database is not reachable'],
  })
})

test('an older process starts and stays ready beside the schema of a newer one', async () => {
  await using t = await database()
  await t.db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('future', 9000000000000)`)
  expect(await migrate(t.url)).toBe(0)
  expect(await readiness(t.app)).toEqual({ canServe: true, reasons: [] })
})

test('an older process does not start if a newer Pipit removed something that it needs', async () => {
  await using t = await database()
  await using folder = await migrationsFolder([
    { tag: '0100_stop_using_it', sql: 'create table "unneeded" ("id" bigint primary key)' },
    { tag: '0101_remove_it', sql: '-- breaks before 0100_stop_using_it\ndrop table "unneeded"' },
  ])
  expect(await migrate(t.url, folder.path)).toBe(2)
  await expect(migrate(t.url)).rejects.toBeInstanceOf(MigrationError)
  expect(await readiness(t.app)).toEqual({
    canServe: false,
    reasons: [expect.stringContaining('newer version of Pipit')],
  })
})
