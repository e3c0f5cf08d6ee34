/** Figures for staff where there are too many rows to count: they are close to the truth, and read few rows. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { type DimensionKey, type Divided, loadDimensions } from '#src/instance/figures/dimensions.ts'
import { loadMeasures, type Measured } from '#src/instance/figures/measures.ts'
import { loadRetention } from '#src/instance/figures/retention.ts'
import { serverMeasures } from '#src/instance/figures/servers.ts'
import { daysOf } from '#src/instance/figures/span.ts'
import type { TagId } from '#src/platform/ids.ts'
import { dayMs, dayOf } from '#src/platform/time.ts'
import { database, type TestDatabase } from '../../database.ts'
import { connectExplaining, readsOf } from '../../plans.ts'

const spanDays = 30
const [start, end] = [new Date(Date.now() - (spanDays - 1) * dayMs), new Date()]
const days = daysOf(start, end)
const tagId = '5' as TagId

const size = { accounts: 8_000, statuses: 60_000, follows: 30_000, users: 2_000 }

/** Accounts 1 to 50 are of small.test, every other one of the rest of big.test; local people have negative numbers. */
async function fill({ db }: TestDatabase): Promise<void> {
  const id = (ms: ReturnType<typeof sql>) => sql`((${ms})::bigint << 16) + n % 65536`
  const first = Date.parse(`${days.first}T00:00:00Z`)
  // Twice as many at the end of each day as at its beginning, so that windows differ.
  const moment = sql`${first}::bigint + (n % ${spanDays}) * ${dayMs}::bigint + (sqrt((n % 100000 * 7919) % 100000 / 100000.0) * (least(${dayMs}::bigint, ${Date.now()}::bigint - ${first}::bigint - (n % ${spanDays}) * ${dayMs}::bigint) - 1000))::bigint`
  await db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url)
    select n, 'u' || n, case when n <= 50 then 'small.test' when n % 2 = 0 then 'big.test' else 'd' || n % 60 || '.test' end, 'https://x.test/' || n, '', '' from generate_series(1, ${size.accounts}::int) n`)
  await db.execute(sql`
    insert into accounts (id, username, uri, url, inbox_url) select 1000000 + n, 'p' || n, 'https://pipit.test/' || n, '', '' from generate_series(1, ${size.users}::int) n`)
  await db.execute(sql`
    insert into users (account_id, email, created_at, confirmed_at, approved_at)
    select 1000000 + n, 'p' || n || '@mail.test', now() - (n % 60) * interval '1 day', now(), now() from generate_series(1, ${size.users}::int) n`)
  await db.execute(sql`
    insert into active_days (account_id, day) select 1000000 + n, current_date - d from generate_series(1, ${size.users}::int) n, generate_series(0, n % 50, 3) d`)
  await db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id, language, received_at)
    select ${id(moment)}, 1 + (n * 7 + n / 30) % ${size.accounts}::int, false, 'https://x.test/s/' || n, '', case when n % 11 = 0 then 'private' else 'public' end, 1, case when (n / 30) % 3 = 0 then 'de' else 'en' end, to_timestamp((${moment}) / 1000.0)
    from generate_series(1, ${size.statuses}::int) n on conflict do nothing`)
  await db.execute(sql`insert into tags (id, name, display_name, is_open) values (${tagId}, 'big', 'big', true)`)
  await db.execute(
    sql`insert into status_tags (status_id, tag_id) select id, ${tagId} from statuses where account_id % 3 = 0`,
  )
  await db.execute(sql`
    insert into follows (id, follower_id, target_id, uri, created_at)
    select ${id(moment)}, 1000000 + 1 + n % ${size.users}::int, 1 + n % ${size.accounts - 1}::int, 'f' || n, now() from generate_series(1, ${size.follows}::int) n on conflict do nothing`)
  await db.execute(sql`
    insert into media (id, account_id, status_id, kind, media_type, remote_url)
    select id, account_id, id, 'image', 'image/png', uri || '.png' from statuses where account_id % 2 = 0`)
  await db.execute(
    sql`insert into remote_files (url, kind, file, bytes) select remote_url, 'image', 'f', 1000 from media`,
  )
  await db.execute(sql`
    insert into account_stats (account_id, statuses_count, followers_count, following_count)
    select a.id, 10, (select count(*) from follows f where f.target_id = a.id), 0 from accounts a`)
  await db.execute(sql`
    insert into reports (id, target_id, reporter_name) select ${id(moment)}, 1 + n % ${size.accounts}::int, 'x' from generate_series(1, 25000) n on conflict do nothing`)
  await db.execute(sql`
    insert into tag_days (tag_id, day, uses, accounts) select ${tagId}, current_date - n, 1000, 500 from generate_series(0, 14) n`)
  await db.execute(sql`analyze`)
}

test('figures of a large instance are close, and none reads a large table', { timeout: 180_000 }, async () => {
  await using t = await database()
  await fill(t)
  const { db, statements } = connectExplaining(t.url, 2)
  const app = { ...t.app, db }
  try {
    const truth = async (query: ReturnType<typeof sql>): Promise<number> =>
      Number((await t.db.execute<{ n: string }>(sql`select count(*) as n ${query}`)).rows[0]!.n)
    const posts = (domain: string) =>
      sql`from statuses s join accounts a on a.id = s.account_id where a.domain = ${domain} and s.visibility = 'public'`
    const about = (domain: string) => serverMeasures.map((key): Measured => ({ key, domain }))
    const near = (value: number, right: number, share: number) =>
      expect(Math.abs(value - right) / right).toBeLessThan(share)

    for (const domain of ['small.test', 'big.test']) {
      const found = await loadMeasures(db, commandLine, about(domain), days)
      const of = (key: string) => found.find((one) => one.key === key)!
      const sum = (key: string) => of(key).data.reduce((total, { value }) => total + value, 0)
      const inDomain = sql`(select id from accounts where domain = ${domain})`
      // A small server is counted. The others are estimated from a sample, whose deviation depends on the time of day.
      const share = domain === 'small.test' ? 0.0001 : 0.12
      expect(of('instance_accounts').total).toBe(await truth(sql`from accounts where domain = ${domain}`))
      near(sum('instance_statuses'), await truth(posts(domain)), share)
      near(sum('instance_follows'), await truth(sql`from follows where target_id in ${inDomain}`), share)
      near(of('instance_follows').total, await truth(sql`from follows where target_id in ${inDomain}`), 0.0001)
      near(of('instance_reports').total, await truth(sql`from reports where target_id in ${inDomain}`), share)
      near(
        of('instance_media_attachments').total,
        1_000 * (await truth(sql`from media where account_id in ${inDomain}`)),
        share,
      )
      const day = of('instance_statuses').data[7]!
      near(
        day.value,
        await truth(
          sql`${posts(domain)} and ((s.id >> 16) / 86400000)::int = ${Date.parse(`${day.day}T00:00:00Z`) / dayMs}::int`,
        ),
        domain === 'small.test' ? 0.0001 : 0.2,
      )
    }

    const keys: DimensionKey[] = ['servers', 'languages', 'sources', 'space_usage', 'software_versions']
    const wanted = [
      ...keys.map((key) => ({ key })),
      { key: 'tag_servers', tagId },
      { key: 'tag_languages', tagId },
      { key: 'instance_accounts', domain: 'big.test' },
      { key: 'instance_languages', domain: 'big.test' },
    ] as Divided[]
    const dimensions = await loadDimensions(app, commandLine, wanted, days, 5)
    const [first] = dimensions[0]!.data
    expect(first?.key).toBe('big.test')
    near(Number(first?.value), await truth(posts('big.test')), 0.06)
    near(Number(dimensions[8]!.data[0]?.value), await truth(sql`${posts('big.test')} and s.language = 'en'`), 0.06)

    const measures = await loadMeasures(
      db,
      commandLine,
      [
        ...(['active_users', 'new_users', 'interactions', 'opened_reports', 'resolved_reports'] as const).map(
          (key) => ({ key }),
        ),
        ...(['tag_accounts', 'tag_uses', 'tag_servers'] as const).map((key) => ({ key, tagId })),
      ],
      days,
    )
    expect(measures[0]!.total).toBe(size.users)
    expect(measures.at(-1)!.total).toBe(12)
    await loadRetention(db, commandLine, start, end, 'day')

    // The largest reads are samples, and one look for each local person or account of a server.
    const reads = statements.flatMap((statement) =>
      readsOf(statement).map((read) => ({ ...read, ms: Math.round(statement.ms), text: statement.text.slice(0, 120) })),
    )
    expect(statements.length).toBeGreaterThan(40)
    // The sizes of files are summed, once an hour.
    expect(reads.filter(({ rows, table }) => rows > 42_000 && table !== 'remote_files')).toEqual([])
    const large = ['statuses', 'status_tags', 'follows', 'media']
    expect(reads.filter(({ table, isWhole }) => isWhole && large.includes(table))).toEqual([])
    expect(dayOf(end)).toBe(days.last)
  } finally {
    await db.$client.end()
  }
})
