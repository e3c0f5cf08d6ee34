/** Which other servers got a local post, for its author. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import type { StatusId } from '../platform/ids.ts'

/**
 * `delivered`: an inbox of the server took it. `waiting`: a delivery is still to be made, or made again. `refused`: the server
 * answered that it does not want it. `gone`: the server or the inbox is no longer there, or did not answer for too long.
 */
type ReachState = 'delivered' | 'waiting' | 'refused' | 'gone'

export type ServerReach = {
  host: string
  state: ReachState
  /** When the next attempt is due, for waiting ones; null while deliveries to the server are stopped. */
  nextTryAt: Date | null
  /** Why the last attempt failed, as far as one did. */
  error: string | null
}

export type Reach = { counts: Record<ReachState, number>; servers: ServerReach[] }

/** Answers that refuse for good; others in outcomes mean that nobody was there. */
const refusal = sql`'^Answered with status (?!404|410)4'`

/**
 * The servers that a local status went to, or is to go to: the number in each state, and a page of them, by name. The states of
 * interest come first: waiting, refused and gone ones before those that got it.
 *
 * @param page how many servers come before the page, and how many are on it
 */
export async function reachOf(
  db: Reader,
  statusId: StatusId,
  { offset, limit }: { offset: number; limit: number },
): Promise<Reach> {
  const { rows } = await db.execute<{
    counts: Partial<Record<ReachState, number>>
    servers: (Omit<ServerReach, 'nextTryAt'> & { nextTryAt: string | null })[]
  }>(sql`
    with waiting as (
      select d.host, min(greatest(d.next_try_at, h.next_try_at)) as next_try_at, bool_or(h.stopped_at is not null) as is_stopped,
        max(coalesce(d.last_error, h.last_error)) filter (where d.attempts > 0 or h.failures > 0) as error
      from activities a join deliveries d on d.activity_id = a.id left join hosts h on h.host = d.host
      where a.status_id = ${statusId} group by d.host),
    finished as (
      select i.host, bool_or(done.error is null) as is_delivered, max(done.error) as error
      from (select unnest(inbox_ids) as inbox_id, error from delivery_outcomes where status_id = ${statusId}) done join inboxes i on i.id = done.inbox_id
      group by i.host),
    servers as materialized (
      select host, case when w.host is not null then 'waiting' when f.is_delivered then 'delivered' when f.error ~ ${refusal} then 'refused' else 'gone' end as state,
        case when not w.is_stopped then w.next_try_at end as next_try_at,
        case when w.host is not null then w.error when not f.is_delivered then f.error end as error
      from waiting w full join finished f using (host))
    select (select coalesce(json_object_agg(state, n), '{}') from (select state, count(*)::int as n from servers group by state) counted) as counts,
      (select coalesce(json_agg(json_build_object('host', host, 'state', state, 'nextTryAt', next_try_at, 'error', error)), '[]') from (
        select * from servers order by state = 'delivered', state, host offset ${offset} limit ${limit}) shown) as servers`)
  const [found] = rows
  return {
    counts: { delivered: 0, waiting: 0, refused: 0, gone: 0, ...found?.counts },
    servers: (found?.servers ?? []).map((server) => ({
      ...server,
      nextTryAt: server.nextTryAt === null ? null : new Date(server.nextTryAt),
    })),
  }
}
