import { sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import type { AccountId } from '../ids.ts'

/** How a viewer stands to an account, and it to the viewer. */
export type RelationshipView = {
  id: AccountId
  following: boolean
  showsReblogs: boolean
  followedBy: boolean
  requested: boolean
  requestedBy: boolean
  blocking: boolean
  blockedBy: boolean
  muting: boolean
  mutingNotifications: boolean
}

/** The viewer's relationships to accounts, in one query, in the order of the ids; unknown ids are left out. */
export async function loadRelationships(db: Reader, viewer: AccountId, ids: AccountId[]): Promise<RelationshipView[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<RelationshipView>(sql`
    select a.id,
      f.id is not null as "following",
      coalesce(f.shows_reblogs, r.shows_reblogs, false) as "showsReblogs",
      exists (select from follows x where x.follower_id = a.id and x.target_id = ${viewer}) as "followedBy",
      r.id is not null as "requested",
      exists (select from follow_requests x where x.follower_id = a.id and x.target_id = ${viewer}) as "requestedBy",
      exists (select from blocks x where x.account_id = ${viewer} and x.target_id = a.id) as "blocking",
      exists (select from blocks x where x.account_id = a.id and x.target_id = ${viewer}) as "blockedBy",
      m.id is not null as "muting",
      coalesce(m.hides_notifications, false) as "mutingNotifications"
    from unnest(${`{${ids.join(',')}}`}::bigint[]) with ordinality as wanted(id, place)
    join accounts a on a.id = wanted.id
    left join follows f on f.follower_id = ${viewer} and f.target_id = a.id
    left join follow_requests r on r.follower_id = ${viewer} and r.target_id = a.id
    left join mutes m on m.account_id = ${viewer} and m.target_id = a.id
    order by wanted.place`)
  return rows
}
