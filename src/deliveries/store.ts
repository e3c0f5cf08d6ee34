import { sql } from 'drizzle-orm'
import type { Reader, Tx } from '../db/index.ts'
import { activities } from '../db/schema/federation.ts'
import { type AccountId, type ActivityId, newId } from '../ids.ts'
import { addJobs } from '../outbox.ts'

/** An activity as it will be sent, byte by byte. */
export type OutgoingActivity = {
  uri: string
  /** Who signs; null for the instance itself. */
  accountId: AccountId | null
  type: string
  body: string
  inboxes: string[]
}

/**
 * Stores an activity once, with a delivery for each inbox, and queues a job for each host. An activity whose URI is known was
 * stored before: then nothing happens.
 */
export async function storeActivity(tx: Tx, { inboxes, ...activity }: OutgoingActivity): Promise<void> {
  const unique = [...new Set(inboxes)].filter((inbox) => URL.canParse(inbox))
  if (unique.length === 0) return
  const [added] = await tx.insert(activities).values({ ...activity, id: newId<ActivityId>() }).onConflictDoNothing().returning({ id: activities.id })
  if (!added) return

  const rows = unique.map((inbox) => ({ id: newId(), inbox, host: new URL(inbox).host }))
  await tx.execute(sql`
    insert into deliveries (id, activity_id, inbox_url, host)
    select id, ${added.id}, inbox, host from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id bigint, inbox text, host text)`)
  await queueHosts(tx, rows.map((row) => row.host))
}

/**
 * Queues the job that sends what is due to a host. One job a host waits at a time: a later call moves it to the time that it
 * asks for, which is always the earliest one known.
 */
export async function queueHosts(tx: Pick<Tx, 'execute'>, hosts: string[], runAt?: Date): Promise<void> {
  const jobs = [...new Set(hosts)].map((host) => ({ name: 'deliver' as const, payload: { host }, key: `deliver:${host}`, ...(runAt ? { runAt } : {}) }))
  if (jobs.length > 0) await addJobs(tx, jobs)
}

/** Where an account of another server receives what is meant for it alone; null for a local one. */
export async function inboxOf(db: Reader, accountId: AccountId): Promise<string | null> {
  const { rows } = await db.execute<{ inbox: string }>(sql`select inbox_url as inbox from accounts where id = ${accountId} and domain is not null and suspended_at is null`)
  return rows[0]?.inbox ?? null
}

/** Inboxes on other servers of those who follow an account, one a server where that has a shared one. */
export async function followerInboxes(db: Reader, accountId: AccountId): Promise<string[]> {
  const { rows } = await db.execute<{ inbox: string }>(sql`
    select distinct coalesce(a.shared_inbox_url, a.inbox_url) as inbox
    from follows f join accounts a on a.id = f.follower_id
    where f.target_id = ${accountId} and a.domain is not null and a.suspended_at is null`)
  return rows.map((row) => row.inbox)
}

/** Inboxes on other servers of those who block an account: they want to know where it went, so as to block it there. */
export async function blockerInboxes(db: Reader, accountId: AccountId): Promise<string[]> {
  const { rows } = await db.execute<{ inbox: string }>(sql`
    select distinct coalesce(a.shared_inbox_url, a.inbox_url) as inbox
    from blocks b join accounts a on a.id = b.account_id
    where b.target_id = ${accountId} and a.domain is not null and a.suspended_at is null`)
  return rows.map((row) => row.inbox)
}
