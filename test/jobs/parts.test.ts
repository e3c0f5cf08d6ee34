/** Long jobs with a part that fails: PostgreSQL refuses a row, like a statement that takes too long. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { cleanUp } from '#src/instance/clean-up.ts'
import { countMissedDays } from '#src/instance/stats.ts'
import { applyDomainRules } from '#src/moderation/apply.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { jobParts } from '#src/platform/queue/parts.ts'
import { addDays, dayOf } from '#src/platform/time.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { indexBatch } from '#src/statuses/search/index-status.ts'
import { localAccount, remoteAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'

/** Makes a change of rows fail. `row` is `new` or `old`. */
async function breakOff(
  t: TestDatabase,
  table: string,
  change: 'insert' | 'update' | 'delete',
  condition: string,
): Promise<void> {
  await t.db.execute(
    sql.raw(`
    create function broken() returns trigger language plpgsql as $$ begin
      if ${condition} then raise exception 'it takes too long'; end if;
      return coalesce(new, old);
    end $$`),
  )
  await t.db.execute(
    sql.raw(`create trigger broken before ${change} on ${table} for each row execute function broken()`),
  )
}

test('if a part of the clean-up fails, its job names it, and the other parts run', async () => {
  await using t = await database()
  await t.db.execute(sql`insert into kv (key, value, expires_at) values ('a', '1', now() - interval '1 second')`)
  await t.db.execute(sql`insert into attempts (key, count, expires_at) values ('a', 1, now() - interval '1 second')`)
  await t.db.execute(sql`insert into tombstones (uri, created_at) values ('a', now() - interval '8 days')`)
  await breakOff(t, 'kv', 'delete', 'true')
  await expect(cleanUp(t.app)).rejects.toThrow('Failed: kv (it takes too long)')
  const {
    rows: [left],
  } = await t.db.execute(
    sql`select (select count(*)::int from kv where key = 'a') as kv, (select count(*)::int from attempts) as attempts, (select count(*)::int from tombstones) as tombstones`,
  )
  expect(left).toEqual({ kv: 1, attempts: 0, tombstones: 0 })
})

test('if a day can’t be counted, the job names it, and counts the others', async () => {
  await using t = await database()
  const today = dayOf(new Date())
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`update users set created_at = now() - interval '3 days' where account_id = ${alice}`)
  await breakOff(t, 'daily_stats', 'insert', `new.day = current_date - 2`)
  await expect(countMissedDays(t.db)).rejects.toThrow(`Failed: ${addDays(today, -2)} (it takes too long)`)
  const { rows } = await t.db.execute<{ ago: number }>(
    sql`select current_date - day as ago from daily_stats order by day`,
  )
  expect(rows).toEqual([{ ago: 3 }, { ago: 1 }])
})

test('if a kind of trends can’t be computed, the job names it, and computes the others', async () => {
  await using t = await database()
  for (const name of ['alice', 'bob', 'carol']) await status(t, await localAccount(t, name), { text: '#birds' })
  await t.db.execute(sql`insert into cards (id, url, title, is_usable) values (1, 'https://page.test/', 'Page', true)`)
  await t.db.execute(sql`insert into status_cards (status_id, card_id) select id, 1 from statuses`)
  await breakOff(t, 'card_days', 'insert', 'true')
  await expect(computeTrends(t.db)).rejects.toThrow(/^Failed: links of \d{4}-\d{2}-\d{2} \(it takes too long\)$/)
  const { rows } = await t.db.execute(sql`select t.name from trending_tags join tags t on t.id = tag_id`)
  expect(rows).toEqual([{ name: 'birds' }])
})

test('if a rule can’t be applied to a server, the job names it, and applies the others', async () => {
  await using t = await database()
  for (const domain of ['a.test', 'b.test', 'c.test']) {
    await remoteAccount(t, 'somebody', domain)
    await t.db.execute(sql`insert into domain_rules (domain, severity) values (${domain}, 'suspend')`)
  }
  await breakOff(t, 'accounts', 'update', `new.domain = 'b.test'`)
  await expect(applyDomainRules(t.db, { domain: null })).rejects.toThrow('Failed: b.test (it takes too long)')
  const { rows } = await t.db.execute(sql`select domain from accounts where suspended_at is not null order by domain`)
  expect(rows).toEqual([{ domain: 'a.test' }, { domain: 'c.test' }])
})

test('a post that can’t be indexed does not keep others from being indexed', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const posts: StatusId[] = []
  for (let i = 0; i < 3; i++) posts.push(await status(t, alice))
  await t.db.execute(sql`delete from status_search`)
  await breakOff(t, 'status_search', 'insert', `new.status_id = ${posts[1]}`)
  expect(await indexBatch(t.db, null)).toEqual({ last: posts[0], count: 3 })
  const { rows } = await t.db.execute<{ id: StatusId }>(sql`select status_id as id from status_search order by 1`)
  expect(rows.map(({ id }) => id)).toEqual([posts[0], posts[2]])
})

test('a job that is aborted, or loses the database, does not begin its next part', async () => {
  const ending = new AbortController()
  ending.abort(new Error('ending'))
  await expect(jobParts(ending.signal).run('one', async () => ending.signal.throwIfAborted())).rejects.toThrow('ending')
  await expect(
    jobParts().run('one', () => Promise.reject(Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' }))),
  ).rejects.toThrow('ECONNREFUSED')
})
