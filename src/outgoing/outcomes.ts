/**
 * Outcomes of finished deliveries: the inboxes that got a status are stored as long as the status; other outcomes are
 * only counted.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { clearMissingInboxes } from './inbox-gone.ts'

/** Locks hosts until the transaction ends, against others that end or store deliveries for them. */
export async function lockHosts(tx: Tx, hosts: string[]): Promise<void> {
  await tx.execute(
    sql`select from hosts where host in (select jsonb_array_elements_text(${JSON.stringify(hosts)}::jsonb)) order by host for update`,
  )
}

/**
 * Ends deliveries. Their hosts must be locked.
 *
 * @param ended statement that deletes them, and returns rows of `activity_id`, `inbox_url`, `host` and `error`, which
 *   is null for a successful delivery
 * @returns the number of ended deliveries
 */
export async function endDeliveries(tx: Tx, ended: SQL): Promise<number> {
  // An inbox gets a Create once. An Update (a poll may have hundreds) adds nothing for an inbox that has the status.
  const { rows } = await tx.execute<{ count: number }>(sql`
    with ended as (${ended}),
    brought as materialized (
      select a.status_id, e.inbox_url, e.host, left(e.error, 300) as error, a.type <> 'Update' as is_first
      from ended e join activities a on a.id = e.activity_id where a.status_id is not null),
    added as (
      insert into inboxes (url, host) select distinct inbox_url, host from brought where not exists (select from inboxes i where i.url = brought.inbox_url)
      on conflict (url) do nothing returning id, url),
    numbered as materialized (
      select b.status_id, i.id, b.error, b.is_first from brought b join (select id, url from inboxes where url in (select inbox_url from brought) union all select id, url from added) i on i.url = b.inbox_url),
    known as materialized (
      select o.status_id, unnest(o.inbox_ids) as id, o.error from delivery_outcomes o where o.status_id = any(array(select distinct status_id from numbered where not is_first))),
    kept as (
      insert into delivery_outcomes (status_id, error, inbox_ids)
      select status_id, error, array_agg(distinct id) from numbered n
      where is_first or not exists (select from known k where k.status_id = n.status_id and k.id = n.id and (k.error is null or n.error is not null))
      group by status_id, error),
    counted as (
      insert into delivery_days as d (day, backend, delivered, failed)
      select (now() at time zone 'UTC')::date, pg_backend_pid(), count(*) filter (where error is null), count(*) filter (where error is not null) from ended having count(*) > 0
      on conflict (day, backend) do update set delivered = d.delivered + excluded.delivered, failed = d.failed + excluded.failed),
    refused as (
      update relays r set last_error = left(e.error, 300) from ended e join activities a on a.id = e.activity_id where e.error is not null and r.follow_uri = a.uri),
    found as (${clearMissingInboxes(sql`select inbox_url from ended where error is null`)})
    select count(*)::int as count from ended`)
  return rows[0]?.count ?? 0
}
