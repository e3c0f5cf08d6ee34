/**
 * Who of those that are connected is shown something about a status; `home-rule.ts` says it for home and for lists, `repeats.ts` which
 * boosts they leave out.
 */
import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, ListId, StatusId, TagId } from '../../platform/ids.ts'
import { mapConcurrently } from '../../platform/limiter.ts'
import { blockedEitherWay } from '../../rules/avoidance.ts'
import { homesWith, listRulesWith } from './home-rule.ts'
import { isRepeatOnHome } from './home.ts'
import { isRepeatOnList } from './list.ts'
import { isListed } from './listed.ts'
import type { Entry } from './repeats.ts'

/** What tells which public streams a status belongs to, without saying who may see it. */
export type Whereabouts = {
  accountId: AccountId
  /** Public, and no boost. */
  isPublic: boolean
  isLocal: boolean
  hasMedia: boolean
  /** Keys of its hashtags. */
  tags: string[]
  /** Whether it is news: of the last six hours, by its author's clock. What is fetched for a thread is mostly older. */
  isRecent: boolean
}

/**
 * @param tagIds hashtags that it had, where it was deleted since
 * @returns null when it is gone altogether
 */
export async function whereaboutsOf(
  db: Reader,
  statusId: StatusId,
  tagIds: readonly TagId[] = [],
): Promise<Whereabouts | null> {
  const { rows } = await db.execute<Whereabouts>(sql`
    select account_id as "accountId", visibility = 'public' and reblog_of_id is null as "isPublic", is_local as "isLocal", has_media as "hasMedia",
      created_at > now() - interval '6 hours' as "isRecent",
      array(select t.name from tags t where t.id = any(${arrayOf(tagIds)}::bigint[]) or t.id in (select tag_id from status_tags where status_id = statuses.id)) as tags
    from statuses where id = ${statusId}`)
  return rows[0] ?? null
}

/** Which of some local accounts are shown a status on their home timelines. */
export async function homeWatchers(db: Reader, statusId: StatusId, among: readonly AccountId[]): Promise<AccountId[]> {
  return withoutRepeated(db, statusId, await homesWith(db, statusId, among), mayKnowBoosted, isRepeatOnHome)
}

/** Which of some lists show a status. */
export async function listWatchers(db: Reader, statusId: StatusId, among: readonly ListId[]): Promise<ListId[]> {
  return withoutRepeated(db, statusId, await listRulesWith(db, statusId, among), mayListBoosted, isRepeatOnList)
}

/** Boosts of a status, before the one in question, that are looked at: more of them are not among the entries just below it. */
const maxEarlierBoosts = 1_000
/** Timelines that are read side by side. */
const atOnce = 4

/**
 * Leaves out the timelines on which a boost is a repeat. Only those that may have the post already are read, which are few:
 * a page of ids each.
 */
async function withoutRepeated<Id extends string>(
  db: Reader,
  statusId: StatusId,
  timelines: Id[],
  mayHaveBoosted: (db: Reader, boost: Entry, among: Id[]) => Promise<Id[]>,
  isRepeatOn: (db: Reader, timeline: Id, boost: Entry) => Promise<boolean>,
): Promise<Id[]> {
  if (timelines.length === 0) return []
  const [boost] = await db
    .select({ id: statuses.id, reblogOfId: statuses.reblogOfId })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), isNotNull(statuses.reblogOfId)))
  if (!boost) return timelines
  const possible = await mayHaveBoosted(db, boost, timelines)
  const repeated = new Set<Id>()
  await mapConcurrently(possible, atOnce, async (id) => void ((await isRepeatOn(db, id, boost)) && repeated.add(id)))
  return timelines.filter((id) => !repeated.has(id))
}

/** Accounts that may have the boosted status, or an earlier boost of it, on their home timelines. */
async function mayKnowBoosted(db: Reader, boost: Entry, among: AccountId[]): Promise<AccountId[]> {
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    with earlier as materialized (${earlierAuthors(boost)})
    select account_id as id from earlier where account_id = any(${arrayOf(among)}::bigint[])
    union select f.follower_id from earlier e join follows f on f.target_id = e.account_id where f.follower_id = any(${arrayOf(among)}::bigint[])
    union select f.account_id from status_tags t join tag_follows f on f.tag_id = t.tag_id where t.status_id = ${boost.reblogOfId} and f.account_id = any(${arrayOf(among)}::bigint[])`)
  return rows.map(({ id }) => id)
}

/** The same of lists. */
async function mayListBoosted(db: Reader, boost: Entry, among: ListId[]): Promise<ListId[]> {
  const { rows } = await db.execute<{ id: ListId }>(sql`
    with earlier as materialized (${earlierAuthors(boost)})
    select distinct m.list_id as id from earlier e join list_accounts m on m.account_id = e.account_id where m.list_id = any(${arrayOf(among)}::bigint[])`)
  return rows.map(({ id }) => id)
}

const earlierAuthors = ({ id, reblogOfId }: Entry): SQL => sql`
  select account_id from statuses where id = ${reblogOfId}
  union all (select account_id from statuses where reblog_of_id = ${reblogOfId} and id < ${id} and deleted_at is null order by id desc limit ${maxEarlierBoosts})`

/** Which of some local accounts are shown a status where everybody's public statuses are. */
export async function publicWatchers(
  db: Reader,
  statusId: StatusId,
  among: readonly AccountId[],
): Promise<AccountId[]> {
  if (among.length === 0) return []
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select viewer.id from unnest(${arrayOf(among)}::bigint[]) viewer(id)
    where exists (select from ${statuses} where ${statuses.id} = ${statusId} and ${isListed(sql`viewer.id`)})`)
  return rows.map(({ id }) => id)
}

const maxBoosts = 50

/**
 * Which of some local accounts may have had a status on their home timelines that was deleted, or one of the latest boosts
 * of it, each with what is to leave.
 *
 * @param tagIds hashtags that it had
 */
export async function formerHomeWatchers(
  db: Reader,
  statusId: StatusId,
  tagIds: readonly TagId[],
  among: readonly AccountId[],
): Promise<{ id: AccountId; statusId: StatusId }[]> {
  if (among.length === 0) return []
  const { rows } = await db.execute<{ id: AccountId; statusId: StatusId }>(sql`
    select viewer.id, s.id as "statusId"
    from unnest(${arrayOf(among)}::bigint[]) viewer(id), ${goneWith(statusId)} s
    where s.account_id = viewer.id or (not ${blockedEitherWay(sql`viewer.id`, sql`s.account_id`)} and (
      exists (select from follows f where f.follower_id = viewer.id and f.target_id = s.account_id)
      or exists (select from mentions m where m.status_id = s.id and m.account_id = viewer.id)
      or (s.visibility = 'public' and exists (select from tag_follows t where t.account_id = viewer.id and t.tag_id = any(${arrayOf(tagIds)}::bigint[])))))`)
  return rows
}

/** The same of lists. */
export async function formerListWatchers(
  db: Reader,
  statusId: StatusId,
  among: readonly ListId[],
): Promise<{ id: ListId; statusId: StatusId }[]> {
  if (among.length === 0) return []
  const { rows } = await db.execute<{ id: ListId; statusId: StatusId }>(sql`
    select m.list_id as id, s.id as "statusId" from ${goneWith(statusId)} s join list_accounts m on m.account_id = s.account_id
    where m.list_id = any(${arrayOf(among)}::bigint[]) and s.visibility <> 'direct'`)
  return rows
}

/** Which of some accounts neither block nor are blocked by another. */
export async function unblocked(db: Reader, accountId: AccountId, among: readonly AccountId[]): Promise<AccountId[]> {
  if (among.length === 0) return []
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select viewer.id from unnest(${arrayOf(among)}::bigint[]) viewer(id) where not ${blockedEitherWay(sql`viewer.id`, accountId)}`)
  return rows.map(({ id }) => id)
}

const goneWith = (statusId: StatusId): SQL => sql`(
  select id, account_id, visibility from statuses where id = ${statusId}
  union all (select id, account_id, visibility from statuses where reblog_of_id = ${statusId} and deleted_at is not null order by id desc limit ${maxBoosts}))`
