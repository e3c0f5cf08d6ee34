import { sql } from 'drizzle-orm'
/** Other servers for admins: waiting deliveries, successes and failures, and stopping deliveries by hand. */
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { Refusal } from '../platform/errors.ts'
import type { SignatureKind } from './signature.ts'
import { wakeDelivery } from './store.ts'

export type HostView = {
  host: string
  /** Waiting deliveries; `maxCounted` stands for this number or more. */
  pending: number
  /** When the oldest of them was created. */
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

/** Waiting deliveries of one host are counted up to this number. */
export const maxCounted = 10_000

type Row = Omit<HostView, 'oldestAt' | 'nextTryAt' | 'stoppedAt' | 'lastSuccessAt' | 'lastFailureAt'> &
  Record<'oldestAt' | 'nextTryAt' | 'stoppedAt' | 'lastSuccessAt' | 'lastFailureAt', string | null>

/**
 * A page of the servers that this server has sent something to, by name.
 *
 * @param options `isFailing`: only hosts that failed at the last try, or are stopped; `after`: only names after this
 *   one
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
 * Makes the waiting deliveries of a server due now, despite its failures. Changes nothing while they are being sent.
 *
 * @throws Refusal `not_found` for a server that nothing was ever sent to, `conflict` when its deliveries are stopped
 */
export async function retryHost(tx: Tx, staff: Staff, host: string): Promise<void> {
  await recorded(tx, staff, 'retry', host)
  const { stopped } = await lockHost(tx, host)
  if (stopped) throw new Refusal('conflict', `Deliveries to ${host} are stopped`)
  // A refused delivery has a waiting time of its own, apart from its host's.
  await tx.execute(sql`update deliveries set next_try_at = now() where host = ${host} and next_try_at > now()`)
  await makeDue(tx, host)
}

/**
 * Stops deliveries to a server until they are resumed. They wait meanwhile, and none is lost. A running request is not
 * aborted.
 *
 * @throws Refusal `not_found` for a server that nothing was ever sent to
 */
export async function stopHost(tx: Tx, staff: Staff, host: string): Promise<void> {
  await recorded(tx, staff, 'stop', host)
  await lockHost(tx, host)
  await tx.execute(sql`update hosts set stopped_at = coalesce(stopped_at, now()) where host = ${host}`)
}

/** Resumes deliveries to a server, oldest first. @throws Refusal as `stopHost` */
export async function resumeHost(tx: Tx, staff: Staff, host: string): Promise<void> {
  await recorded(tx, staff, 'resume', host)
  await lockHost(tx, host)
  await tx.execute(sql`update hosts set stopped_at = null where host = ${host}`)
  // Deliveries are given up by their age, which the time of the stop does not count towards.
  await tx.execute(sql`update deliveries set created_at = now() where host = ${host}`)
  await makeDue(tx, host)
}

async function recorded(tx: Tx, staff: Staff, action: 'retry' | 'stop' | 'resume', host: string): Promise<void> {
  requirePermission(staff, 'manage_federation')
  await audit(tx, staff, 'domain', action, { id: host, name: host })
}

async function lockHost(tx: Tx, host: string): Promise<{ stopped: boolean }> {
  const { rows } = await tx.execute<{ stopped: boolean }>(
    sql`select stopped_at is not null as stopped from hosts where host = ${host} for update`,
  )
  const [found] = rows
  if (!found) throw new Refusal('not_found', `Nothing was ever sent to ${host}`)
  return found
}

async function makeDue(tx: Tx, host: string): Promise<void> {
  await tx.execute(sql`
    update hosts set next_try_at = now() where host = ${host} and (lease_ends_at is null or lease_ends_at <= now())
      and exists (select from deliveries d where d.host = hosts.host)`)
  await wakeDelivery(tx)
}
