import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { arrayOf, isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { visibleTo } from './access/visibility.ts'

/**
 * The statuses among `ids` by an author that a reporter may report: those visible to the reporter, and, even after a
 * block, those visible to everybody.
 */
export async function reportableStatuses(
  db: Reader,
  reporter: AccountId,
  author: AccountId,
  ids: StatusId[],
): Promise<StatusId[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(isOneOfIds(statuses.id, ids), eq(statuses.accountId, author), or(visibleTo(reporter), visibleTo(null))))
  return rows.map(({ id }) => id)
}

/**
 * The local statuses among `ids`, of any visibility: a remote server may report a status that only some of its accounts
 * see.
 */
export async function reportedStatuses(db: Reader, ids: StatusId[]): Promise<{ id: StatusId; accountId: AccountId }[]> {
  if (ids.length === 0) return []
  return db
    .select({ id: statuses.id, accountId: statuses.accountId })
    .from(statuses)
    .where(
      and(
        isOneOfIds(statuses.id, ids),
        eq(statuses.isLocal, true),
        isNull(statuses.deletedAt),
        isNull(statuses.reblogOfId),
      ),
    )
}

/** The URIs of reported statuses, and the inboxes of the accounts that they reply to: for forwarding a report. */
export async function reportedForForwarding(
  db: Reader,
  ids: StatusId[],
): Promise<{ id: StatusId; uri: string; answeredDomain: string | null; answeredInbox: string | null }[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{
    id: StatusId
    uri: string
    answeredDomain: string | null
    answeredInbox: string | null
  }>(sql`
    select s.id, s.uri, a.domain as "answeredDomain", coalesce(a.shared_inbox_url, a.inbox_url) as "answeredInbox"
    from statuses s
    left join statuses parent on parent.id = s.in_reply_to_id
    left join accounts a on a.id = parent.account_id and a.domain is not null and a.suspended_at is null
    where s.id = any(${arrayOf(ids)}::bigint[])
    order by s.id`)
  return rows
}
