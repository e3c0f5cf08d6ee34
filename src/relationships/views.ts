import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { blocksDomainOf } from '../rules/avoidance.ts'

/** The relationship of a viewer to an account, in both directions. */
export type RelationshipView = {
  id: AccountId
  following: boolean
  showsReblogs: boolean
  notifies: boolean
  languages: string[] | null
  followedBy: boolean
  requested: boolean
  requestedBy: boolean
  blocking: boolean
  blockedBy: boolean
  muting: boolean
  mutingNotifications: boolean
  /** Milliseconds since 1970; null: for good, or not muted. */
  mutingExpiresAt: number | null
  domainBlocking: boolean
  endorsed: boolean
  /** The viewer's private note about the account. */
  note: string
}

/** The viewer's relationships to accounts, in one query, in the order of the ids; unknown ids are left out. */
export async function loadRelationships(
  db: Reader,
  viewer: AccountId,
  ids: AccountId[],
  { withSuspended = true } = {},
): Promise<RelationshipView[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<RelationshipView>(sql`
    select a.id,
      f.id is not null as "following",
      coalesce(f.shows_reblogs, r.shows_reblogs, false) as "showsReblogs",
      coalesce(f.notifies, r.notifies, false) as "notifies",
      case when f.id is null then r.languages else f.languages end as "languages",
      exists (select from follows x where x.follower_id = a.id and x.target_id = ${viewer}) as "followedBy",
      r.id is not null as "requested",
      exists (select from follow_requests x where x.follower_id = a.id and x.target_id = ${viewer}) as "requestedBy",
      exists (select from blocks x where x.account_id = ${viewer} and x.target_id = a.id) as "blocking",
      exists (select from blocks x where x.account_id = a.id and x.target_id = ${viewer}) as "blockedBy",
      m.id is not null as "muting",
      coalesce(m.hides_notifications, false) as "mutingNotifications",
      floor(extract(epoch from m.expires_at) * 1000)::float8 as "mutingExpiresAt",
      ${blocksDomainOf(viewer, sql`wanted.id`)} as "domainBlocking",
      exists (select from endorsements e where e.account_id = ${viewer} and e.target_id = a.id) as "endorsed",
      coalesce((select n.comment from account_notes n where n.account_id = ${viewer} and n.target_id = a.id), '') as "note"
    from unnest(${arrayOf(ids)}::bigint[]) with ordinality as wanted(id, place)
    join accounts a on a.id = wanted.id
    left join follows f on f.follower_id = ${viewer} and f.target_id = a.id
    left join follow_requests r on r.follower_id = ${viewer} and r.target_id = a.id
    left join mutes m on m.account_id = ${viewer} and m.target_id = a.id and (m.expires_at is null or m.expires_at > now())
    where ${withSuspended ? sql`true` : sql`a.suspended_at is null`}
    order by wanted.place`)
  return rows
}
