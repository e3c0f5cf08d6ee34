import { and, eq, isNull, or, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { statuses } from '../db/schema/statuses.ts'
import { unseen } from '../db/statement.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { visibleTo } from '../statuses/visibility.ts'

export type AccountFilter = { onlyMedia?: boolean; excludeReplies?: boolean; excludeReblogs?: boolean; excludeDirect?: boolean; pinned?: boolean; tag?: string }

/** Ids of a page of an account's statuses and boosts that the viewer may see, newest first. Replies to oneself are no replies. */
export async function accountTimeline(db: Reader, viewer: AccountId | null, accountId: AccountId, filter: AccountFilter, page: Page): Promise<StatusId[]> {
  const { where, orderBy, limit } = slice(statuses.id, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(
      and(
        eq(statuses.accountId, unseen(accountId)),
        isNull(statuses.deletedAt),
        filter.excludeReplies ? or(isNull(statuses.inReplyToUri), eq(statuses.inReplyToAccountId, unseen(accountId))) : undefined,
        filter.excludeReblogs ? isNull(statuses.reblogOfId) : undefined,
        filter.excludeDirect ? sql`${statuses.visibility} <> 'direct'` : undefined,
        filter.onlyMedia ? sql`${statuses.hasMedia}` : undefined,
        filter.pinned ? sql`${statuses.id} in (select p.status_id from pins p where p.account_id = ${accountId})` : undefined,
        filter.tag
          ? sql`exists (select from status_tags st join tags t on t.id = st.tag_id where st.status_id = ${statuses.id} and t.name = ${filter.tag})`
          : undefined,
        visibleTo(viewer && unseen(viewer)),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows).map(({ id }) => id)
}
