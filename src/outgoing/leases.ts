/**
 * Who may send what to which host, and when. A worker takes the turn of a host, for a minute at most: so one worker sends to a
 * host at a time, in order, and the turn of one that died ends by itself. What a turn taught is written down at its end: of
 * each delivery, and of the host, which decides when the next turn comes. Everything is done for many hosts in one statement.
 */
import { type SQL, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import { constant, statement } from '../platform/db/statement.ts'
import type { AccountId, ActivityId } from '../platform/ids.ts'
import { dayMs, minuteMs } from '../platform/time.ts'
import { inboxesGone } from './inbox-gone.ts'
import { endDeliveries, lockHosts } from './outcomes.ts'
import type { SignatureKind } from './signature.ts'
import { wakeDelivery } from './store.ts'

/** A host whose turn was taken. */
export type Lease = { host: string; failures: number; signature: SignatureKind }

export type DueDelivery = {
  host: string
  activityId: ActivityId
  inboxUrl: string
  attempts: number
  followersDigest: string | null
  accountId: AccountId | null
}

/** How a try ended. `retryMs`: it will be tried again then; null: it is finished. `counts`: it was about this delivery, not its host. */
export type Outcome = {
  activityId: ActivityId
  inboxUrl: string
  state: 'delivered' | 'failed' | 'pending'
  status: number | null
  error: string | null
  retryMs: number | null
  counts: boolean
}

/** How a turn ended. */
export type EndedLease = {
  host: string
  /** What it taught of the host; null when nothing was sent. `waitMs`: nothing more is sent before. */
  verdict: { isUp: boolean; isSlow: boolean; signature: SignatureKind; error: string | null; waitMs: number } | null
  outcomes: Outcome[]
  /** Whether more is due at once. Where that is not known, it is looked for. */
  hasMore: boolean
}

/** Tried so often, a delivery that has to wait no longer holds back what its sender has for the same inbox. */
export const maxHoldingTries = 3
/** Longer than a turn takes, shorter than anybody would miss the host's deliveries after a crash. */
const leaseMs = minuteMs
/** Undelivered after this time, an activity is given up when it fails once more. */
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

/** Takes the turns of hosts that something is due for, the longest due first. Those that failed or are slow have a lane of their own. */
export const acquireLeases = (db: Db, lane: 'fast' | 'slow', limit: number): Promise<Lease[]> =>
  claim(db, { isSlow: lane === 'slow', limit })

/**
 * Whether a delivery, with the sender of its activity, waits for an earlier one: to the same inbox, of the same sender (the
 * instance is one), that failed and is to be tried again first. What others send is not held up, or one activity that a server
 * fails at would stop everybody's. Few are tried again at a time; an index of its own has just them. (Senders are compared by `=`, so that many can be hashed.)
 */
const isHeldBack = (delivery: SQL, sender: SQL): SQL => sql`exists (
  select from deliveries earlier join activities before on before.id = earlier.activity_id
  where earlier.host = ${delivery}.host and earlier.inbox_url = ${delivery}.inbox_url and earlier.activity_id < ${delivery}.activity_id
    and earlier.attempts > 0 and earlier.attempts < ${sql.raw(String(maxHoldingTries))} and earlier.next_try_at > now()
    and coalesce(before.account_id, 0) = coalesce(${sender}, 0))`

// A statement of its own: the one that takes turns would not see what ended while it waited for a row.
const load = statement<{ hosts: string; limit: number }, DueDelivery>(
  'due_deliveries',
  ({ hosts, limit }) => sql`
    select d.host, d.activity_id::text as "activityId", d.inbox_url as "inboxUrl", d.attempts, d.followers_digest as "followersDigest", d.account_id::text as "accountId"
    from jsonb_array_elements_text(${hosts}::jsonb) as turn(host)
    cross join lateral (
      select due.*, a.account_id from deliveries due join activities a on a.id = due.activity_id
      where due.host = turn.host and due.next_try_at <= now() and not ${isHeldBack(sql`due`, sql`a.account_id`)}
      order by due.activity_id limit ${limit}::int) d
    order by d.activity_id`,
)

/** What is due for hosts, at most so much for each, in order, and nothing that is held back. */
export const dueDeliveries = (db: Db, hosts: string[], limit: number): Promise<DueDelivery[]> =>
  load(db, { hosts: JSON.stringify(hosts), limit })

/** What is sent, byte by byte. */
export async function loadBodies(db: Db, ids: ActivityId[]): Promise<{ id: ActivityId; body: string }[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{ id: ActivityId; body: string }>(sql`
    select id::text as id, body from activities where id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::bigint)`)
  return rows
}

/** Writes down how turns ended, and gives the hosts back. */
export async function endLeases(db: Db, turns: EndedLease[]): Promise<void> {
  if (turns.length === 0) return
  await db.transaction(async (tx) => {
    // Whoever stores deliveries for one of these hosts right now is waited for: they count when the next turn is decided on.
    await lockHosts(
      tx,
      turns.map(({ host }) => host),
    )
    await saveOutcomes(
      tx,
      turns.flatMap(({ outcomes }) => outcomes),
    )
    const down = turns.filter(({ verdict }) => verdict?.isUp === false).map(({ host }) => host)
    if (down.length > 0) await giveUpOld(tx, down)
    await giveBack(tx, turns)
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
  if (waiting.length > 0) await putOff(tx, { outcomes: JSON.stringify(waiting) })
  const answered = (status: number) => [
    ...new Set(outcomes.filter((outcome) => outcome.status === status).map(({ inboxUrl }) => inboxUrl)),
  ]
  await inboxesGone(tx, { gone: answered(410), missing: answered(404) })
}

const tried = (outcomes: string) =>
  sql`jsonb_to_recordset(${outcomes}::jsonb) as o("activityId" bigint, "inboxUrl" text, state text, status int, error text, "retryMs" bigint, counts boolean)`
const isOf = sql`d.activity_id = o."activityId" and d.inbox_url = o."inboxUrl"`
const isOld = (delivery: SQL): SQL =>
  sql`${delivery}.created_at < now() - ${constant(maxAgeMs)} * interval '1 millisecond'`

const putOff = statement<{ outcomes: string }, Record<string, never>>(
  'put_off_deliveries',
  ({ outcomes }) => sql`
    update deliveries d set attempts = d.attempts + o.counts::int, last_status = o.status, last_error = o.error, next_try_at = now() + coalesce(o."retryMs", 0) * interval '1 millisecond'
    from ${tried(outcomes)} where ${isOf}`,
)

/** What hosts that are down missed for too long is given up. */
async function giveUpOld(tx: Tx, hosts: string[]): Promise<void> {
  await endDeliveries(
    tx,
    sql`
    delete from deliveries d where d.host in (select jsonb_array_elements_text(${JSON.stringify(hosts)}::jsonb)) and ${isOld(sql`d`)}
    returning d.activity_id, d.inbox_url, d.host, coalesce(d.last_error, 'The server was down for days') as error`,
  )
}

async function giveBack(tx: Tx, turns: EndedLease[]): Promise<void> {
  const rows = turns.map(({ host, hasMore, verdict }) => ({
    host,
    hasMore,
    hasVerdict: verdict !== null,
    ...verdict,
    error: verdict?.error?.slice(0, 300) ?? null,
  }))
  // What is held back says nothing of when something is due: it waits for what does.
  await tx.execute(sql`
    update hosts h set lease_ends_at = null,
      failures = case when not t."hasVerdict" then h.failures when t."isUp" then 0 else h.failures + 1 end,
      is_slow = coalesce(t."isSlow", h.is_slow),
      signature = coalesce(t.signature, h.signature),
      last_error = case when t."hasVerdict" then t.error else h.last_error end,
      last_success_at = case when t."isUp" then now() else h.last_success_at end,
      last_failure_at = case when not t."isUp" then now() else h.last_failure_at end,
      next_try_at = case when not coalesce(t."isUp", true) then now() + t."waitMs" * interval '1 millisecond' when t."hasMore" then now() else (
        select min(greatest(d.next_try_at, now())) from deliveries d join activities a on a.id = d.activity_id
        where d.host = h.host and not ${isHeldBack(sql`d`, sql`a.account_id`)}) end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(host text, "hasMore" boolean, "hasVerdict" boolean, "isUp" boolean, "isSlow" boolean, signature text, error text, "waitMs" bigint)
    where h.host = t.host`)
}

/** Queues the job that sends for when the next host is due, if any waits. */
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
 * A host that was down showed itself: it gets what waits for it at once. The turn of a worker that sends to it right now is
 * left alone, as its end says how the host is.
 */
export async function markHostUp(db: Db, host: string): Promise<void> {
  const back = await letTry(db, { host })
  if (back.length > 0) await wakeDelivery(db)
}

const letTry = statement<{ host: string }, { host: string }>(
  'host_is_back',
  ({ host }) => sql`
    update hosts set failures = 0, next_try_at = now()
    where host = ${host} and failures > 0 and next_try_at > now() and (lease_ends_at is null or lease_ends_at <= now()) returning host`,
)

/**
 * Lets hosts have their turn for which something waits though nobody knows, and wakes who sends, should a job have been lost. Returns how
 * many hosts are due.
 */
export async function sweepHosts(db: Db): Promise<number> {
  // From one host to the next by index, however much waits for each.
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
