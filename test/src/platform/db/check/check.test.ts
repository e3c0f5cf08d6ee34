import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { recount } from '#src/instance/recount.ts'
import { checkPresence, checkValidity } from '#src/platform/db/check/catalogue.ts'
import { checkTables } from '#src/platform/db/check/index.ts'
import { checkBloat, checkVacuum } from '#src/platform/db/check/vacuum.ts'
import { featureTag } from '#src/reading/tags/feature.ts'
import { unfollow } from '#src/relationships/follow.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { react } from '#src/statuses/interactions/react.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../../../../cast.ts'
import { database, type TestDatabase } from '../../../../database.ts'
import { eventually } from '../../../../patience.ts'

/** Accounts with counted actions of every kind, some of which are undone. */
async function life(t: TestDatabase) {
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const carol = await remoteAccount(t, 'carol')
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  await makeFollow(t, carol, bob)
  const post = await status(t, alice, { text: 'Hello #tea' })
  const other = await status(t, alice, { text: 'More' })
  const poll = await status(t, alice, { text: 'Tea?', poll: { options: ['yes', 'no'], expiresInSeconds: 3_600 } })
  await status(t, bob, { text: 'A reply', inReplyToId: post })
  await status(t, bob, { text: 'For few', inReplyToId: post, visibility: 'private' })
  const taken = await status(t, bob, { text: 'Gone', inReplyToId: post })
  await status(t, bob, { text: 'A quote', quotedStatusId: post })
  await remoteStatus(t, carol, { uri: 'https://remote.test/1' })
  await t.db.transaction(async (tx) => {
    await unfollow(tx, bob, alice)
    await deleteStatus(tx, bob, taken)
    await favourite(tx, bob, post)
    await favourite(tx, carol, post)
    await favourite(tx, bob, other)
    await unfavourite(tx, bob, other)
    await reblog(tx, t.app.uris, bob, post)
    await react(tx, carol, post, { type: 'unicode', name: '🍵' })
    await vote(tx, bob, poll, [0])
    await featureTag(tx, alice, { name: 'tea', displayName: 'tea' })
  })
  return { alice, bob, post, poll }
}

test('counters are correct after actions and their undoing', async () => {
  await using t = await database()
  await life(t)
  expect(await recount(t.db)).toEqual({ findings: [], wrong: 0, repaired: 0 })
})

test('wrong counters are reported, and corrected with --repair', async () => {
  await using t = await database()
  const { bob, post, poll } = await life(t)
  const counters = async () => {
    const { rows } = await t.db.execute(sql`
      select (select json_agg(c order by status_id) from status_stats c) as a, (select json_agg(c order by account_id) from account_stats c) as b,
        (select json_agg(c order by id) from status_reactions c) as c, (select json_agg(c order by id) from featured_tags c) as d,
        (select json_agg(c order by status_id, position) from poll_options c) as e, (select json_agg(c order by status_id) from polls c) as f`)
    return rows
  }
  const right = await counters()
  await t.db.execute(
    sql`update status_stats set replies_count = 9, reblogs_count = 0, quotes_count = 7, favourites_count = 0 where status_id = ${post}`,
  )
  await t.db.execute(
    sql`update account_stats set followers_count = 9, following_count = 5, statuses_count = 0 where account_id = ${bob}`,
  )
  await t.db.execute(sql`update featured_tags set statuses_count = 9`)
  await t.db.execute(sql`update status_reactions set count = 9`)
  await t.db.execute(sql`insert into status_reactions (id, status_id, name) values (1, ${post}, '🎈')`)
  await t.db.execute(sql`update polls set voters_count = 0`)
  await t.db.execute(sql`update poll_options set votes_count = 0`)

  const { findings, wrong, repaired } = await recount(t.db)
  expect([wrong, repaired]).toEqual([7, 0])
  expect(findings.map(({ what }) => what)).toEqual([
    `status_stats ${post}`,
    `account_stats ${bob}`,
    expect.stringContaining('featured_tags'),
    'status_reactions 1',
    expect.stringContaining('status_reactions'),
    `polls ${poll}`,
    `poll_options ${poll} 0`,
  ])
  expect(findings[0]?.problem).toBe(
    'replies_count says 9, and there are 1; reblogs_count says 0, and there are 1; favourites_count says 0, and there are 2; quotes_count says 7, and there are 1',
  )

  expect((await recount(t.db, { repairs: true })).repaired).toBe(7)
  expect(await counters()).toEqual(right)
})

test('a counter that changes during its repair is correct afterwards', async () => {
  await using t = await database()
  const { post } = await life(t)
  const dave = await localAccount(t, 'dave')
  await t.db.execute(sql`update status_stats set favourites_count = 9 where status_id = ${post}`)
  const repairing = await t.db.transaction(async (tx) => {
    await favourite(tx, dave, post)
    const repairing = recount(t.db, { repairs: true })
    await eventually(async () => {
      const { rows } = await t.db.execute<{ n: number }>(
        sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows[0]?.n === 1
    })
    return { repairing }
  })
  expect((await repairing.repairing).repaired).toBe(1)
  const { rows } = await t.db.execute(sql`select favourites_count as n from status_stats where status_id = ${post}`)
  expect(rows).toEqual([{ n: 3 }])
})

test('a poll keeps the votes of deleted accounts', async () => {
  await using t = await database()
  await life(t)
  await t.db.execute(sql`delete from poll_votes`)
  expect((await recount(t.db, { repairs: true })).wrong).toBe(0)
})

test('all rows are checked, also beyond the first batch', async () => {
  await using t = await database()
  await t.db.execute(
    sql`insert into accounts (id, username, domain, uri, url, inbox_url) select n, 'a' || n, 'far.test', 'https://far.test/' || n, '', '' from generate_series(1, 2500) n`,
  )
  await t.db.execute(
    sql`insert into account_stats (account_id, followers_count) select n, case when n % 1000 = 0 or n = 2500 then 1 else 0 end from generate_series(1, 2500) n`,
  )
  const heard: number[] = []
  const { findings } = await recount(t.db, {
    repairs: true,
    onProgress: (table, rows) => void (table === 'account_stats' && heard.push(rows)),
  })
  expect(findings.map(({ what }) => what)).toEqual(['account_stats 1000', 'account_stats 2000', 'account_stats 2500'])
  expect(heard).toEqual([1_000, 2_000, 3_000])
})

test('constraints that are not validated and invalid indexes are reported with a remedy', async () => {
  await using t = await database()
  expect(await checkValidity(t.db)).toEqual([])
  await t.db.execute(sql`alter table accounts add constraint accounts_short check (length(note) < 1000) not valid`)
  await t.db.execute(sql`insert into tags (id, name, display_name) values (1, 'a', 'x'), (2, 'b', 'x')`)
  await expect(t.db.execute(sql`create unique index concurrently tags_display on tags (display_name)`)).rejects.toThrow(
    'tags_display',
  )
  expect((await checkValidity(t.db)).map(({ advice }) => advice)).toEqual([
    'alter table accounts validate constraint accounts_short',
    'reindex index concurrently tags_display',
  ])
})

test('missing objects of the newest migration are reported', async () => {
  await using t = await database()
  expect(await checkPresence(t.db)).toEqual([])
  await t.db.execute(sql`drop index statuses_account`)
  await t.db.execute(sql`alter table accounts drop constraint accounts_fields_list, drop column note_source`)
  await t.db.execute(sql`drop table trending_cards`)
  const missing = (await checkPresence(t.db)).map(({ what }) => what)
  expect(missing).toEqual(
    expect.arrayContaining([
      'accounts.note_source',
      'accounts.accounts_fields_list',
      'statuses.statuses_account',
      'trending_cards',
    ]),
  )
})

test('a table that is mostly empty is reported, and a full one is not', async () => {
  await using t = await database()
  await t.db.execute(sql`alter table tags set (fillfactor = 10)`)
  await t.db.execute(
    sql`insert into tags (id, name, display_name) select n, 'tag' || n, repeat('x', 500) from generate_series(1, 15000) n`,
  )
  await t.db.execute(sql`analyze tags`)
  expect(await checkBloat(t.db)).toEqual([])
  await t.db.execute(sql`alter table tags reset (fillfactor)`)
  expect(await checkBloat(t.db)).toEqual([expect.objectContaining({ kind: 'bloat', what: 'tags' })])
})

test('an autovacuum that is off, or late for a table, is reported', async () => {
  await using t = await database()
  expect((await checkVacuum(t.db)).map(({ what }) => what)).toEqual(['autovacuum'])
  await t.db.execute(
    sql`insert into tags (id, name, display_name) select n, 'tag' || n, 'x' from generate_series(1, 30000) n`,
  )
  await t.db.execute(sql`delete from tags`)
  // Sessions report their statistics a moment later.
  await expect
    .poll(async () => (await checkVacuum(t.db)).find(({ what }) => what === 'tags')?.problem)
    .toContain('30,000 dead rows')
})

test('a database that lacks migrations gets one line about them, and no list of missing objects', async () => {
  await using t = await database()
  await t.db.execute(
    sql`delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)`,
  )
  expect((await checkTables(t.db)).map(({ kind }) => kind)).toEqual(['migrations', 'vacuum'])
})
