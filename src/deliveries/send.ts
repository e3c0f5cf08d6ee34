/**
 * The state of deliveries. A host's row says when anything may be sent to it next: jobs take their turn by moving that time
 * ahead, so one job sends to a host at a time, in order, and a job that dies gives the host back when its turn is over.
 * Failures of a host as a whole count there, too; each delivery counts only its own.
 */
import { and, eq, sql } from 'drizzle-orm'
import type { Db, Tx } from '../db/index.ts'
import { activities, deliveries, hosts } from '../db/schema/federation.ts'
import type { AccountId, Id } from '../ids.ts'
import { queueHosts } from './store.ts'

export type SignatureKind = 'cavage' | 'rfc9421'
export type Turn = { signature: SignatureKind; failures: number }

export type DueDelivery = { id: Id<'delivery'>; inboxUrl: string; attempts: number; createdAt: Date; accountId: AccountId | null; body: string }

/** How a try ended. `retryMs`: it will be tried again then; null: it is finished. `counts`: it was about this delivery, not its host. */
export type Outcome = {
  id: Id<'delivery'>
  state: 'delivered' | 'failed' | 'pending'
  status: number | null
  error: string | null
  retryMs: number | null
  counts: boolean
}

/** What a turn taught of the host itself. */
export type HostOutcome = { isUp: boolean; signature: SignatureKind; error: string | null; waitMs: number }

/** Longer than a job sends in one turn, shorter than anybody would miss the host's deliveries after a crash. */
const turnMs = 60_000
/** Undelivered after this time, an activity is given up when its host is down. */
const maxAgeMs = 3 * 24 * 3_600_000

/** Takes the turn of sending to a host; null when another job has it, or the host is to be left alone for now. */
export async function takeTurn(db: Db, host: string): Promise<Turn | null> {
  const until = sql`now() + ${turnMs} * interval '1 millisecond'`
  const [taken] = await db
    .insert(hosts)
    .values({ host, nextTryAt: until })
    .onConflictDoUpdate({ target: hosts.host, set: { nextTryAt: until }, setWhere: sql`${hosts.nextTryAt} <= now()` })
    .returning({ signature: hosts.signature, failures: hosts.failures })
  return taken ?? null
}

/** What is to be sent to a host now, in order. Nothing overtakes an earlier delivery to the same inbox that has to wait. */
export async function dueDeliveries(db: Db, host: string, limit: number): Promise<DueDelivery[]> {
  return db
    .select({
      id: deliveries.id,
      inboxUrl: deliveries.inboxUrl,
      attempts: deliveries.attempts,
      createdAt: deliveries.createdAt,
      accountId: activities.accountId,
      body: activities.body,
    })
    .from(deliveries)
    .innerJoin(activities, eq(activities.id, deliveries.activityId))
    .where(
      and(
        eq(deliveries.host, host),
        eq(deliveries.state, 'pending'),
        sql`${deliveries.nextTryAt} <= now()`,
        sql`not exists (select from deliveries earlier where earlier.host = ${deliveries.host} and earlier.state = 'pending'
          and earlier.next_try_at > now() and earlier.inbox_url = ${deliveries.inboxUrl} and earlier.id < ${deliveries.id})`,
      ),
    )
    .orderBy(deliveries.id)
    .limit(limit)
}

/** Writes down how deliveries ended, while the turn goes on. */
export async function saveOutcomes(db: Pick<Tx, 'execute'>, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await db.execute(sql`
    update deliveries d set state = o.state, attempts = d.attempts + o.counts::int, last_status = o.status, last_error = o.error,
      next_try_at = now() + coalesce(o."retryMs", 0) * interval '1 millisecond',
      finished_at = case when o.state = 'pending' then null else now() end
    from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) as o(id bigint, state text, status int, error text, "retryMs" bigint, counts boolean)
    where d.id = o.id and d.state = 'pending'`)
}

/**
 * Ends a turn, and queues the next one for when something will be due. What a host that is down missed for too long is given up.
 *
 * @param outcome null when nothing was sent
 */
export async function endTurn(db: Db, host: string, outcome: HostOutcome | null): Promise<void> {
  await db.transaction(async (tx) => {
    if (outcome) await judgeHost(tx, host, outcome)
    else await tx.update(hosts).set({ nextTryAt: sql`now()` }).where(eq(hosts.host, host))
    await queueNext(tx, host)
  })
}

async function judgeHost(tx: Tx, host: string, outcome: HostOutcome): Promise<void> {
  await tx
    .update(hosts)
    .set({
      failures: outcome.isUp ? 0 : sql`${hosts.failures} + 1`,
      signature: outcome.signature,
      nextTryAt: sql`now() + ${outcome.waitMs} * interval '1 millisecond'`,
      lastError: outcome.error,
      ...(outcome.isUp ? { lastSuccessAt: sql`now()` } : { lastFailureAt: sql`now()` }),
    })
    .where(eq(hosts.host, host))
  if (!outcome.isUp) {
    await tx
      .update(deliveries)
      .set({ state: 'failed', finishedAt: sql`now()`, lastError: outcome.error })
      .where(and(eq(deliveries.host, host), eq(deliveries.state, 'pending'), sql`${deliveries.createdAt} < now() - ${maxAgeMs} * interval '1 millisecond'`))
  }
}

/**
 * Queues the job of a host for when something of it is due and its turn can be taken; nothing if nothing waits. Of each inbox
 * that is the earliest delivery: those behind it wait for it.
 */
export async function queueNext(tx: Tx | Db, host: string): Promise<void> {
  const { rows } = await tx.execute<{ at: Date | null }>(sql`
    select greatest(min(first.next_try_at), (select h.next_try_at from hosts h where h.host = ${host}), now()) as at
    from (select distinct on (inbox_url) next_try_at from deliveries where host = ${host} and state = 'pending' order by inbox_url, id) first having count(*) > 0`)
  const at = rows[0]?.at
  if (at) await queueHosts(tx, [host], new Date(at))
}

/**
 * A host that was down showed itself: it gets what waits for it at once. Where little is left to wait, that may be the turn of a
 * job that sends to it right now, which nobody may take away.
 */
export async function hostIsBack(db: Db, host: string): Promise<void> {
  const back = await db
    .update(hosts)
    .set({ failures: 0, nextTryAt: sql`now()` })
    .where(and(eq(hosts.host, host), sql`${hosts.failures} > 0`, sql`${hosts.nextTryAt} > now() + ${turnMs} * interval '1 millisecond'`))
    .returning({ host: hosts.host })
  if (back.length > 0) await queueNext(db, host)
}

/** Queues jobs for hosts whose deliveries are due, should theirs have been lost; returns how many hosts. */
export async function requeueDue(db: Db): Promise<number> {
  const { rows } = await db.execute<{ host: string }>(sql`
    select distinct d.host from deliveries d left join hosts h on h.host = d.host
    where d.state = 'pending' and d.next_try_at <= now() - interval '10 seconds' and coalesce(h.next_try_at, now()) <= now() limit 1000`)
  await queueHosts(db, rows.map((row) => row.host))
  return rows.length
}
