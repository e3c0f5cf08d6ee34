import { and, isNull, type SQL, sql } from 'drizzle-orm'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { hiddenFrom, type Hides, unlessHidden, type ViewerId, visibleTo } from '../../statuses/access/visibility.ts'

/**
 * Condition for statuses of public timelines: public, no boosts, and not by accounts that moderators limit.
 *
 * @param hides accounts that the viewer hides, if already loaded; null for none
 */
export const isListed = (viewer: ViewerId | null, hides: Hides | null = viewer && hiddenFrom(viewer)): SQL =>
  and(
    // Part of the text, so that a cached plan may use the index of public statuses.
    sql`${statuses.visibility} = 'public'`,
    isNull(statuses.reblogOfId),
    isNull(statuses.deletedAt),
    visibleTo(viewer),
    // Not `not exists`: as few are limited, PostgreSQL would read all accounts for them.
    sql`(select author.silenced_at is null from accounts author where author.id = ${statuses.accountId})`,
    hides ? unlessHidden(hides) : undefined,
  )!

/** SQL condition: a status answers somebody else. Public timelines and their streams leave it out; people's own threads stay. */
export const answersOthers: SQL = sql`(${statuses.inReplyToUri} is not null and ${statuses.inReplyToAccountId} is distinct from ${statuses.accountId})`
