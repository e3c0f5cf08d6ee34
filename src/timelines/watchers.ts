/** Who of those that are connected is shown something about a status; `home-rule.ts` says it for home and for lists. */
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, ListId, StatusId, TagId } from '../ids.ts'
import { blockedEitherWay } from '../relationships/predicates.ts'
import { arrayOf } from './home-rule.ts'
import { isListed } from './listed.ts'

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
export async function whereaboutsOf(db: Reader, statusId: StatusId, tagIds: readonly TagId[] = []): Promise<Whereabouts | null> {
  const { rows } = await db.execute<Whereabouts>(sql`
    select account_id as "accountId", visibility = 'public' and reblog_of_id is null as "isPublic", is_local as "isLocal", has_media as "hasMedia",
      created_at > now() - interval '6 hours' as "isRecent",
      array(select t.name from tags t where t.id = any(${arrayOf(tagIds)}::bigint[]) or t.id in (select tag_id from status_tags where status_id = statuses.id)) as tags
    from statuses where id = ${statusId}`)
  return rows[0] ?? null
}

/** Which of some local accounts are shown a status where everybody's public statuses are. */
export async function publicWatchers(db: Reader, statusId: StatusId, among: readonly AccountId[]): Promise<AccountId[]> {
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
export async function formerHomeWatchers(db: Reader, statusId: StatusId, tagIds: readonly TagId[], among: readonly AccountId[]): Promise<{ id: AccountId; statusId: StatusId }[]> {
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
export async function formerListWatchers(db: Reader, statusId: StatusId, among: readonly ListId[]): Promise<{ id: ListId; statusId: StatusId }[]> {
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
