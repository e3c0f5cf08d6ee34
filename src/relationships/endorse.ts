import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { endorsements, follows } from '../platform/db/schema/relationships.ts'
import { Refusal } from '../platform/errors.ts'
import { type AccountId, newId } from '../platform/ids.ts'
import { lockPair } from './pairs.ts'

/** Each is a row of a public list. */
const maxEndorsements = 100

/**
 * Recommends an account on the profile of another that follows it. Doing it again changes nothing.
 *
 * @throws Refusal `invalid` when it isn't followed, or when too many are recommended
 */
export async function endorse(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  await lockPair(tx, accountId, targetId)
  const [followed] = await tx
    .select({ id: follows.id })
    .from(follows)
    .where(and(eq(follows.followerId, accountId), eq(follows.targetId, targetId)))
  if (!followed) throw new Refusal('invalid', 'You must be already following the person you want to endorse')
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from endorsements where account_id = ${accountId} and target_id <> ${targetId}`,
  )
  if ((rows[0]?.count ?? 0) >= maxEndorsements)
    throw new Refusal('invalid', `You can’t endorse more than ${maxEndorsements} people`)
  await tx.insert(endorsements).values({ id: newId(), accountId, targetId }).onConflictDoNothing()
}

/** Ends a recommendation. Without one, nothing happens. */
export async function unendorse(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  await tx.delete(endorsements).where(and(eq(endorsements.accountId, accountId), eq(endorsements.targetId, targetId)))
}
