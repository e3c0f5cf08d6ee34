import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { type AccountFilter, findAccounts } from '#src/moderation/accounts/find.ts'
import { accountOrders, parseRank, type Rank, rankAccounts } from '#src/moderation/accounts/rank.ts'
import { readSearch } from '#src/moderation/accounts/search.ts'
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
  expect(await named(t, { address: '192.0.2.0/24' })).toEqual(['bob'])
  expect(await named(t, { address: 'nonsense' })).toEqual([])
  expect(await named(t, { handle: { username: 'Carol', domain: 'remote.test' } })).toEqual(['carol'])
  expect(await named(t, { handle: { username: 'alice', domain: null } })).toEqual(['alice'])
  const look = (email: string, username: string, domain: string) =>
    named(t, { emailOrHandle: { email, handle: { username, domain } } })
  expect(await look('BOB@other.test', 'bob', 'other.test')).toEqual(['bob'])
  expect(await look('carol@remote.test', 'carol', 'remote.test')).toEqual(['carol'])
  expect(await named(t, { name: '100% A' })).toEqual(['alice'])
  expect(await named(t, { name: 'BO' })).toEqual(['bob'])
  expect(await named(t, { email: 'Alice@mail.test' })).toEqual(['alice'])
  expect(await named(t, { emailDomain: 'OTHER.test' })).toEqual(['bob'])
  expect(await named(t, { displayName: '100% a' })).toEqual(['alice'])
  expect(await named(t, { displayName: '1_0' })).toEqual([])
  expect(await named(t, { username: 'CA' })).toEqual(['carol'])
  expect(await named(t, { domain: 'Remote.test' })).toEqual(['carol'])
  expect(await named(t, { activeSince: new Date() })).toEqual(['alice'])
  const tomorrow = new Date(Date.now() + 86_400_000)
  expect(await named(t, { inactiveSince: tomorrow })).toEqual(['mod', 'bob', 'alice'])
  await t.db.execute(sql`insert into active_days (day, account_id) values (current_date + 1, ${alice})`)
  expect(await named(t, { inactiveSince: tomorrow })).toEqual(['mod', 'bob'])
  // Nobody is inactive who came later.
  expect(await named(t, { inactiveSince: new Date() })).toEqual([])
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

test('accounts are found by the networks of sign-ups, of the security log, and of sessions', async () => {
  await using t = await database()
  const signedUp = await localAccount(t, 'signed_up')
  const logged = await localAccount(t, 'logged')
  const used = await localAccount(t, 'used')
  const far = await localAccount(t, 'far')
  const at = async (address: string) => {
    await t.db.execute(sql`update users set sign_up_address = ${address} where account_id = ${signedUp}`)
    await t.db.execute(sql`delete from security_events`)
    await t.db.execute(
      sql`insert into security_events (id, account_id, kind, address) values (1, ${logged}, 'loggedIn', ${address}), (2, ${far}, 'loggedIn', '198.51.100.1')`,
    )
    await t.db.execute(sql`delete from sessions`)
    await t.db.execute(
      sql`insert into sessions (token_hash, account_id, expires_at, address) values ('\\x00', ${used}, now() + interval '1 day', ${address})`,
    )
  }
  const all = ['used', 'logged', 'signed_up']
  await at('203.0.113.200')
  expect(await named(t, { address: '203.0.113.200' })).toEqual(all)
  expect(await named(t, { address: '::ffff:203.0.113.200' })).toEqual(all)
  for (const network of ['203.0.113.0/24', '203.0.113.192/26', '203.0.112.0/20', '::ffff:203.0.113.0/120'])
    expect(await named(t, { address: network }), network).toEqual(all)
  // Sessions have no index by which wide networks could be read.
  for (const network of ['203.0.0.0/16', '192.0.0.0/8', '203.0.64.0/18'])
    expect(await named(t, { address: network }), network).toEqual(
      network.startsWith('192') ? [] : ['logged', 'signed_up'],
    )
  for (const network of [
    '203.0.113.0/26',
    '203.0.114.0/23',
    '20.0.0.0/8',
    '203.0.113.20',
    '0.0.0.0/0',
    '203.0.113.0/33',
  ])
    expect(await named(t, { address: network }), network).toEqual([])
  await at('2001:db8:0:ab12::7')
  expect(await named(t, { address: '2001:DB8:0:ab12:0::7' })).toEqual(all)
  for (const network of [
    '2001:db8::/32',
    '2001:db8:0:ab12::/64',
    '2001:db8:0:a000::/52',
    '2001:db8:0:ab00::/55',
    '2000::/16',
  ])
    expect(await named(t, { address: network }), network).toEqual(
      network === '2000::/16' ? [] : ['logged', 'signed_up'],
    )
  for (const network of ['2001:db8:1::/48', '2001:db8:0:a::/64', '2001:db8:0:ab13::/64', '::/0'])
    expect(await named(t, { address: network }), network).toEqual([])
})

test('the last active, the latest posts and the most reported are pages of their own orders', async () => {
  await using t = await database()
  const ids: Record<string, string> = {}
  for (const name of ['never', 'anna', 'bert', 'cleo', 'dora']) ids[name] = await localAccount(t, name)
  ids['far'] = await remoteAccount(t, 'far', 'remote.test')
  const use = (name: string, ago: number) =>
    t.db.execute(sql`insert into active_days (day, account_id) values (current_date - ${ago}::int, ${ids[name]})`)
  // More days than are looked through for one page.
  for (let ago = 0; ago < 30; ago++) await use('anna', ago)
  await use('bert', 29)
  await use('cleo', 5)
  await use('dora', 5)
  for (const [name, ago] of [
    ['far', 1],
    ['bert', 3],
    ['anna', 3],
  ] as const)
    await t.db.execute(
      sql`update account_stats set last_status_at = date_trunc('day', now(), 'UTC') - ${ago} * interval '1 day' where account_id = ${ids[name]}`,
    )
  let n = 0
  for (const [name, count] of [
    ['far', 1],
    ['dora', 3],
    ['cleo', 3],
  ] as const)
    for (let i = 0; i < count; i++)
      await t.db.execute(sql`insert into reports (id, target_id, comment) values (${++n}, ${ids[name]}, '')`)
  await t.db.execute(sql`insert into reports (id, target_id, resolved_at) values (99, ${ids['anna']}, now())`)

  async function names(order: (typeof accountOrders)[number], filter: AccountFilter = {}): Promise<string[]> {
    const found: string[] = []
    for (let after = null as ReturnType<typeof parseRank>, pages = 0; pages < 12; pages++) {
      const { accounts, next } = await rankAccounts(t.db, commandLine, filter, { order, after, limit: 1 })
      found.push(...accounts.map(({ username }) => username))
      if (!next) return found
      after = parseRank(order, `${next.key}_${next.id}`)
      expect(after).toEqual(next)
    }
    throw new Error('It does not end')
  }
  expect(await names('active')).toEqual(['anna', 'dora', 'cleo', 'bert'])
  expect(await names('active', { name: 'b' })).toEqual(['bert'])
  expect(await names('active', { origin: 'remote' })).toEqual([])
  expect(await names('active', { inactiveSince: new Date(Date.now() + 2 * 86_400_000) })).toHaveLength(4)
  expect(await names('active', { activeSince: new Date(Date.now() - 6 * 86_400_000) })).toEqual([
    'anna',
    'dora',
    'cleo',
  ])
  expect(await names('posted')).toEqual(['far', 'bert', 'anna'])
  expect(await names('posted', { origin: 'local' })).toEqual(['bert', 'anna'])
  expect(await names('posted', { domain: 'remote.test' })).toEqual(['far'])
  expect(await names('reported')).toEqual(['dora', 'cleo', 'far'])
  expect(await names('reported', { origin: 'local', name: 'c' })).toEqual(['cleo'])
  expect(await names('reported', { state: 'unconfirmed' })).toEqual([])
  expect(await names('reported', { state: 'active', origin: 'local' })).toEqual(['dora', 'cleo'])
  for (const [order, text] of [
    ['active', '2026-13-01_5'],
    ['active', '3_5'],
    ['reported', '2026-01-01_5'],
    ['posted', '2026-01-01'],
    ['posted', '2026-01-01_x'],
  ] as const)
    expect(parseRank(order, text), text).toBeNull()
})

test('a page by the latest post looks through 20,000 accounts, and the next one goes on from there', async () => {
  await using t = await database()
  await t.db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url, silenced_at)
    select n, 'u' || n, 'far.test', 'https://far.test/u/' || n, '', '', case when n not in (7, 20005) then now() end from generate_series(1, 20010) n`)
  await t.db.execute(sql`
    insert into account_stats (account_id, last_status_at)
    select n, date_trunc('day', now() - (20010 - n) / 1000 * interval '1 day', 'UTC') from generate_series(1, 20010) n`)
  const filter = { origin: 'remote', state: 'active' } as const
  const page = (after: Rank | null) => rankAccounts(t.db, commandLine, filter, { order: 'posted', after, limit: 5 })
  const first = await page(null)
  expect(first.accounts.map(({ username }) => username)).toEqual(['u20005'])
  expect(first.next).toMatchObject({ id: '11' })
  const second = await page(first.next)
  expect(second.accounts.map(({ username }) => username)).toEqual(['u7'])
  expect(second.next).toBeNull()
})

test.each([
  ['', {}],
  ['@Anna', { username: 'Anna' }],
  ['@anna@Far.test', { handle: { username: 'anna', domain: 'far.test' } }],
  ['@anna@pipit.test', { handle: { username: 'anna', domain: null } }],
  ['anna@far.test', { emailOrHandle: { email: 'anna@far.test', handle: { username: 'anna', domain: 'far.test' } } }],
  ['an+na@far.test', { email: 'an+na@far.test' }],
  ['192.0.2.0/24', { address: '192.0.2.0/24' }],
  ['2001:db8::7', { address: '2001:db8::7' }],
  ['Far.test', { domain: 'far.test' }],
  ['far.test:8443', { domain: 'far.test:8443' }],
  ['pipit.test', { origin: 'local' }],
  ['Dr. Anna', { name: 'Dr. Anna' }],
  ['anna', { name: 'anna' }],
  ['1.5', { name: '1.5' }],
])('the search understands %j', (text, filter) => {
  expect(readSearch(text, 'pipit.test')).toEqual(filter)
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
  await t.db.execute(
    sql`insert into active_days (day, account_id) select current_date - n, account_id from users, generate_series(1, 20) n where account_id % 20 = 0`,
  )
  await t.db.execute(
    sql`insert into account_stats (account_id, last_status_at) select id, date_trunc('day', now() - id % 300 * interval '1 day', 'UTC') from accounts where id < 40001`,
  )
  await t.db.execute(
    sql`insert into reports (id, target_id, resolved_at) select n, n % 500 + 1, case when n % 10 > 0 then now() end from generate_series(1, 20000) n`,
  )
  await t.db.execute(sql`insert into invites (id, account_id, code_hash, code) values (7, ${alice}, '\\x00', '')`)
  await t.db.execute(sql`update users set invite_id = 7 where account_id in (16, 20)`)
  await t.db.execute(sql.raw('vacuum analyze'))
  const large = new Set(['accounts', 'users', 'account_stats', 'active_days', 'reports'])
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
      { address: '192.0.2.0/24' },
      { handle: { username: 'u3', domain: 'd3.test' } },
      { emailOrHandle: { email: 'u4@m4.test', handle: { username: 'u4', domain: 'm4.test' } } },
      { name: 'u123' },
      { inactiveSince: new Date() },
    ]
    for (const filter of filters) {
      for (const order of ['newest', ...accountOrders] as const) {
        statements.length = 0
        if (order === 'newest') await findAccounts(db, commandLine, filter, { limit: 40, maxId: '39000' })
        else await rankAccounts(db, commandLine, filter, { order, after: null, limit: 40 })
        const reads = statements.flatMap(readsOf)
        const what = `${JSON.stringify(filter)} ${order}`
        const whole = reads.filter(({ table, isWhole }) => isWhole && large.has(table))
        expect(whole, what).toEqual([])
        expect(Math.max(0, ...reads.map(({ rows }) => rows)), what).toBeLessThan(5_500)
      }
    }
  } finally {
    await db.$client.end()
  }
})
