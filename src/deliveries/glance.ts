import { sql } from 'drizzle-orm'
import type { Db } from '../db/index.ts'
import { statement } from '../db/statement.ts'

/** What is known here of a received activity. */
export type Glance = {
  /** It took effect before. */
  isRepeated: boolean
  /** `barred`: suspended or deleted. */
  actor: 'unknown' | 'known' | 'barred'
  /** Whether a local account follows the actor, or asked to. */
  isFollowed: boolean
  /** Whether a status is here that it is about. */
  isAboutKnown: boolean
}

const look = statement<{ id: string | null; actor: string; about: string }, Glance>(
  'glance',
  ({ id, actor, about }) => sql`
    with about as materialized (select array(select jsonb_array_elements_text(${about}::jsonb)) as uris),
    actor as materialized (select id, suspended_at is not null or deleted_at is not null as is_barred from accounts where uri = ${actor})
    select exists (select from received_activities where uri = ${id}) as "isRepeated",
      coalesce((select case when is_barred then 'barred' else 'known' end from actor), 'unknown') as actor,
      exists (select from actor join follows f on f.target_id = actor.id join accounts a on a.id = f.follower_id where a.domain is null)
        or exists (select from actor join follow_requests f on f.target_id = actor.id join accounts a on a.id = f.follower_id where a.domain is null) as "isFollowed",
      exists (select from statuses s where s.uri = any((select uris from about)::text[]) and s.deleted_at is null)
        or exists (select from statuses s where s.url = any((select uris from about)::text[]) and s.deleted_at is null) as "isAboutKnown"`,
)

/**
 * One look at the database before anything that costs more.
 *
 * @param id of the activity
 * @param about URIs of what it is about
 */
export async function glance(db: Db, id: string | null, actor: string, about: readonly string[]): Promise<Glance> {
  const [found] = await look(db, { id, actor, about: JSON.stringify(about) })
  if (!found) throw new Error('A look always shows something')
  return found
}
