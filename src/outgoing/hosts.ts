/** Other servers as an admin sees them: what waits for each, how it went, and the switch that stops deliveries by hand. */
import { sql } from 'drizzle-orm'
import type { Reader, Tx } from '../platform/db/index.ts'
import { Refusal } from '../platform/errors.ts'
import type { SignatureKind } from './signature.ts'
import { wakeDelivery } from './store.ts'

export type HostView = {
  host: string
  /** Deliveries that wait; `maxCounted` stands for that many or more. */
  pending: number
  /** When the first of them came to be. */
  oldestAt: Date | null
  /** Failures in a row. */
  failures: number
  /** Null when nothing waits. */
  nextTryAt: Date | null
  isSending: boolean
  stoppedAt: Date | null
  lastSuccessAt: Date | null
  lastFailureAt: Date | null
  lastError: string | null
  signature: SignatureKind
}

/** So far deliveries that wait for one host are counted. */
export const maxCounted = 10_000

type Row = Omit<HostView, 'oldestAt' | 'nextTryAt' | 'stoppedAt' | 'lastSuccessAt' | 'lastFailureAt'> &
  Record<'oldestAt' | 'nextTryAt' | 'stoppedAt' | 'lastSuccessAt' | 'lastFailureAt', string | null>

/**
 * A page of the servers that something was sent to, by name.
 *
 * @param options `isFailing`: only those that failed at their last try, or are stopped; `after`: from the one behind this name on
 */
export async function listHosts(
  db: Reader,
  { isFailing = false, after = '', limit }: { isFailing?: boolean; after?: string; limit: number },
): Promise<HostView[]> {
  const { rows } = await db.execute<Row>(sql`
    select h.host, h.failures, h.next_try_at as "nextTryAt", coalesce(h.lease_ends_at > now(), false) as "isSending", h.stopped_at as "stoppedAt",
      h.last_success_at as "lastSuccessAt", h.last_failure_at as "lastFailureAt", h.last_error as "lastError", h.signature, waiting.n as pending, waiting.oldest as "oldestAt"
    from (select * from hosts where host > ${after} and (failures > 0 or stopped_at is not null or not ${isFailing}::boolean) order by host limit ${limit}) h
    cross join lateral (
      select count(*)::int as n, min(created_at) as oldest
      from (select created_at from deliveries where deliveries.host = h.host order by activity_id limit ${maxCounted}) first) waiting
    order by h.host`)
  const moment = (text: string | null) => (text === null ? null : new Date(text))
  return rows.map((row) => ({
    ...row,
    oldestAt: moment(row.oldestAt),
    nextTryAt: moment(row.nextTryAt),
    stoppedAt: moment(row.stoppedAt),
    lastSuccessAt: moment(row.lastSuccessAt),
    lastFailureAt: moment(row.lastFailureAt),
  }))
}

/**
 * Sends a server now what waits for it, however it failed before. Where that is going on, nothing changes.
 *
 * @throws Refusal `not_found` for a server that nothing was ever sent to, `conflict` where deliveries are stopped
 */
export async function retryHost(tx: Tx, host: string): Promise<void> {
  const { stopped } = await known(tx, host)
  if (stopped) throw new Refusal('conflict', `Deliveries to ${host} are stopped`)
  // Deliveries that were refused wait for themselves, not for their server.
  await tx.execute(sql`update deliveries set next_try_at = now() where host = ${host} and next_try_at > now()`)
  await due(tx, host)
}

/**
 * Stops deliveries to a server until they are resumed; they wait meanwhile, and none is lost. One that is under way still ends.
 *
 * @throws Refusal `not_found` for a server that nothing was ever sent to
 */
export async function stopHost(tx: Tx, host: string): Promise<void> {
  await known(tx, host)
  await tx.execute(sql`update hosts set stopped_at = coalesce(stopped_at, now()) where host = ${host}`)
}

/** Sends a server again what it is to get, beginning with what has waited. @throws Refusal as `stopHost` */
export async function resumeHost(tx: Tx, host: string): Promise<void> {
  await known(tx, host)
  await tx.execute(sql`update hosts set stopped_at = null where host = ${host}`)
  await due(tx, host)
}

async function known(tx: Tx, host: string): Promise<{ stopped: boolean }> {
  const { rows } = await tx.execute<{ stopped: boolean }>(
    sql`select stopped_at is not null as stopped from hosts where host = ${host} for update`,
  )
  const [found] = rows
  if (!found) throw new Refusal('not_found', `Nothing was ever sent to ${host}`)
  return found
}

async function due(tx: Tx, host: string): Promise<void> {
  await tx.execute(sql`
    update hosts set next_try_at = now() where host = ${host} and (lease_ends_at is null or lease_ends_at <= now())
      and exists (select from deliveries d where d.host = hosts.host)`)
  await wakeDelivery(tx)
}
