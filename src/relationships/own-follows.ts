/** A person's own follows and followers, to look through and tidy up. */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { accounts, accountStats } from '../platform/db/schema/accounts.ts'
import { follows } from '../platform/db/schema/relationships.ts'
import type { AccountId, RelationId } from '../platform/ids.ts'
import type { Related } from './lists.ts'
import { isNamed } from './named.ts'

export const followOrders = ['newest', 'active'] as const

/** `dormant`: nothing posted for a while; `mutual`: both follow each other; `oneWay`: they don't; `moved`: gone to another account. */
export const followFilters = ['all', 'dormant', 'mutual', 'oneWay', 'moved'] as const

export type FollowQuery = {
  order: (typeof followOrders)[number]
  filter: (typeof followFilters)[number]
  /** A part of the name or of the handle; empty: everybody. */
  text: string
}

/** After so many days without a post an account is dormant. */
export const dormantDays = 90

type Side = 'follows' | 'followers'

/**
 * A page of the accounts that an account follows, or of its followers: the latest follows first, or those first that posted last.
 * The cursor is the id of the follow. At most all own follows are read, by the index of their owner; an order by activity and
 * rare matches do so.
 */
export async function ownFollows(
  db: Reader,
  accountId: AccountId,
  side: Side,
  { order, filter, text }: FollowQuery,
  page: Page,
): Promise<Related[]> {
  const [own, other] =
    side === 'follows' ? [follows.followerId, follows.targetId] : [follows.targetId, follows.followerId]
  const { where, orderBy, limit } = slice(follows.id, page)
  const isByActivity = order === 'active'
  const way = page.minId ? sql`asc` : sql`desc`
  const rows = await db
    .select({ id: sql<RelationId>`${follows.id}`, accountId: sql<AccountId>`${other}` })
    .from(follows)
    .innerJoin(accounts, eq(accounts.id, other))
    .leftJoin(accountStats, eq(accountStats.accountId, other))
    .where(
      and(
        eq(own, accountId),
        isNull(accounts.suspendedAt),
        isNamed(text),
        conditions[filter],
        isByActivity ? beyond(page, accountId, side) : where,
      ),
    )
    .orderBy(isByActivity ? sql`${activity} ${way}, ${follows.id} ${way}` : orderBy)
    .limit(limit)
  return settle(page, rows)
}

const activity = sql`coalesce(${accountStats.lastStatusAt}, '-infinity')`

/** The rows after the follow that is the cursor, in the order of activity. */
function beyond({ maxId, minId }: Page, accountId: AccountId, side: Side): SQL | undefined {
  const cursor = minId ?? maxId
  if (cursor === undefined) return undefined
  const [own, other] = (side === 'follows' ? ['follower_id', 'target_id'] : ['target_id', 'follower_id']).map((name) =>
    sql.identifier(name),
  )
  return sql`(${activity}, ${follows.id}) ${minId ? sql`>` : sql`<`} (
    select coalesce(st.last_status_at, '-infinity'), cur.id from follows cur left join account_stats st on st.account_id = cur.${other}
    where cur.id = ${cursor} and cur.${own} = ${accountId})`
}

const isMutual = sql`(select true from follows back where back.follower_id = ${follows.targetId} and back.target_id = ${follows.followerId}) is true`

const conditions: Record<FollowQuery['filter'], SQL | undefined> = {
  all: undefined,
  dormant: sql`${activity} < now() - ${sql.raw(String(dormantDays))} * interval '1 day'`,
  mutual: isMutual,
  oneWay: sql`not ${isMutual}`,
  moved: sql`${accounts.movedToId} is not null`,
}
