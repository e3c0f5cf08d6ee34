/** Actions of staff that have come up for review. */
import { and, asc, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { toldAction, type ToldAction } from '../notices/told-action.ts'
import type { Reader } from '../platform/db/index.ts'
import { strikes } from '../platform/db/schema/moderation.ts'
import type { AccountId, StrikeId } from '../platform/ids.ts'

export type DueReview = Pick<typeof strikes.$inferSelect, 'text' | 'createdAt' | 'endsAt'> & {
  told: ToldAction
  strikeId: StrikeId
  accountId: AccountId
}

/**
 * Strikes that hold and have come up for review, the longest due first.
 *
 * @throws Refusal `not_permitted`
 */
export async function dueReviews(db: Reader, staff: Staff, limit: number): Promise<DueReview[]> {
  requirePermission(staff, 'manage_users')
  return db
    .select({
      strikeId: strikes.id,
      accountId: strikes.accountId,
      told: toldAction,
      text: strikes.text,
      createdAt: strikes.createdAt,
      endsAt: strikes.endsAt,
    })
    .from(strikes)
    .where(and(isNotNull(strikes.reviewAt), lte(strikes.reviewAt, sql`now()`), isNull(strikes.liftedAt)))
    .orderBy(asc(strikes.reviewAt))
    .limit(limit)
}
