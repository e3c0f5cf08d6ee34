import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { arrayOf, isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { visibleTo } from './access/visibility.ts'

/** Those of some statuses that are of an account and that somebody may report: also whom they block by now, as far as everybody may see it. */
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

/** The local ones of some statuses, as servers elsewhere report what only some of their people may see. */
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

/** What a report tells another server: the URIs of the reported statuses, and where the accounts that they answer to have their inboxes. */
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
