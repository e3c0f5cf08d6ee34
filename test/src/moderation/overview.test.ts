import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { loadAccountOverview } from '#src/moderation/accounts/overview.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { connectExplaining, readsOf } from '../../plans.ts'

test('the page of a busy account takes as many statements as that of a quiet one, and reads few rows of each table', async () => {
  await using t = await database()
  const [alice, quiet] = [await localAccount(t, 'alice'), await localAccount(t, 'quiet')]
  const carol = await remoteAccount(t, 'carol')
  // Two busy accounts among many, with many posts that are not public before those that are.
  await t.db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url)
    select n, 'u' || n, 'd' || n % 50 || '.test', 'https://d.test/u/' || n, '', '' from generate_series(1, 20000) n`)
  for (const [author, first] of [
    [alice, 1_000_000],
    [carol, 2_000_000],
  ] as const) {
    await t.db.execute(sql`
      insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id, has_media)
      select ${first}::bigint + n, ${author}::bigint, false, 'https://d.test/s/' || ${first}::bigint + n, '', case when n % 1500 = 0 then 'public' else 'private' end,
        ${first}::bigint + n, true from generate_series(1, 100000) n`)
    await t.db.execute(sql`
      insert into media (id, account_id, status_id, kind, media_type, remote_url)
      select ${first}::bigint + n, ${author}::bigint, ${first}::bigint + n, 'image', 'image/png', 'https://d.test/f/' || ${first}::bigint + n from generate_series(1, 100000) n`)
    await t.db.execute(sql`
      insert into follows (id, follower_id, target_id, uri) select ${first}::bigint + n, n, ${author}::bigint, 'https://d.test/r/' || ${first}::bigint + n from generate_series(1, 20000) n`)
    await t.db.execute(sql`
      insert into reports (id, target_id, account_id, resolved_at)
      select ${first}::bigint + n, case when n % 20 = 0 then ${author}::bigint else n % 20000 + 1 end, case when n % 20 = 1 then ${author}::bigint else n % 20000 + 1 end, now()
      from generate_series(1, 50000) n`)
    await t.db.execute(sql`
      insert into audit_log (id, actor_name, action, target_kind, target_id)
      select ${first}::bigint + n, 'command line', 'warn', 'account', case when n % 10 = 0 then ${author} else n::text end from generate_series(1, 50000) n`)
  }
  await t.db.execute(sql`
    insert into security_events (id, account_id, kind, address) select n, ${alice}::bigint, 'signIn', '192.0.2.' || n % 250 from generate_series(1, 100000) n`)
  await t.db.execute(sql`
    insert into strikes (id, account_id, action) select n, ${alice}::bigint, 'none' from generate_series(1, 2000) n`)
  await t.db.execute(sql.raw('vacuum analyze'))

  const large = new Set(['accounts', 'statuses', 'media', 'follows', 'reports', 'audit_log', 'security_events'])
  const { db, statements } = connectExplaining(t.url, 1)
  const look = async (id: AccountId) => {
    // The first look fills caches.
    await loadAccountOverview(db, t.app.uris, commandLine, id)
    statements.length = 0
    const overview = await loadAccountOverview(db, t.app.uris, commandLine, id)
    return { overview, taken: [...statements] }
  }
  try {
    const few = await look(quiet)
    for (const [id, expected] of [
      [alice, { posts: 1, reports: 1000, followersHere: 0, addresses: 20, strikes: 30 }],
      [carol, { posts: 1, reports: 1000, followersHere: 1000, addresses: 0, strikes: 0 }],
    ] as const) {
      const { overview, taken } = await look(id)
      expect(overview).toMatchObject({
        reportCounts: { about: expected.reports, by: expected.reports },
        followersHere: expected.followersHere,
      })
      expect(overview.posts.length).toBeGreaterThanOrEqual(expected.posts)
      expect(overview.files.length).toBeGreaterThanOrEqual(expected.posts)
      expect(overview.addresses).toHaveLength(expected.addresses)
      expect(overview.strikes).toHaveLength(expected.strikes)
      expect(overview.audit).toHaveLength(10)
      // Posts and addresses that are there take a statement each for what belongs to them.
      expect(taken.length).toBeLessThanOrEqual(few.taken.length + 4)
      const reads = taken.flatMap(readsOf)
      expect(reads.filter(({ table, isWhole }) => isWhole && large.has(table))).toEqual([])
      expect(reads.filter(({ rows }) => rows > 25_000)).toEqual([])
      expect(reads.filter(({ table, rows }) => table !== 'security_events' && rows > 2_600)).toEqual([])
    }
  } finally {
    await db.$client.end()
  }
})
