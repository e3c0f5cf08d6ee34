import { sql } from 'drizzle-orm'
import type { Db } from '../db/index.ts'

/** Gives up what waits to be sent to some hosts. */
export async function dropDeliveries(db: Db, isDropped: (host: string) => boolean): Promise<void> {
  const { rows } = await db.execute<{ host: string }>(sql`
    with recursive leap as (
      (select host from deliveries where state = 'pending' order by host limit 1)
      union all
      select next.host from leap cross join lateral (select host from deliveries where state = 'pending' and host > leap.host order by host limit 1) next)
    select host from leap`)
  for (const { host } of rows.filter(({ host }) => isDropped(host))) {
    await db.execute(sql`update deliveries set state = 'failed', finished_at = now(), last_error = 'The server is suspended here' where host = ${host} and state = 'pending'`)
  }
}
