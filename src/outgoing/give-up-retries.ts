import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { constant } from '../platform/db/statement.ts'
import type { StatusId } from '../platform/ids.ts'
import { maxHoldingTries } from './leases.ts'
import { endDeliveries, lockHosts } from './outcomes.ts'

/**
 * Gives up deliveries of a status that no longer hold back later ones: they would arrive after its Delete or Undo, and the
 * receiver would keep what was deleted. Runs after the Delete is stored, in its transaction, which has locked the same hosts.
 */
export async function giveUpRetries(tx: Tx, statusId: StatusId): Promise<void> {
  const { rows } = await tx.execute<{ host: string }>(sql`
    select distinct d.host from activities a join deliveries d on d.activity_id = a.id
    where a.status_id = ${statusId} and d.attempts >= ${constant(maxHoldingTries)}`)
  if (rows.length === 0) return
  await lockHosts(
    tx,
    rows.map(({ host }) => host),
  )
  await endDeliveries(
    tx,
    sql`
    delete from deliveries d using activities a
    where a.id = d.activity_id and a.status_id = ${statusId} and d.attempts >= ${constant(maxHoldingTries)}
    returning d.activity_id, d.inbox_url, d.host, 'The post was deleted' as error`,
  )
}
