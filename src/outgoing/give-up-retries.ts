import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { constant } from '../platform/db/statement.ts'
import type { AccountId, ActivityId, StatusId } from '../platform/ids.ts'
import { hostSql } from '../text/host-sql.ts'
import { maxHoldingTries } from './leases.ts'
import { endDeliveries, lockHosts } from './outcomes.ts'

/**
 * Earlier activities that a new one makes obsolete: all that contain a deleted status; the undone activity with a URI;
 * or the opposite answers of an account to Follows by an actor. Those are looked for among the deliveries that wait for
 * the inbox's host.
 */
export type Obsolete =
  | { statusId: StatusId }
  | { uri: string }
  | { answersOf: AccountId; type: 'Accept' | 'Reject'; to: string; inbox: string; before: ActivityId }

/**
 * Gives up obsolete deliveries that no longer hold back later ones: they would arrive after the Delete, Undo or opposite answer, and
 * the receiver would believe them. Runs after that activity is stored, in its transaction, which has locked the same hosts.
 */
export async function giveUpRetries(tx: Tx, obsolete: Obsolete): Promise<void> {
  const { rows } = await tx.execute<{ host: string }>(sql`
    select distinct d.host from activities a join deliveries d on d.activity_id = a.id
    where ${isObsolete(obsolete)} and d.attempts >= ${constant(maxHoldingTries)}`)
  if (rows.length === 0) return
  await lockHosts(
    tx,
    rows.map(({ host }) => host),
  )
  const reason = 'statusId' in obsolete ? 'The post was deleted' : 'It was taken back'
  await endDeliveries(
    tx,
    sql`
    delete from deliveries d using activities a
    where a.id = d.activity_id and ${isObsolete(obsolete)} and d.attempts >= ${constant(maxHoldingTries)}
    returning d.activity_id, d.inbox_url, d.host, ${reason}::text as error`,
  )
}

function isObsolete(obsolete: Obsolete): SQL {
  if ('statusId' in obsolete) return sql`a.status_id = ${obsolete.statusId}`
  if ('uri' in obsolete) return sql`a.uri = ${obsolete.uri}`
  const { answersOf, type, to, inbox, before } = obsolete
  return sql`d.host = ${hostSql(sql`${inbox}::text`)} and d.inbox_url = ${inbox} and d.activity_id < ${before}
    and a.account_id = ${answersOf} and a.type = ${type} and a.body::jsonb #>> '{object,actor}' = ${to}`
}
