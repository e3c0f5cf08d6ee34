/** A database of the last release can be migrated to this release while processes of the last release run. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { migrate } from '#src/platform/db/migrate.ts'
import { ownMigrations } from '#src/platform/db/migrations/files.ts'
import { leaseDatabase } from '../databases.ts'
import { migrationsFolder } from './folder.ts'
import { recordRelease } from './record.ts'
import { lastRelease } from './release.ts'
import { fill, type Played, replay } from './replay.ts'

const longestWaitMs = 3_000

/** A filled database of a release. */
async function released(folder: string): Promise<AsyncDisposable & { url: string }> {
  const { url, drop } = await leaseDatabase()
  const client = new Client(url)
  await client.connect()
  await client.query('drop schema public, drizzle, graphile_worker cascade; create schema public')
  await client.end()
  await migrate(url, folder)
  await fill(url, folder)
  return { url, [Symbol.asyncDispose]: drop }
}

/** Migrates a database of the last release while processes of it read and write, before, meanwhile and afterwards, and one reads for long. */
async function migrateBeside(url: string, folder: string): Promise<Played> {
  const migrated = new AbortController()
  const playing = replay(url, lastRelease, 1, migrated.signal)
  const reading = readForLong(url)
  await migrate(url, folder).finally(() => migrated.abort())
  await reading
  return playing
}

/** A statement that waits for the end of this one delays all later ones. */
async function readForLong(url: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  await client.query('begin')
  await client.query('select from statuses, accounts, favourites, status_stats limit 1')
  await sleep(longestWaitMs + 2_000)
  await client.query('commit')
  await client.end()
}

test('processes of the last release can read and write during the migration to this release', async () => {
  await using old = await released(lastRelease)
  const { statements, failures, slowest } = await migrateBeside(old.url, ownMigrations)
  expect(failures).toEqual([])
  expect(slowest.ms, slowest.text).toBeLessThan(longestWaitMs)
  expect(statements).toBeGreaterThan(1_000)
  expect(await migrate(old.url, lastRelease)).toBe(0)
})

test('migrations that keep the rules delay and break no statement', async () => {
  await using old = await released(lastRelease)
  await using folder = await migrationsFolder(
    [
      { tag: '9000_column', sql: `alter table "statuses" add column "mood" text default 'calm' not null` },
      {
        tag: '9001_table',
        sql: 'create table "moods" ("account_id" bigint primary key references "accounts" ("id") on delete cascade, "status_id" bigint references "statuses" ("id") on delete cascade)',
      },
      {
        tag: '9002_indexes',
        sql: '-- outside of a transaction\ncreate index concurrently "statuses_mood" on "statuses" ("mood", "id");--> statement-breakpoint\ncreate index concurrently "accounts_note" on "accounts" ("note")',
      },
      {
        tag: '9003_constraint',
        sql: 'alter table "statuses" add constraint "statuses_calm" check (length(mood) < 50) not valid',
      },
      {
        tag: '9004_key',
        sql: 'alter table "favourites" add constraint "favourites_stats" foreign key ("status_id") references "status_stats" ("status_id") on delete cascade not valid',
      },
      {
        tag: '9005_validated',
        sql: '-- outside of a transaction\nalter table "statuses" validate constraint "statuses_calm";--> statement-breakpoint\nalter table "favourites" validate constraint "favourites_stats"',
      },
      { tag: '9006_storage', sql: 'alter table "status_stats" set (fillfactor = 80)' },
    ],
    lastRelease,
  )
  const { failures, slowest } = await migrateBeside(old.url, folder.path)
  expect(failures).toEqual([])
  expect(slowest.ms, slowest.text).toBeLessThan(longestWaitMs)
})

test('a migration that removes a column of the last release is detected', async () => {
  await using old = await released(lastRelease)
  await using folder = await migrationsFolder(
    [{ tag: '9000_removed', sql: 'alter table "statuses" drop column "spoiler_text"' }],
    lastRelease,
  )
  const { failures } = await migrateBeside(old.url, folder.path)
  expect(failures.join('\n')).toContain('spoiler_text')
})

test('the record of a release can be made of the code as it stands', async () => {
  const folder = process.env['RELEASE'] ? lastRelease : await mkdtemp(join(tmpdir(), 'pipit-release-'))
  if (folder === lastRelease) await rm(folder, { recursive: true, force: true })
  await recordRelease(folder)
  await using now = await released(folder)
  const { failures } = await replay(now.url, folder, 2, AbortSignal.abort())
  expect(failures).toEqual([])
  if (folder !== lastRelease) await rm(folder, { recursive: true })
})
