/**
 * Finds the connected accounts whose timelines show a status. `home-rule.ts` has the rules of home and lists,
 * `repeats.ts` the boosts that they leave out.
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
import { answersOthers, isListed } from './listed.ts'
import type { Entry } from './repeats.ts'

/** The properties of a status that decide its public streams; its visibility to a viewer is checked separately. */
export type StreamTraits = {
  accountId: AccountId
  /** Public, and no boost. */
  isPublic: boolean
  /** Whether it answers somebody else: streams of hashtags have it, public ones do not. */
  answersOthers: boolean
  isLocal: boolean
  hasMedia: boolean
  /** Keys of its hashtags. */
  tags: string[]
  /**
   * Whether it is of the last 6 hours, by its author's clock. Statuses fetched for a thread are mostly older, and no
   * news.
   */
  isRecent: boolean
}

/**
 * @param tagIds hashtags of a status that was deleted since
 * @returns null when no row is left of it
 */
export async function loadStreamTraits(
  db: Reader,
  statusId: StatusId,
  tagIds: readonly TagId[] = [],
): Promise<StreamTraits | null> {
  const { rows } = await db.execute<StreamTraits>(sql`
    select account_id as "accountId", visibility = 'public' and reblog_of_id is null as "isPublic", ${answersOthers} as "answersOthers", is_local as "isLocal", has_media as "hasMedia",
      created_at > now() - interval '6 hours' as "isRecent",
      array(select t.name from tags t where t.id = any(${arrayOf(tagIds)}::bigint[]) or t.id in (select tag_id from status_tags where status_id = statuses.id)) as tags
    from statuses where id = ${statusId}`)
  return rows[0] ?? null
}

/** The local accounts among some whose home timelines show a status. */
export async function homeWatchers(db: Reader, statusId: StatusId, among: readonly AccountId[]): Promise<AccountId[]> {
  return withoutRepeated(db, statusId, await homesWith(db, statusId, among), mayKnowBoosted, isRepeatOnHome)
}

/** The lists among some that show a status. */
export async function listWatchers(db: Reader, statusId: StatusId, among: readonly ListId[]): Promise<ListId[]> {
  return withoutRepeated(db, statusId, await listRulesWith(db, statusId, among), mayListBoosted, isRepeatOnList)
}

/** Earlier boosts of a status that are checked: further ones are not among the entries just below the new boost. */
const maxEarlierBoosts = 1_000
/** Timelines that are read in parallel. */
const atOnce = 4

/**
 * Leaves out the timelines on which a boost is a repeat. Reads a page of ids of each timeline that may have the post
 * already; these are few.
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

/** The local accounts among some that are shown a status on public timelines. */
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
 * The local accounts among some whose home timelines may have shown a deleted status, or one of its latest boosts, each
 * with the status or boost to remove.
 *
 * @param tagIds hashtags that the status had
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

/** The accounts among some that neither block nor are blocked by an account. */
export async function unblocked(db: Reader, accountId: AccountId, among: readonly AccountId[]): Promise<AccountId[]> {
  if (among.length === 0) return []
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select viewer.id from unnest(${arrayOf(among)}::bigint[]) viewer(id) where not ${blockedEitherWay(sql`viewer.id`, accountId)}`)
  return rows.map(({ id }) => id)
}

const goneWith = (statusId: StatusId): SQL => sql`(
  select id, account_id, visibility from statuses where id = ${statusId}
  union all (select id, account_id, visibility from statuses where reblog_of_id = ${statusId} and deleted_at is not null order by id desc limit ${maxBoosts}))`
