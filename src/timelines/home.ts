import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { follows } from '../db/schema/relationships.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { notMutedBy, visibleTo } from '../statuses/visibility.ts'

/**
 * Ids of a page of the home timeline, newest first: statuses of the account and of those it follows. Replies to people whom
 * it doesn't follow stay out, as do boosts of those whose boosts it hides.
 *
 * The followed ids are read first and sent back as array values, so that PostgreSQL sees the lists and plans for them: walk
 * back through time when they are busy, go by author when they are quiet. A join would hide the list, and a probe per author
 * takes a second for 5,000 of them. So neither fold this into one statement, nor `.prepare()` it.
 */
export async function homeTimeline(db: Reader, viewer: AccountId, page: Page): Promise<StatusId[]> {
  const followed = await db.select({ id: follows.targetId, showsReblogs: follows.showsReblogs }).from(follows).where(eq(follows.followerId, viewer))
  const authors = idList([viewer, ...followed.map(({ id }) => id)])
  const silentBoosters = idList(followed.filter(({ showsReblogs }) => !showsReblogs).map(({ id }) => id))
  const { where, orderBy } = slice(statuses.id, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(
      and(
        sql`${statuses.accountId} = any(${authors}::bigint[])`,
        sql`(${statuses.reblogOfId} is null or ${statuses.accountId} <> all(${silentBoosters}::bigint[]))`,
        sql`(${statuses.inReplyToAccountId} is null or ${statuses.inReplyToAccountId} = any(${authors}::bigint[]) or ${statuses.accountId} = ${viewer})`,
        visibleTo(viewer),
        notMutedBy(viewer),
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(page.limit)
  return settle(page, rows).map(({ id }) => id)
}

const idList = (ids: AccountId[]): string => `{${ids.join(',')}}`
