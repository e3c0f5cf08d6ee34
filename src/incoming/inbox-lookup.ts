import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Db } from '../platform/db/index.ts'
import { statement } from '../platform/db/statement.ts'
import type { Uris } from '../platform/uris.ts'
import { digestOf } from './received.ts'
import { isRelayOf } from './relays/receive.ts'

/** The result of a look-up for a received activity. */
export type InboxLookup = {
  /** When it arrived, by the clock of the database, which all processes share. */
  arrivedAt: Date
  /** Whether it took effect before. */
  isRepeated: boolean
  /** `suspended`, here or by its own server; `gone`: deleted. */
  actor: 'unknown' | 'known' | 'suspended' | 'gone'
  /** Whether the actor is a relay that this server asked for its posts. */
  isRelay: boolean
  /** Whether a local account follows the actor, or asked to. */
  isFollowed: boolean
  /** Whether this server has a status that it is about. */
  isAboutKnown: boolean
}

const findInbox = statement<
  { key: string | null; actor: string; about: string; statusIds: string },
  InboxLookup & { at: string }
>(
  'inbox_lookup',
  ({ key, actor, about, statusIds }) => sql`
    with about as materialized (select array(select jsonb_array_elements_text(${about}::jsonb)) as uris),
    actor as materialized (select id, case when deleted_at is not null then 'gone' when suspended_at is not null then 'suspended' else 'known' end as state from accounts where uri = ${actor})
    select exists (select from received_activities where key = ${key} and said is null) as "isRepeated",
      coalesce((select state from actor), 'unknown') as actor,
      exists (select from relays where state <> 'idle' and ${isRelayOf(actor)}) as "isRelay",
      exists (select from actor join follows f on f.target_id = actor.id join accounts a on a.id = f.follower_id where a.domain is null)
        or exists (select from actor join follow_requests f on f.target_id = actor.id join accounts a on a.id = f.follower_id where a.domain is null) as "isFollowed",
      exists (select from statuses s where s.uri = any((select uris from about)::text[]) and s.deleted_at is null)
        or exists (select from statuses s where s.url = any((select uris from about)::text[]) and s.deleted_at is null)
        or exists (select from statuses s where s.id = any(${statusIds}::bigint[]) and s.deleted_at is null) as "isAboutKnown",
      now() as at`,
)

/**
 * Looks up a received activity in one query, before anything that costs more.
 *
 * @param key identifies repeats of an activity that counts once; null when the worker decides that
 * @param about URIs of its subjects; a local status may be named by any of its URLs
 */
export async function lookUpInbox(
  db: Db,
  uris: Uris,
  key: string | null,
  actor: string,
  about: readonly string[],
): Promise<InboxLookup> {
  const statusIds = about.flatMap((uri) => {
    const own = uris.parse(uri)
    return own?.type === 'status' ? [own.id] : []
  })
  const values = {
    key: key === null ? null : digestOf(key),
    actor,
    about: JSON.stringify(about),
    statusIds: arrayOf(statusIds),
  }
  const [found] = await findInbox(db, values)
  if (!found) throw new Error('The inbox look-up returned no row')
  const { at, ...seen } = found
  return { ...seen, arrivedAt: new Date(at) }
}
