/** What is known here of another server, in numbers. */
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { dayOfId, literal } from '../../platform/db/sample.ts'
import { type Id, timeOfId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import { type AccountStream, rowsOfServer } from '../../rules/servers/rows.ts'
import { estimatedAccounts } from '../../rules/servers/size.ts'
import { publicPosts } from '../../statuses/counts/public-posts.ts'
import { countOf, dayNumbered, type Days, timesOf } from './span.ts'

export const serverMeasures = [
  'instance_accounts',
  'instance_media_attachments',
  'instance_reports',
  'instance_statuses',
  'instance_follows',
  'instance_followers',
] as const
export type ServerMeasure = (typeof serverMeasures)[number]

/** Rows of accounts, and the number that each of them counts for. */
type Counted = { stream: AccountStream; each: SQL }

const one = sql`1`
const target = { columns: sql`target_id`, account: sql`target_id` }
const follower = { columns: sql`follower_id`, account: sql`follower_id` }
const counted: Record<ServerMeasure, Counted> = {
  instance_accounts: { stream: { table: sql`accounts`, columns: sql`domain`, account: sql`id` }, each: one },
  instance_statuses: { stream: publicPosts, each: one },
  instance_reports: { stream: { table: sql`reports`, ...target }, each: one },
  instance_follows: { stream: { table: sql`follows`, ...target }, each: one },
  instance_followers: { stream: { table: sql`follows`, ...follower }, each: one },
  instance_media_attachments: {
    stream: { table: sql`media`, columns: sql`remote_url, preview_remote_url`, account: sql`account_id` },
    // The copies that are kept here.
    each: sql`(select coalesce(sum(f.bytes), 0) from remote_files f where f.url in (own.remote_url, own.preview_remote_url))`,
  },
}

/** What a measure of a server comes to on each day. Days without anything are left out. */
export async function serverByDay(
  db: Reader,
  measure: ServerMeasure,
  domain: string,
  days: Days,
): Promise<Map<string, number>> {
  const { stream, each } = counted[measure]
  const own = await rowsOfServer(db, stream, domain, timesOf(days), countOf(days))
  const { rows } = await db.execute<{ day: number; value: number }>(
    sql`select ${dayOfId(sql`own.id`)} as day, sum(weight * ${each})::float8 as value from ${own} own group by 1`,
  )
  return new Map(rows.map((row) => [dayNumbered(row.day), Math.round(row.value)]))
}

/** What a measure of a server comes to now, of all times. */
export async function serverTotal(db: Reader, measure: ServerMeasure, domain: string): Promise<number> {
  switch (measure) {
    case 'instance_accounts':
      return (await accountCounts(db, domain)).accounts
    case 'instance_statuses':
      return (await accountCounts(db, domain)).statuses
    case 'instance_follows':
      return (await accountCounts(db, domain)).followed
    case 'instance_followers':
      return (await accountCounts(db, domain)).following
    case 'instance_reports':
    case 'instance_media_attachments': {
      const { stream, each } = counted[measure]
      const own = await rowsOfServer(db, stream, domain, { from: await firstTime(db, stream), to: Date.now() + dayMs })
      const { rows } = await db.execute<{ value: number }>(
        sql`select coalesce(sum(weight * ${each}), 0)::float8 as value from ${own} own`,
      )
      return Math.round(rows[0]?.value ?? 0)
    }
  }
}

const firstTime = async (db: Reader, { table }: AccountStream): Promise<number> => {
  const { rows } = await db.execute<{ id: Id<string> }>(sql`select id from ${table} order by id limit 1`)
  return rows[0] ? timeOfId(rows[0].id).getTime() : 0
}

/** Accounts of a server whose counters are read, and accounts that a sample has otherwise. */
const maxCounters = 20_000
const sampleSize = 40_000

type AccountCounts = { accounts: number; statuses: number; followed: number; following: number }

/** Sums of the counters of a server's accounts. If it has more than 20,000, they are estimated from a sample of all accounts. */
async function accountCounts(db: Reader, domain: string): Promise<AccountCounts> {
  if ((await estimatedAccounts(db, domain)) <= maxCounters) {
    const ofServer = sql`select id from accounts where domain = ${domain} limit ${literal(maxCounters + 1)}`
    const [exact] = await sumCounters(db, ofServer)
    if (exact && exact.accounts <= maxCounters) return exact
  }
  const { rows } = await db.execute<{ share: number }>(
    sql`select least(1, ${sampleSize} / greatest(reltuples, 1))::float8 as share from pg_class where oid = 'accounts'::regclass`,
  )
  const share = rows[0]?.share ?? 1
  // Whole pages of the table, so that no more is read than the sample needs.
  const [sample] = await sumCounters(
    db,
    sql`select id from accounts tablesample system (${share * 100}) where domain = ${domain}`,
  )
  const { accounts = 0, statuses = 0, followed = 0, following = 0 } = sample ?? {}
  const scaled = (value: number): number => Math.round(value / share)
  return {
    accounts: scaled(accounts),
    statuses: scaled(statuses),
    followed: scaled(followed),
    following: scaled(following),
  }
}

async function sumCounters(db: Reader, ids: SQL): Promise<AccountCounts[]> {
  // Looked up for each account: a join might read the counters of all.
  const { rows } = await db.execute<AccountCounts>(sql`
    select count(*)::int as accounts, coalesce(sum(c.statuses_count), 0)::float8 as statuses, coalesce(sum(c.followers_count), 0)::float8 as followed,
      coalesce(sum(c.following_count), 0)::float8 as following
    from (${ids}) a
    left join lateral (select statuses_count, followers_count, following_count from account_stats s where s.account_id = a.id offset 0) c on true`)
  return rows
}
