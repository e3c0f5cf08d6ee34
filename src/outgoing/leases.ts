/**
 * Leases of hosts for deliveries. A worker acquires the lease of a host, for a minute at most: so one worker at a time
 * sends to a host, in order, and the lease of a worker that died expires. The end of a lease stores the outcome of each
 * delivery and the state of the host, which decides the host's next try. Each statement handles many hosts at once.
 */
import { type SQL, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import { constant, statement } from '../platform/db/statement.ts'
import type { AccountId, ActivityId } from '../platform/ids.ts'
import { dayMs, minuteMs } from '../platform/time.ts'
import { markMissingInboxes } from './inbox-gone.ts'
import { endDeliveries, lockHosts } from './outcomes.ts'
import type { SignatureKind } from './signature.ts'
import { wakeDelivery } from './store.ts'

/** A leased host. */
export type Lease = { host: string; failures: number; signature: SignatureKind }

export type DueDelivery = {
  host: string
  activityId: ActivityId
  inboxUrl: string
  attempts: number
  followersDigest: string | null
  accountId: AccountId | null
}

/**
 * The outcome of a try. `retryMs`: time until the next try; null when finished. `counts`: the failure was of this
 * delivery, not of its host.
 */
export type Outcome = {
  activityId: ActivityId
  inboxUrl: string
  state: 'delivered' | 'failed' | 'pending'
  status: number | null
  error: string | null
  retryMs: number | null
  counts: boolean
}

/** The result of a lease. */
export type EndedLease = {
  host: string
  /** The state of the host; null when nothing was sent. `waitMs`: time until the next try. */
  hostState: { isUp: boolean; isSlow: boolean; signature: SignatureKind; error: string | null; waitMs: number } | null
  outcomes: Outcome[]
  /** Whether more is surely due at once. If false, the next due time is looked up. */
  hasMore: boolean
}

/** After this number of tries, a waiting delivery no longer holds back later ones from its sender to the same inbox. */
export const maxHoldingTries = 3
/** Longer than sending takes, and short enough that a crash does not delay a host's deliveries noticeably. */
const leaseMs = minuteMs
/** A delivery older than this is given up at its next failure. */
const maxAgeMs = 3 * dayMs

const claim = statement<{ isSlow: boolean; limit: number }, Lease>(
  'claim_hosts',
  ({ isSlow, limit }) => sql`
    update hosts h set next_try_at = now() + ${sql.raw(String(leaseMs))} * interval '1 millisecond', lease_ends_at = now() + ${sql.raw(String(leaseMs))} * interval '1 millisecond'
    from (
      select host from hosts where is_slow = ${isSlow}::boolean and next_try_at <= now() and stopped_at is null and (lease_ends_at is null or lease_ends_at <= now())
      order by next_try_at limit ${limit}::int for update skip locked) due
    where h.host = due.host returning h.host, h.failures, h.signature`,
)

/**
 * Acquires leases of hosts with due deliveries, longest due first. Hosts that failed or are slow have a lane of their
 * own.
 */
export const acquireLeases = (db: Db, lane: 'fast' | 'slow', limit: number): Promise<Lease[]> =>
  claim(db, { isSlow: lane === 'slow', limit })

/**
 * Whether a delivery waits for an earlier one to the same inbox and from the same sender (the instance is one), which
 * failed and is to be tried again first. Other senders' deliveries don't wait, as one activity that a server fails on
 * would hold up everybody's. Few deliveries are being retried at a time; an index has only those. (`=` compares
 * senders, so that many can be hashed.)
 */
const isHeldBack = (delivery: SQL, sender: SQL): SQL => sql`exists (
  select from deliveries earlier join activities before on before.id = earlier.activity_id
  where earlier.host = ${delivery}.host and earlier.inbox_url = ${delivery}.inbox_url and earlier.activity_id < ${delivery}.activity_id
    and earlier.attempts > 0 and earlier.attempts < ${sql.raw(String(maxHoldingTries))} and earlier.next_try_at > now()
    and coalesce(before.account_id, 0) = coalesce(${sender}, 0))`

// Separate from `claim`, which would not see deliveries that ended while it waited for a row.
const load = statement<{ hosts: string; limit: number }, DueDelivery>(
  'due_deliveries',
  ({ hosts, limit }) => sql`
    select d.host, d.activity_id::text as "activityId", d.inbox_url as "inboxUrl", d.attempts, d.followers_digest as "followersDigest", d.account_id::text as "accountId"
    from jsonb_array_elements_text(${hosts}::jsonb) as leased(host)
    cross join lateral (
      select due.*, a.account_id from deliveries due join activities a on a.id = due.activity_id
      where due.host = leased.host and due.next_try_at <= now() and not ${isHeldBack(sql`due`, sql`a.account_id`)}
      order by due.activity_id limit ${limit}::int) d
    order by d.activity_id`,
)

/** The due deliveries of hosts, in order, at most `limit` for each host, without those held back. */
export const dueDeliveries = (db: Db, hosts: string[], limit: number): Promise<DueDelivery[]> =>
  load(db, { hosts: JSON.stringify(hosts), limit })

/** The bodies of activities, byte for byte as they are sent. */
export async function loadBodies(db: Db, ids: ActivityId[]): Promise<{ id: ActivityId; body: string }[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{ id: ActivityId; body: string }>(sql`
    select id::text as id, body from activities where id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::bigint)`)
  return rows
}

/** Stores the results of leases, and releases the hosts. */
export async function endLeases(db: Db, leases: EndedLease[]): Promise<void> {
  if (leases.length === 0) return
  await db.transaction(async (tx) => {
    // Waits for transactions that store deliveries for one of these hosts, so that the next due time takes them into
    // account.
    await lockHosts(
      tx,
      leases.map(({ host }) => host),
    )
    await saveOutcomes(
      tx,
      leases.flatMap(({ outcomes }) => outcomes),
    )
    const down = leases.filter(({ hostState }) => hostState?.isUp === false).map(({ host }) => host)
    if (down.length > 0) await giveUpOld(tx, down)
    await releaseHosts(tx, leases)
  })
}

async function saveOutcomes(tx: Tx, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await endDeliveries(
    tx,
    sql`
    delete from deliveries d using ${tried(JSON.stringify(outcomes))} where ${isOf} and (o.state <> 'pending' or ${isOld(sql`d`)})
    returning d.activity_id, d.inbox_url, d.host, case when o.state <> 'delivered' then coalesce(o.error, 'Unknown') end as error`,
  )
  const waiting = outcomes.filter(({ state }) => state === 'pending')
  if (waiting.length > 0) await postponeDeliveries(tx, { outcomes: JSON.stringify(waiting) })
  const answered = (status: number) => [
    ...new Set(outcomes.filter((outcome) => outcome.status === status).map(({ inboxUrl }) => inboxUrl)),
  ]
  await markMissingInboxes(tx, { gone: answered(410), missing: answered(404) })
}

const tried = (outcomes: string) =>
  sql`jsonb_to_recordset(${outcomes}::jsonb) as o("activityId" bigint, "inboxUrl" text, state text, status int, error text, "retryMs" bigint, counts boolean)`
const isOf = sql`d.activity_id = o."activityId" and d.inbox_url = o."inboxUrl"`
const isOld = (delivery: SQL): SQL =>
  sql`${delivery}.created_at < now() - ${constant(maxAgeMs)} * interval '1 millisecond'`

const postponeDeliveries = statement<{ outcomes: string }, Record<string, never>>(
  'put_off_deliveries',
  ({ outcomes }) => sql`
    update deliveries d set attempts = d.attempts + o.counts::int, last_status = o.status, last_error = o.error, next_try_at = now() + coalesce(o."retryMs", 0) * interval '1 millisecond'
    from ${tried(outcomes)} where ${isOf}`,
)

/** Gives up the deliveries of hosts that have been down for too long. */
async function giveUpOld(tx: Tx, hosts: string[]): Promise<void> {
  await endDeliveries(
    tx,
    sql`
    delete from deliveries d where d.host in (select jsonb_array_elements_text(${JSON.stringify(hosts)}::jsonb)) and ${isOld(sql`d`)}
    returning d.activity_id, d.inbox_url, d.host, coalesce(d.last_error, 'The server was down for days') as error`,
  )
}

async function releaseHosts(tx: Tx, leases: EndedLease[]): Promise<void> {
  const rows = leases.map(({ host, hasMore, hostState }) => ({
    host,
    hasMore,
    hasState: hostState !== null,
    ...hostState,
    error: hostState?.error?.slice(0, 300) ?? null,
  }))
  // Deliveries that are held back don't decide the next due time: they wait for the one that holds them back.
  await tx.execute(sql`
    update hosts h set lease_ends_at = null,
      failures = case when not t."hasState" then h.failures when t."isUp" then 0 else h.failures + 1 end,
      is_slow = coalesce(t."isSlow", h.is_slow),
      signature = coalesce(t.signature, h.signature),
      last_error = case when t."hasState" then t.error else h.last_error end,
      last_success_at = case when t."isUp" then now() else h.last_success_at end,
      last_failure_at = case when not t."isUp" then now() else h.last_failure_at end,
      next_try_at = case when not coalesce(t."isUp", true) then now() + t."waitMs" * interval '1 millisecond' when t."hasMore" then now() else (
        select min(greatest(d.next_try_at, now())) from deliveries d join activities a on a.id = d.activity_id
        where d.host = h.host and not ${isHeldBack(sql`d`, sql`a.account_id`)}) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(host text, "hasMore" boolean, "hasState" boolean, "isUp" boolean, "isSlow" boolean, signature text, error text, "waitMs" bigint)
    where h.host = t.host`)
}

/** Queues the `deliver` job for the time when the next host is due, if any host waits. */
export async function wakeDeliveryLater(db: Db): Promise<void> {
  const [next] = await nextDue(db, {})
  const at = next?.at
  if (at) await addJobs(db, [{ name: 'deliver', payload: {}, key: 'deliver later', runAt: new Date(at) }])
}

const nextDue = statement<Record<string, never>, { at: string | null }>(
  'next_due',
  () =>
    sql`select least((select min(next_try_at) from hosts where is_slow and stopped_at is null), (select min(next_try_at) from hosts where not is_slow and stopped_at is null))::text as at`,
)

/**
 * Makes the deliveries of a host due at once, as a host that was down sent something. A host with a current lease is
 * left alone, as the end of the lease stores the host's state.
 */
export async function markHostUp(db: Db, host: string): Promise<void> {
  const back = await makeDue(db, { host })
  if (back.length > 0) await wakeDelivery(db)
}

const makeDue = statement<{ host: string }, { host: string }>(
  'host_is_back',
  ({ host }) => sql`
    update hosts set failures = 0, next_try_at = now()
    where host = ${host} and failures > 0 and next_try_at > now() and (lease_ends_at is null or lease_ends_at <= now()) returning host`,
)

/**
 * Makes hosts due that have deliveries but no time of the next try, and queues the `deliver` job, in case one was
 * lost. Returns the number of due hosts.
 */
export async function sweepHosts(db: Db): Promise<number> {
  // Walks from one host to the next by index, independent of the number of deliveries of each.
  await db.execute(sql`
    with recursive waiting(host) as (
      (select host from deliveries order by host limit 1)
      union all
      select (select d.host from deliveries d where d.host > waiting.host order by d.host limit 1) from waiting where waiting.host is not null)
    insert into hosts (host, next_try_at) select waiting.host, now() from waiting left join hosts h on h.host = waiting.host
    where waiting.host is not null and h.next_try_at is null order by waiting.host
    on conflict (host) do update set next_try_at = excluded.next_try_at where hosts.next_try_at is null`)
  const { rows } = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from hosts where next_try_at <= now() - interval '10 seconds' and stopped_at is null`,
  )
  const due = rows[0]?.n ?? 0
  if (due > 0) await wakeDelivery(db)
  return due
}
