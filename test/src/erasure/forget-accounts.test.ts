import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { belonging, forgetAccounts, keeping } from '#src/erasure/forget-accounts.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { acceptFollow, follow } from '#src/relationships/follow.ts'
import { localAccount, remoteAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

/** Makes all accounts look as if they had not been fetched or viewed for this time. */
const age = (t: TestDatabase, days: number) =>
  t.db.execute(
    sql`update accounts set fetched_at = now() - ${days}::int * interval '1 day', refresh_queued_at = null, deleted_at = least(deleted_at, now() - ${days}::int * interval '1 day') where domain is not null`,
  )

const forget = async (t: TestDatabase) => (await t.db.transaction((tx) => forgetAccounts(tx, {}))).count
const names = async (t: TestDatabase) =>
  (await t.db.execute<{ username: string }>(sql`select username from accounts order by username`)).rows.map(
    ({ username }) => username,
  )

test('every column that refers to accounts either keeps an account or is deleted with it', async () => {
  await using t = await database()
  const { rows } = await t.db.execute<{ column: string }>(sql`
    select c.conrelid::regclass::text || '.' || a.attname as column from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.contype = 'f' and c.confrelid = 'accounts'::regclass`)
  const considered = [keeping, belonging].flatMap((tables) =>
    Object.entries(tables).flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`)),
  )
  expect(considered.toSorted()).toEqual(rows.map(({ column }) => column).toSorted())
})

test('a remote account without local contacts is deleted after a year, with the copies of its pictures', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const [bob] = [await remoteAccount(t, 'bob'), await remoteAccount(t, 'carol')]
  await t.db.execute(sql`update accounts set avatar_remote_url = 'https://remote.test/bob.png' where id = ${bob}`)
  await t.db.execute(
    sql`insert into remote_files (url, kind, file, bytes) values ('https://remote.test/bob.png', 'avatar', 'r.webp', 1)`,
  )
  await age(t, 364)
  expect(await forget(t)).toBe(0)
  await age(t, 366)
  await t.db.execute(sql`update accounts set refresh_queued_at = now() - interval '30 days' where username = 'carol'`)
  expect(await forget(t)).toBe(1)
  expect(await names(t)).toEqual(['alice', 'carol'])
  expect((await t.db.execute(sql`select from remote_files`)).rows).toEqual([])
  expect(await t.jobs()).toContain('delete-files')
})

test('a deleted remote account that returns is stored again', async () => {
  await using t = await database()
  const before = await remoteAccount(t, 'bob')
  await age(t, 366)
  await forget(t)
  const now = await remoteAccount(t, 'bob')
  expect(now).not.toBe(before)
  expect((await t.db.execute(sql`select from account_stats where account_id = ${now}`)).rows).toHaveLength(1)
})

test('the tombstone row of an account that its server deleted is deleted as well', async () => {
  await using t = await database()
  const bob = await remoteAccount(t, 'bob')
  await t.db.execute(sql`update accounts set deleted_at = now(), suspended_at = now() where id = ${bob}`)
  await t.db.execute(sql`update accounts set fetched_at = now() - interval '2 years' where id = ${bob}`)
  expect(await forget(t)).toBe(0)
  await age(t, 366)
  expect(await forget(t)).toBe(1)
})

const decisions: [string, (t: TestDatabase, alice: AccountId, bob: AccountId) => Promise<unknown>][] = [
  [
    'follow it',
    async (t, alice, bob) =>
      t.db.transaction(async (tx) => {
        await follow(tx, t.app.uris, alice, bob)
        await acceptFollow(tx, alice, bob)
      }),
  ],
  ['asked to follow it', async (t, alice, bob) => t.db.transaction((tx) => follow(tx, t.app.uris, alice, bob))],
  ['are followed by it', async (t, alice, bob) => t.db.transaction((tx) => follow(tx, t.app.uris, bob, alice))],
  ['block it', async (t, alice, bob) => t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))],
  ['are blocked by it', async (t, alice, bob) => t.db.transaction((tx) => block(tx, t.app.uris, bob, alice))],
  [
    'mute it',
    async (t, alice, bob) =>
      t.db.execute(sql`insert into mutes (id, account_id, target_id) values (1, ${alice}, ${bob})`),
  ],
  [
    'wrote a note about it',
    async (t, alice, bob) =>
      t.db.execute(
        sql`insert into account_notes (account_id, target_id, comment) values (${alice}, ${bob}, 'Met in Ghent')`,
      ),
  ],
  [
    'keep a post of it',
    async (t, _, bob) =>
      t.db.execute(
        sql`insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id) values (1, ${bob}, false, 'https://remote.test/1', 'https://remote.test/1', 'public', 'x', 1)`,
      ),
  ],
  [
    'saw it silenced by a moderator',
    async (t, _, bob) =>
      t.db.execute(sql`update accounts set silenced_at = now(), silenced_by = 'moderator' where id = ${bob}`),
  ],
  [
    'saw it suspended by a moderator',
    async (t, _, bob) =>
      t.db.execute(sql`update accounts set suspended_at = now(), suspended_by = 'moderator' where id = ${bob}`),
  ],
  [
    'saw it suspended by a moderator before it was deleted',
    async (t, _, bob) =>
      t.db.execute(
        sql`update accounts set suspended_at = now(), suspended_by = 'moderator', deleted_at = now() where id = ${bob}`,
      ),
  ],
  [
    'are recommended to follow it',
    async (t) => t.db.transaction((tx) => saveSettings(tx, commandLine, { suggestedAccounts: ['@Bob@remote.test'] })),
  ],
]

test.each(decisions)('a remote account is kept as long as local people %s', async (_, decide) => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await remoteAccount(t, 'bob')]
  await decide(t, alice, bob)
  await age(t, 3_660)
  expect(await forget(t)).toBe(0)
  expect(await names(t)).toEqual(['alice', 'bob'])
})

test('an account that gets a follower during its deletion is kept, with the follow', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await remoteAccount(t, 'bob')]
  await age(t, 366)
  await t.db.transaction(async (tx) => {
    await follow(tx, t.app.uris, alice, bob)
    expect(await forget(t)).toBe(0)
  })
  expect(await forget(t)).toBe(0)
  expect(
    (await t.db.execute(sql`select from follow_requests where follower_id = ${alice}`)).rows.length +
      (await t.db.execute(sql`select from follows where follower_id = ${alice}`)).rows.length,
  ).toBe(1)
})

test('each run continues with the next accounts, and starts again after the last one', async () => {
  await using t = await database()
  await t.db.execute(sql`insert into accounts (id, username, domain, uri, url, inbox_url, fetched_at)
    select n, 'u' || n, 'remote.test', 'https://remote.test/' || n, 'https://remote.test/' || n, 'https://remote.test/inbox', now() - (case when n % 2 = 0 then 366 else 300 end) * interval '1 day' from generate_series(1, 1200) n`)
  const once = () => t.db.transaction((tx) => forgetAccounts(tx, { batchesLeft: 1 }))
  expect([await once(), await once(), await once()]).toEqual(
    [250, 250, 100].map((count) => ({ count, hasMore: false })),
  )
  expect(await once()).toEqual({ count: 0, hasMore: false })
  await age(t, 366)
  expect(await t.db.transaction((tx) => forgetAccounts(tx, {}))).toMatchObject({ hasMore: false })
})
