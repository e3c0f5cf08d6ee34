import { and, isNull, type SQL, sql } from 'drizzle-orm'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { hiddenFrom, type Hides, unlessHidden, type Viewing, visibleTo } from '../../statuses/access/visibility.ts'

/**
 * Condition for statuses that strangers are shown: public, no boosts, and not of accounts that moderators limit.
 *
 * @param hides whom the viewer hides, where that is known already; null: nobody
 */
export const isListed = (viewer: Viewing | null, hides: Hides | null = viewer && hiddenFrom(viewer)): SQL =>
  and(
    // Part of the text, so that a plan that is kept may use the index of public statuses.
    sql`${statuses.visibility} = 'public'`,
    isNull(statuses.reblogOfId),
    isNull(statuses.deletedAt),
    visibleTo(viewer),
    // Not `not exists`: as few are limited, PostgreSQL would read all accounts for them.
    sql`(select author.silenced_at is null from accounts author where author.id = ${statuses.accountId})`,
    hides ? unlessHidden(hides) : undefined,
  )!
