/** Dimensions: how something is made up, the largest parts first, as dashboards of staff show it. */
import { type SQL, sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { remoteFilesUsage } from '../../media/remote-eviction.ts'
import type { App } from '../../platform/app.ts'
import { cached } from '../../platform/db/cache.ts'
import type { Reader } from '../../platform/db/index.ts'
import { literal, sampled } from '../../platform/db/sample.ts'
import type { TagId } from '../../platform/ids.ts'
import { hourMs } from '../../platform/time.ts'
import { version } from '../../platform/version.ts'
import { rowsOfServer } from '../../rules/servers/rows.ts'
import { publicPosts, type TaggedPost, taggedPosts } from '../../statuses/counts/public-posts.ts'
import { wasActive } from './active.ts'
import { recent } from './cached.ts'
import { type Days, timesOf } from './span.ts'

const plainDimensions = ['languages', 'sources', 'servers', 'space_usage', 'software_versions'] as const
const tagDimensions = ['tag_servers', 'tag_languages'] as const
const serverDimensions = ['instance_accounts', 'instance_languages'] as const

/** What a dimension is about: nothing in particular, a hashtag, or a server. */
export type Divided =
  | { key: (typeof plainDimensions)[number] }
  | { key: (typeof tagDimensions)[number]; tagId: TagId }
  | { key: (typeof serverDimensions)[number]; domain: string }

export type DimensionKey = Divided['key']
export const dimensionKeys: readonly DimensionKey[] = [...plainDimensions, ...tagDimensions, ...serverDimensions]
export const isServerDimension = (key: DimensionKey): key is (typeof serverDimensions)[number] =>
  serverDimensions.some((one) => one === key)
export const isTagDimension = (key: DimensionKey): key is (typeof tagDimensions)[number] =>
  tagDimensions.some((one) => one === key)

/** A part. `key` is a machine's word for it, `name` people's. A number of bytes has a unit, and a version is a text. */
type Part = { key: string; name: string; value: number | string; unit: 'bytes' | null }
export type Dimension = { key: DimensionKey; data: Part[] }

/**
 * Dimensions of some days, in the order of the list, at most five minutes old. `docs/moderation.md` says how exact they are.
 *
 * @param limit the most parts of each
 * @throws Refusal `not_permitted`
 */
export async function loadDimensions(
  app: App,
  staff: Staff,
  wanted: readonly Divided[],
  days: Days,
  limit: number,
): Promise<Dimension[]> {
  requirePermission(staff, 'view_dashboard')
  const found: Dimension[] = []
  for (const one of wanted)
    found.push(
      await recent(app.db, ['dimension', one, days, limit], async () => ({
        key: one.key,
        data: await divide(app, one, days, limit),
      })),
    )
  return found
}

async function divide(app: App, wanted: Divided, days: Days, limit: number): Promise<Part[]> {
  const { db } = app
  switch (wanted.key) {
    case 'languages':
      return (await languagesOfPeople(db, days, limit)).map(languagePart)
    case 'sources':
      return (await sourcesOfPeople(db, days, limit)).map((row) => part(row, row.key ?? 'Website', 'web'))
    case 'servers':
      return (await serversOfPosts(db, days, limit)).map((row) => part(row, row.key ?? ownHost(app), ownHost(app)))
    case 'space_usage':
      return spaceUsage(db)
    case 'software_versions':
      return softwareVersions(db)
    case 'tag_servers':
      return top(await taggedPosts(db, wanted.tagId, timesOf(days)), ({ domain }) => domain, limit).map((row) =>
        part(row, row.key ?? ownHost(app), ownHost(app)),
      )
    case 'tag_languages':
      return top(await taggedPosts(db, wanted.tagId, timesOf(days)), ({ language }) => language, limit).map(
        languagePart,
      )
    case 'instance_accounts':
      return (await followedAccounts(db, wanted.domain, limit)).map((row) => part(row, row.key ?? '', ''))
    case 'instance_languages':
      return (await languagesOfServer(db, wanted.domain, days, limit)).map(languagePart)
  }
}

/** A row of an answer; the key of what has none is null. */
type Row = { key: string | null; value: number }

const part = ({ key, value }: Row, name: string, otherwise: string): Part => ({
  key: key ?? otherwise,
  name,
  value,
  unit: null,
})

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' })

/** Tags of other servers need not be well-formed. */
function languagePart(row: Row): Part {
  let name = 'Unknown'
  try {
    if (row.key !== null) name = languageNames.of(row.key) ?? row.key
  } catch {
    name = row.key ?? name
  }
  return part(row, name, 'und')
}

const ownHost = (app: App): string => new URL(app.config.origin).host

/** The languages of the website that people chose who were active. */
async function languagesOfPeople(db: Reader, days: Days, limit: number): Promise<Row[]> {
  return topOf(
    db,
    sql`select u.locale as key, count(*)::int as value from users u
      where u.locale is not null and ${wasActive(sql`u.account_id`, days)}
      group by 1`,
    limit,
  )
}

/** The apps by which people signed up. */
async function sourcesOfPeople(db: Reader, { first, last }: Days, limit: number): Promise<Row[]> {
  return topOf(
    db,
    sql`select sign_up_app as key, count(*)::int as value from users
      where created_at >= ${`${first}T00:00:00Z`}::timestamptz and created_at < ${`${last}T00:00:00Z`}::timestamptz + interval '24 hours' group by 1`,
    limit,
  )
}

async function serversOfPosts(db: Reader, days: Days, limit: number): Promise<Row[]> {
  const posts = await sampled(db, publicPosts, timesOf(days))
  return topOf(
    db,
    sql`select (select a.domain from accounts a where a.id = p.account_id) as key, round(sum(p.weight))::float8 as value from ${posts} p group by 1`,
    limit,
  )
}

async function languagesOfServer(db: Reader, domain: string, days: Days, limit: number): Promise<Row[]> {
  const posts = await rowsOfServer(db, publicPosts, domain, timesOf(days))
  return topOf(db, sql`select language as key, round(sum(weight))::float8 as value from ${posts} p group by 1`, limit)
}

/** Accounts that are looked at for those of one server: of the server itself, and the most followed of all. */
const maxOwn = 2_000
const maxPopular = 20_000

/** The accounts of a server that most people here follow. */
async function followedAccounts(db: Reader, domain: string, limit: number): Promise<Row[]> {
  return topOf(
    db,
    sql`select (select a.username from accounts a where a.id = found.id) as key,
        coalesce((select s.followers_count from account_stats s where s.account_id = found.id), 0) as value
      from (
        (select id from accounts where domain = ${domain} limit ${literal(maxOwn)})
        union
        select account_id from (select account_id from account_stats where popularity is not null order by popularity desc, account_id desc limit ${literal(maxPopular)}) popular
        where (select domain from accounts where id = popular.account_id) = ${domain}) found`,
    limit,
  )
}

async function topOf(db: Reader, parts: SQL, limit: number): Promise<Row[]> {
  const { rows } = await db.execute<Row>(
    sql`select key, value from (${parts}) parts order by value desc, key limit ${limit}`,
  )
  return rows
}

function top(posts: readonly TaggedPost[], keyOf: (post: TaggedPost) => string | null, limit: number): Row[] {
  return [...Map.groupBy(posts, keyOf)]
    .map(([key, some]) => ({ key, value: some.length }))
    .toSorted((a, b) => b.value - a.value || ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
    .slice(0, limit)
}

/** Adds the sizes of all copies, of which there are as many as the settings leave room for. */
const sizeOfCopies = cached(hourMs, remoteFilesUsage)

async function spaceUsage(db: Reader): Promise<Part[]> {
  const { rows } = await db.execute<{ bytes: string }>(sql`select pg_database_size(current_database())::text as bytes`)
  const { bytes } = await sizeOfCopies(db)
  return [
    { key: 'postgresql', name: 'PostgreSQL', value: Number(rows[0]?.bytes ?? 0), unit: 'bytes' },
    { key: 'media', name: 'Copies of files of other servers', value: bytes, unit: 'bytes' },
  ]
}

async function softwareVersions(db: Reader): Promise<Part[]> {
  const { rows } = await db.execute<{ version: string }>(
    sql`select split_part(current_setting('server_version'), ' ', 1) as version`,
  )
  const parts: [key: string, name: string, value: string][] = [
    ['pipit', 'Pipit', version],
    ['node', 'Node.js', process.versions.node],
    ['postgresql', 'PostgreSQL', rows[0]?.version ?? ''],
  ]
  return parts.map(([key, name, value]) => ({ key, name, value, unit: null }))
}
