import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { type AccountFilter, findAccounts } from '#src/moderation/accounts/find.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import type { RoleId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { connectExplaining, readsOf } from '../../plans.ts'

const named = async (t: TestDatabase, filter: AccountFilter) =>
  (await findAccounts(t.db, commandLine, filter, { limit: 40 })).map(({ username }) => username)

test('accounts are found by all that staff know of them, the newest first, in pages', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob', { isApproved: false })
  await localAccount(t, 'mod', { role: 'moderator' })
  const carol = await remoteAccount(t, 'carol', 'remote.test')
  await t.db.execute(
    sql`update users set sign_up_address = '192.0.2.7', email = 'bob@other.test' where account_id = ${bob}`,
  )
  await t.db.execute(sql`update accounts set display_name = '100% Alice' where id = ${alice}`)
  await t.db.execute(sql`insert into active_days (day, account_id) values (current_date, ${alice})`)
  await t.db.execute(sql`insert into invites (id, account_id, code_hash, code) values (7, ${alice}, '\\x00', '')`)
  await t.db.execute(sql`update users set invite_id = 7 where account_id = ${bob}`)
  const act = (id: typeof alice, action: 'silence' | 'suspend' | 'sensitive' | 'disable') =>
    t.db.transaction((tx) => strike(tx, commandLine, id, { action, reviewAt: new Date(Date.now() + 60_000) }))
  await act(carol, 'suspend')
  await act(alice, 'sensitive')
  await t.db.execute(sql`update strikes set review_at = now() where account_id = ${alice}`)

  expect(await named(t, {})).toEqual(expect.arrayContaining(['alice', 'bob', 'mod', 'carol']))
  expect(await named(t, { origin: 'local' })).toEqual(['mod', 'bob', 'alice'])
  expect(await named(t, { origin: 'remote' })).toEqual(['carol'])
  expect(await named(t, { state: 'active', origin: 'local' })).toEqual(['mod', 'alice'])
  expect(await named(t, { state: 'pending' })).toEqual(['bob'])
  expect(await named(t, { state: 'suspended' })).toEqual(['carol'])
  expect(await named(t, { state: 'sensitized' })).toEqual(['alice'])
  expect(await named(t, { state: 'review' })).toEqual(['alice'])
  expect(await named(t, { roleIds: ['1' as RoleId, '3' as RoleId] })).toEqual(['mod'])
  expect(await named(t, { address: '192.0.2.7' })).toEqual(['bob'])
  expect(await named(t, { email: 'Alice@mail.test' })).toEqual(['alice'])
  expect(await named(t, { emailDomain: 'OTHER.test' })).toEqual(['bob'])
  expect(await named(t, { displayName: '100% a' })).toEqual(['alice'])
  expect(await named(t, { displayName: '1_0' })).toEqual([])
  expect(await named(t, { username: 'CA' })).toEqual(['carol'])
  expect(await named(t, { domain: 'Remote.test' })).toEqual(['carol'])
  expect(await named(t, { activeSince: new Date() })).toEqual(['alice'])
  expect(await named(t, { invitedBy: alice })).toEqual(['bob'])
  expect(await named(t, { origin: 'local', state: 'sensitized', username: 'ali' })).toEqual(['alice'])

  const first = await findAccounts(t.db, commandLine, { origin: 'local' }, { limit: 2 })
  const rest = await findAccounts(t.db, commandLine, { origin: 'local' }, { limit: 2, maxId: first.at(-1)!.id })
  expect(rest.map(({ username }) => username)).toEqual(['alice'])
  const back = await findAccounts(t.db, commandLine, { origin: 'local' }, { limit: 1, minId: rest[0]!.id })
  expect(back).toMatchObject([
    { username: 'bob', user: { isApproved: false, inviterId: alice, email: 'bob@other.test' } },
  ])
})

test('moderators neither see nor search the addresses of clients', async () => {
  await using t = await database()
  const mod = await staffMember(t.db, await localAccount(t, 'mod', { role: 'moderator' }))
  const admin = await staffMember(t.db, await localAccount(t, 'boss', { role: 'admin' }))
  await t.db.execute(sql`update users set sign_up_address = '192.0.2.7'`)
  await expect(findAccounts(t.db, mod, { address: '192.0.2.7' }, { limit: 5 })).rejects.toMatchObject({
    code: 'not_permitted',
  })
  expect((await findAccounts(t.db, mod, {}, { limit: 1 }))[0]?.user?.signUpAddress).toBeNull()
  expect((await findAccounts(t.db, admin, {}, { limit: 1 }))[0]?.user?.signUpAddress).toBe('192.0.2.7')
})

test('no list reads a table in whole, and each reads few rows', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url, display_name)
    select n, 'u' || n, case when n % 4 > 0 then 'd' || n % 50 || '.test' end, 'https://d.test/u/' || n, '', '', 'Name ' || n from generate_series(1, 40000) n`)
  await t.db.execute(sql`
    insert into users (account_id, email, confirmed_at, approved_at)
    select id, username || '@m' || id % 100 || '.test', now(), case when id % 400 > 0 then now() end from accounts where domain is null and id < 40001`)
  await t.db.execute(
    sql`update accounts set suspended_at = now(), suspended_by = 'moderator' where id < 40001 and id % 100 = 1`,
  )
  await t.db.execute(
    sql`update accounts set silenced_at = now(), silenced_by = 'moderator' where id < 40001 and id % 100 = 2`,
  )
  await t.db.execute(sql`update users set disabled_at = now() where account_id < 40001 and account_id % 800 = 0`)
  await t.db.execute(
    sql`update users set sign_up_address = '192.0.2.7', role = 'moderator' where account_id in (4, 8, 12)`,
  )
  await t.db.execute(
    sql`insert into active_days (day, account_id) select current_date, account_id from users where account_id % 12 = 0`,
  )
  await t.db.execute(sql`insert into invites (id, account_id, code_hash, code) values (7, ${alice}, '\\x00', '')`)
  await t.db.execute(sql`update users set invite_id = 7 where account_id in (16, 20)`)
  await t.db.execute(sql.raw('vacuum analyze'))
  const { db, statements } = connectExplaining(t.url, 1)
  try {
    const filters: AccountFilter[] = [
      {},
      { origin: 'local' },
      { origin: 'remote' },
      { state: 'active' },
      { state: 'active', origin: 'local' },
      { state: 'pending' },
      { state: 'unconfirmed' },
      { state: 'disabled' },
      { state: 'silenced' },
      { state: 'suspended' },
      { state: 'sensitized' },
      { state: 'review' },
      { roleIds: ['1' as RoleId] },
      { address: '192.0.2.7' },
      { email: 'u4@m4.test' },
      { emailDomain: 'm4.test' },
      { displayName: 'name 123' },
      { username: 'u123' },
      { domain: 'd3.test' },
      { activeSince: new Date() },
      { invitedBy: alice },
    ]
    for (const filter of filters) {
      statements.length = 0
      await findAccounts(db, commandLine, filter, { limit: 40, maxId: '39000' })
      const reads = statements.flatMap(readsOf)
      const what = JSON.stringify(filter)
      expect(
        reads.filter(({ table, isWhole }) => isWhole && (table === 'accounts' || table === 'users')),
        what,
      ).toEqual([])
      expect(Math.max(0, ...reads.map(({ rows }) => rows)), what).toBeLessThan(4_000)
    }
  } finally {
    await db.$client.end()
  }
})
