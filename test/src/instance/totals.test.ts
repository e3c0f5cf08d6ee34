import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { countLocalReplies } from '#src/instance/local-replies.ts'
import { loadTotals } from '#src/instance/stats.ts'
import { localAccount, remoteAccount, status } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'
import { connectExplaining, readsOf } from '../../plans.ts'

/** As many as make PostgreSQL think twice before it reads all of them. */
const many = 20_000

async function crowd(t: TestDatabase): Promise<void> {
  const author = await remoteAccount(t, 'author')
  await t.db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url)
    select n, 'u' || n, 'd' || n % 50 || '.test', 'https://d' || n % 50 || '.test/u/' || n, '', '' from generate_series(1, ${many}::int) n`)
  await t.db.execute(sql`insert into account_stats (account_id) select id from accounts on conflict do nothing`)
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id, in_reply_to_uri)
    select n, ${author}, false, 'https://remote.test/s/' || n, '', 'public', n, 'https://remote.test/gone' from generate_series(1, ${many}::int) n`)
  await t.db.execute(sql`
    insert into active_days (account_id, day) select u.account_id, current_date - n from users u, generate_series(1, 190) n on conflict do nothing`)
  await t.db.execute(sql.raw('vacuum analyze'))
}

test('NodeInfo counts without reading all posts, accounts or days', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  for (const visibility of ['public', 'unlisted', 'private'] as const) await status(t, alice, { inReplyToId: post, visibility })
  await crowd(t)
  const { db, statements } = connectExplaining(t.url, 3)
  try {
    expect(await countLocalReplies(db)).toBe(2)
    expect(await loadTotals(db)).toEqual({ users: 1, activeMonth: 1, activeHalfyear: 1, localStatuses: 3, domains: 51 })
    expect(statements.length).toBeGreaterThan(0)
    expect(statements.flatMap(readsOf).filter(({ rows }) => rows > 100)).toEqual([])
  } finally {
    await db.$client.end()
  }
})

test('replies of people who are suspended are not counted', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  for (const author of [alice, bob]) await status(t, author, { inReplyToId: post })
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${bob}`)
  expect(await countLocalReplies(t.db)).toBe(1)
})
