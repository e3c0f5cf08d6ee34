import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { conversations } from '../../platform/db/schema/notifications.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { unseen } from '../../platform/db/statement.ts'
import type { AccountId, ConversationId, StatusId } from '../../platform/ids.ts'
import { notMutedBy, visibleTo } from '../../statuses/access/visibility.ts'

/**
 * Ids of a page of the direct statuses of one conversation of a person, newest first; none for a conversation of
 * somebody else.
 */
export async function conversationStatuses(
  db: Reader,
  viewer: AccountId,
  id: ConversationId,
  page: Page,
): Promise<StatusId[]> {
  const { where, orderBy, limit } = slice(statuses.id, page)
  const { rows } = await db.execute<{ id: StatusId }>(sql`
    select ${statuses.id} from ${conversations} join ${statuses} on ${statuses.threadId} = ${conversations.threadId}
    where ${and(eq(conversations.id, id), eq(conversations.accountId, unseen(viewer)), eq(statuses.visibility, 'direct'), visibleTo(unseen(viewer)), notMutedBy(unseen(viewer)), where)}
    order by ${orderBy} limit ${limit}`)
  return settle(page, rows).map((row) => row.id)
}

/** The newest conversations in which unread ones are counted: a person may have many thousands. */
const counted = 200

/** The number of unread conversations among a person's newest ones, of those that their list shows. */
export async function countUnreadConversations(db: Reader, viewer: AccountId): Promise<number> {
  const { rows } = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from (
      select last_status_id, is_unread from conversations where account_id = ${unseen(viewer)} order by last_status_id desc limit ${sql.raw(String(counted))}) newest
    join statuses on statuses.id = newest.last_status_id
    where newest.is_unread and ${visibleTo(unseen(viewer))} and ${notMutedBy(unseen(viewer))}`)
  return rows[0]?.n ?? 0
}
