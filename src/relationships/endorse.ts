import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { endorsements, follows } from '../platform/db/schema/relationships.ts'
import { type AccountId, newId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'
import { lockPair } from './pairs.ts'

/** They form a public list. */
const maxEndorsements = 100

/**
 * Recommends a followed account on one's profile. Repeating it changes nothing.
 *
 * @throws Refusal `invalid` when the account isn't followed, or there are too many recommendations
 */
export async function endorse(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  await lockPair(tx, accountId, targetId)
  const [followed] = await tx
    .select({ id: follows.id })
    .from(follows)
    .where(and(eq(follows.followerId, accountId), eq(follows.targetId, targetId)))
  if (!followed) throw refuse('invalid', 'endorseUnfollowed')
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from endorsements where account_id = ${accountId} and target_id <> ${targetId}`,
  )
  if ((rows[0]?.count ?? 0) >= maxEndorsements) throw refuse('invalid', 'tooManyEndorsed', { max: maxEndorsements })
  await tx.insert(endorsements).values({ id: newId(), accountId, targetId }).onConflictDoNothing()
}

/** Ends a recommendation. Repeating it changes nothing. */
export async function unendorse(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  await tx.delete(endorsements).where(and(eq(endorsements.accountId, accountId), eq(endorsements.targetId, targetId)))
}
