import { type SQL, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { dayMs, minuteMs } from '../platform/time.ts'

/** How long an inbox must have been missing before that is believed: servers lose their way for a moment. */
const missingMs = dayMs
/** When a server goes with all its accounts, they are not all asked about at once. */
const spreadMs = 10 * minuteMs

/** The statement that forgets of inboxes (rows of their URLs) that they were missing: they take something. */
export const inboxesFound = (inboxes: SQL): SQL => sql`
  update accounts set inbox_missing_at = null where inbox_missing_at is not null and inbox_gone_at is null and inbox_url in (${inboxes})`

/**
 * Notes that inboxes are gone (410) or missing (404), as their servers said. To who has no inbox nothing is sent any more, until
 * the profile is read again; whether the account is gone, too, is found out by a job. An inbox that all of a server share and
 * that is gone is forgotten: what comes next goes to the own inboxes there, each of which says the same of itself, or not.
 */
export async function inboxesGone(tx: Tx, { gone, missing }: { gone: string[]; missing: string[] }): Promise<void> {
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
