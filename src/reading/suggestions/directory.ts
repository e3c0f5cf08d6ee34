import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import { avoids } from '../../rules/avoidance.ts'

export type DirectoryQuery = { order: 'active' | 'new'; localOnly: boolean; limit: number; offset: number }

/**
 * Discoverable accounts, by last post or by sign-up, newest first, without accounts that the viewer blocks or mutes.
 */
export async function directory(
  db: Reader,
  viewer: AccountId | null,
  { order, localOnly, limit, offset }: DirectoryQuery,
): Promise<AccountId[]> {
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select a.id from accounts a ${order === 'active' ? sql`join account_stats s on s.account_id = a.id and s.last_status_at is not null` : sql``}
    where ${isRecommendable} and ${isNotAvoidedBy(viewer)} ${localOnly ? sql`and a.domain is null` : sql``}
    order by ${order === 'active' ? sql`s.last_status_at desc, s.account_id desc` : sql`a.id desc`}
    limit ${limit} offset ${offset}`)
  return rows.map(({ id }) => id)
}

/** Condition for the accounts, as `a`, that may be recommended: they are discoverable, active and not limited. */
export const isRecommendable = sql`a.is_discoverable and a.suspended_at is null and a.silenced_at is null and a.deleted_at is null and a.moved_to_id is null
  and not exists (select from users pending where pending.account_id = a.id and (pending.confirmed_at is null or pending.approved_at is null or pending.disabled_at is not null))`

/** Condition for the accounts, as `a`, that a viewer neither blocks nor mutes, nor is blocked by. */
export const isNotAvoidedBy = (viewer: AccountId | null) =>
  viewer === null ? sql`true` : sql`not ${avoids(viewer, sql`a.id`)}`
