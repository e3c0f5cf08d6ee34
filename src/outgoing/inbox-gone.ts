import { type SQL, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { dayMs, minuteMs } from '../platform/time.ts'

/** How long an inbox must be missing before it counts as gone: servers answer 404 by mistake for a while. */
const missingMs = dayMs
/** When a server ends with all its accounts, the checks of the accounts are spread over this time. */
const spreadMs = 10 * minuteMs

/** The statement that clears the mark of missing inboxes (rows of URLs) that accepted a delivery. */
export const clearMissingInboxes = (inboxes: SQL): SQL => sql`
  update accounts set inbox_missing_at = null where inbox_missing_at is not null and inbox_gone_at is null and inbox_url in (${inboxes})`

/**
 * Marks inboxes that their servers called gone (410) or missing (404). An account without an inbox gets no more
 * deliveries until its profile is read again; a job checks whether the account is gone, too. A shared inbox that is
 * gone is removed: later deliveries go to the accounts' own inboxes, each of which may be gone or not.
 */
export async function markMissingInboxes(
  tx: Tx,
  { gone, missing }: { gone: string[]; missing: string[] },
): Promise<void> {
  if (gone.length + missing.length === 0) return
  await tx.execute(sql`
    update accounts set shared_inbox_url = null
    where shared_inbox_url in (select jsonb_array_elements_text(${JSON.stringify(gone)}::jsonb)) and domain is not null and inbox_url <> shared_inbox_url`)
  const { rows } = await tx.execute<{ id: AccountId; isGone: boolean }>(sql`
    update accounts set inbox_missing_at = coalesce(inbox_missing_at, now()),
      inbox_gone_at = case when answer.is_gone or inbox_missing_at < now() - ${missingMs} * interval '1 millisecond' then now() end
    from (
      select jsonb_array_elements_text(${JSON.stringify(gone)}::jsonb) as inbox, true as is_gone
      union all select jsonb_array_elements_text(${JSON.stringify(missing)}::jsonb), false) answer
    where accounts.inbox_url = answer.inbox and accounts.domain is not null and accounts.inbox_gone_at is null and accounts.inbox_url is distinct from accounts.shared_inbox_url
    returning accounts.id, accounts.inbox_gone_at is not null as "isGone"`)
  const jobs = rows
    .filter(({ isGone }) => isGone)
    .map(({ id }) => ({
      name: 'check-gone' as const,
      payload: { accountId: id },
      key: `check-gone ${id}`,
      runAt: new Date(Date.now() + spreadMs * Math.random()),
    }))
  if (jobs.length > 0) await addJobs(tx, jobs)
}
