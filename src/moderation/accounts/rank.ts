/** Accounts in other orders than that of their ids: the last active, those with the latest posts, those with the most open reports. */
import { type SQL, sql } from 'drizzle-orm'
import type { Staff } from '../../accounts/roles/staff.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import { unprepared } from '../../platform/db/auto-prepare.ts'
import type { Reader } from '../../platform/db/index.ts'
import { maxBigint } from '../../platform/db/page.ts'
import { type AccountId, isId } from '../../platform/ids.ts'
import { dayOf, isDay } from '../../platform/time.ts'
import {
  type AccountFilter,
  conditionsOf,
  findAccountIds,
  idFor,
  loadAccounts,
  requireFinder,
  type StaffAccount,
  tablesFor,
} from './find.ts'

export const accountOrders = ['active', 'posted', 'reported'] as const
/**
 * `active`: local accounts by the last day of use, which is kept for 200 days. `posted`: by the day of the latest post.
 * `reported`: by the number of open reports; both local and remote. Accounts without such a day or report are left out.
 */
export type AccountOrder = (typeof accountOrders)[number]

/** The place of an account: the day (`YYYY-MM-DD`) or number by which it is ordered, and its id. */
export type Rank = { key: string; id: AccountId }

/** Accounts that match a narrow filter and are put in order; the newest are taken if more match. */
export const maxSorted = 1_000
/** Open reports that are counted, the newest. */
const maxReports = 20_000
/** Accounts that are looked through for one page by the latest post: those that match may be rare. */
const walkedAtATime = 20_000
/** Up to so many people here are put in order at once: among all accounts that are known, they are few. */
const maxLocals = 5_000
/** Days of use that are looked through for one page. */
const daysAtATime = 10

/** Reads a place; null for a text that is none of this order. */
export function parseRank(order: AccountOrder, text: string): Rank | null {
  const [key = '', id = ''] = text.split('_')
  const isKey = order === 'reported' ? /^\d{1,6}$/.test(key) : isDay(key)
  return isKey && isId(id) ? { key, id: id as AccountId } : null
}

/**
 * A page of the accounts that match a filter, in another order than that of `findAccounts`.
 *
 * @param after the last place of the page before
 * @returns `next`: the place where the next page begins, null at the end. A page may have fewer accounts than its limit, or none,
 *   although there is a next one.
 * @throws Refusal `not_permitted`
 */
export async function rankAccounts(
  db: Reader,
  staff: Staff,
  filter: AccountFilter,
  { order, after, limit }: { order: AccountOrder; after: Rank | null; limit: number },
): Promise<{ accounts: StaffAccount[]; next: Rank | null }> {
  requireFinder(staff, filter)
  // Remote people are not used here.
  if (order === 'active' && filter.origin === 'remote') return { accounts: [], next: null }
  const place = { order, after, limit: limit + 1 }
  const few = await fewIds(db, staff, order, filter)
  const { places, further } = few
    ? await putInOrder(db, few, place)
    : await walks[order](db, order === 'active' ? { ...filter, origin: 'local' } : filter, place)
  const shown = places.slice(0, limit)
  const ids = shown.map(({ id }) => id)
  return {
    accounts: await loadAccounts(db, staff, ids),
    next: places.length > limit ? (shown.at(-1) ?? null) : further,
  }
}

/** The accounts of a filter that leaves few; null for others. */
async function fewIds(
  db: Reader,
  staff: Staff,
  order: AccountOrder,
  filter: AccountFilter,
): Promise<AccountId[] | null> {
  if (isNarrow(order, filter)) return findAccountIds(db, staff, filter, { limit: maxSorted })
  if (order !== 'posted' || filter.origin !== 'local') return null
  const locals = await findAccountIds(db, staff, filter, { limit: maxLocals + 1 })
  return locals.length > maxLocals ? null : locals
}

/** Whether a filter leaves few of all accounts, so that they are found first and put in order then. */
function isNarrow(order: AccountOrder, { state, activeSince, inactiveSince, ...filter }: AccountFilter): boolean {
  const isOfDays = activeSince !== undefined || inactiveSince !== undefined
  const isOfMore = Object.entries(filter).some(([name, value]) => name !== 'origin' && value !== undefined)
  return isOfMore || (state !== undefined && state !== 'active') || (isOfDays && order !== 'active')
}

type Place = { order: AccountOrder; after: Rank | null; limit: number }
type Places = { places: Rank[]; further: Rank | null }
type Read = (db: Reader, filter: AccountFilter, place: Place) => Promise<Places>

async function placesOf(db: Reader, query: SQL): Promise<Rank[]> {
  // The best plan depends on the values of the filter.
  const { rows } = await db.execute<Rank>(sql`${sql.raw(unprepared)} ${query}`)
  return rows
}

const afterPlace = (order: AccountOrder, after: Rank | null): SQL =>
  after
    ? sql`(key, id) < (${after.key}::${sql.raw(order === 'reported' ? 'int' : 'date')}, ${after.id}::bigint)`
    : sql`true`

/** The key of an account in `found`, by which it is put in order. */
const keys: Record<AccountOrder, SQL> = {
  active: sql`(select max(d.day) from active_days d where d.account_id = found.id)`,
  posted: sql`(select (s.last_status_at at time zone 'UTC')::date from account_stats s where s.account_id = found.id)`,
  reported: sql`(select nullif(count(*), 0)::int from reports r where r.target_id = found.id and r.resolved_at is null)`,
}

async function putInOrder(db: Reader, ids: readonly AccountId[], { order, after, limit }: Place): Promise<Places> {
  const places = await placesOf(
    db,
    sql`
    with placed as materialized (select id, ${keys[order]} as key from unnest(${arrayOf(ids)}::bigint[]) found(id))
    select id::text, key::text from placed where key is not null and ${afterPlace(order, after)}
    order by placed.key desc, placed.id desc limit ${limit}`,
  )
  return { places, further: null }
}

/** Goes back through the order, and leaves out the accounts that don't match. */
const walks: Record<AccountOrder, Read> = {
  /** Day by day, as an account is placed at its last day only: the index has all days of use. */
  async active(db, filter, { after, limit }) {
    const conditions = await allConditions(db, filter)
    const { activeSince, inactiveSince } = filter
    const before = inactiveSince ? sql`${dayOf(inactiveSince)}::date - 1` : sql`'infinity'::date`
    const { rows } = await db.execute<{ day: string }>(sql`
      with recursive days(day, n) as (
        select (select max(day) from active_days where day <= least(${before}, ${after?.key ?? null}::date)), 1
        union all select (select max(d.day) from active_days d where d.day < days.day), n + 1 from days where days.day is not null and n <= ${daysAtATime})
      select day::text from days where day >= ${activeSince ? dayOf(activeSince) : null}::date or (day is not null and ${activeSince === undefined})
      order by day desc`)
    const places: Rank[] = []
    for (const { day } of rows.slice(0, daysAtATime)) {
      if (places.length >= limit) break
      places.push(
        ...(await placesOf(
          db,
          sql`
          select last.id::text, ${day} as key from (
            select d.account_id as id from active_days d
            where d.day = ${day}::date ${after?.key === day ? sql`and d.account_id < ${after.id}::bigint` : sql``}
              and (select true from active_days later where later.account_id = d.account_id and later.day > ${day}::date limit 1) is null
            order by d.account_id desc offset 0) last
            cross join lateral (select from ${tablesFor(filter)} where ${idFor(filter)} = last.id and ${conditions} limit 1) found
          order by last.id desc limit ${limit - places.length}`,
        )),
      )
    }
    const beyond = rows[daysAtATime]?.day
    return { places, further: beyond ? { key: beyond, id: maxBigint as AccountId } : null }
  },

  async posted(db, filter, { after, limit }) {
    const walk = sql`
      select s.account_id as id, s.last_status_at as at from account_stats s where s.last_status_at is not null
        ${after ? sql`and (s.last_status_at, s.account_id) < (${after.key}::date::timestamptz, ${after.id}::bigint)` : sql``}
      order by s.last_status_at desc, s.account_id desc`
    const place = sql`walked.id::text as id, (walked.at at time zone 'UTC')::date::text as key`
    const places = await placesOf(
      db,
      sql`
      select ${place} from (${walk} limit ${walkedAtATime}) walked
        cross join lateral (select from ${tablesFor(filter)} where ${idFor(filter)} = walked.id and ${await allConditions(db, filter)} limit 1) found
      order by walked.at desc, walked.id desc limit ${limit}`,
    )
    if (places.length >= limit) return { places, further: null }
    const [last] = await placesOf(db, sql`select ${place} from (${walk} offset ${walkedAtATime - 1} limit 1) walked`)
    return { places, further: last ?? null }
  },

  /** Few accounts have open reports: those are counted first, and then looked at one by one. */
  async reported(db, filter, { after, limit }) {
    const places = await placesOf(
      db,
      sql`
      with placed as materialized (
          select target_id as id, count(*)::int as key from (
            select target_id from reports where resolved_at is null order by id desc limit ${maxReports}) r group by target_id),
        ordered as materialized (select id, key from placed where ${afterPlace('reported', after)} order by key desc, id desc)
      select o.id::text, o.key::text from ordered o
        cross join lateral (select from ${tablesFor(filter)} where ${idFor(filter)} = o.id and ${await allConditions(db, filter)} limit 1) found
      limit ${limit}`,
    )
    return { places, further: null }
  },
}

const allConditions = async (db: Reader, filter: AccountFilter): Promise<SQL> =>
  sql.join(await conditionsOf(db, filter), sql` and `)
