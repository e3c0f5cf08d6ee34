import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { lists } from '../db/schema/lists.ts'
import { statuses } from '../db/schema/statuses.ts'
import { notFound } from '../errors.ts'
import type { AccountId, ListId, StatusId } from '../ids.ts'
import { circleOfArrays, fromMembers, loadCircleArrays } from './home-rule.ts'

/**
 * Ids of a page of a list's timeline, newest first; `home-rule.ts` says what belongs on it, `home.ts` why arrays are sent.
 *
 * @throws Refusal `not_found` when the viewer has no such list
 */
export async function listTimeline(db: Reader, viewer: AccountId, listId: ListId, page: Page): Promise<StatusId[]> {
  const [list] = await db
    .select({ repliesPolicy: lists.repliesPolicy, members: sql<string>`array(select m.account_id from list_accounts m where m.list_id = ${listId})::text` })
    .from(lists)
    .where(and(eq(lists.id, listId), eq(lists.accountId, viewer)))
  if (!list) throw notFound()

  const { arrays, shape } = await loadCircleArrays(db, viewer)
  const circle = circleOfArrays(viewer, arrays, shape)
  const { where, orderBy } = slice(statuses.id, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(
      and(
        fromMembers(circle, { repliesPolicy: list.repliesPolicy, isMember: (account) => sql`${account} = any(${list.members}::bigint[])` }),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(page.limit)
  return settle(page, rows).map(({ id }) => id)
}
