import { sql } from 'drizzle-orm'
import type { Db } from '../db/index.ts'

const deliveriesAtATime = 5_000

/** Gives up what waits to be sent to some hosts. */
export async function dropDeliveries(db: Db, isDropped: (host: string) => boolean, signal?: AbortSignal): Promise<void> {
  const { rows } = await db.execute<{ host: string }>(sql`
    with recursive leap as (
      (select host from deliveries where state = 'pending' order by host limit 1)
      union all
      select next.host from leap cross join lateral (select host from deliveries where state = 'pending' and host > leap.host order by host limit 1) next)
    select host from leap`)
  for (const { host } of rows.filter(({ host }) => isDropped(host))) {
    for (let count = deliveriesAtATime; count === deliveriesAtATime; ) {
      signal?.throwIfAborted()
      count = await dropSome(db, host)
    }
  }
}

async function dropSome(db: Db, host: string): Promise<number> {
  const { rowCount } = await db.execute(sql`
    update deliveries d set state = 'failed', finished_at = now(), last_error = 'The server is suspended here'
    from (select activity_id, inbox_url from deliveries where host = ${host} and state = 'pending' order by activity_id limit ${deliveriesAtATime} for update) waiting
    where d.activity_id = waiting.activity_id and d.inbox_url = waiting.inbox_url`)
  return rowCount ?? 0
}
