import { sql } from 'drizzle-orm'
import { endDeliveries, lockHosts } from '../outgoing/outcomes.ts'
import type { Db } from '../platform/db/index.ts'

const deliveriesAtATime = 5_000

/** Ends the pending deliveries to hosts. */
export async function dropDeliveries(
  db: Db,
  isDropped: (host: string) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { rows } = await db.execute<{ host: string }>(sql`
    with recursive leap as (
      (select host from deliveries order by host limit 1)
      union all
      select next.host from leap cross join lateral (select host from deliveries where host > leap.host order by host limit 1) next)
    select host from leap`)
  for (const { host } of rows.filter(({ host }) => isDropped(host))) {
    for (let count = deliveriesAtATime; count === deliveriesAtATime;) {
      signal?.throwIfAborted()
      count = await dropSome(db, host)
    }
  }
}

async function dropSome(db: Db, host: string): Promise<number> {
  return db.transaction(async (tx) => {
    await lockHosts(tx, [host])
    return endDeliveries(
      tx,
      sql`
      delete from deliveries d using (select activity_id, inbox_url from deliveries where host = ${host} order by activity_id limit ${deliveriesAtATime} for update) waiting
      where d.activity_id = waiting.activity_id and d.inbox_url = waiting.inbox_url
      returning d.activity_id, d.inbox_url, d.host, 'The server is suspended here' as error`,
    )
  })
}
