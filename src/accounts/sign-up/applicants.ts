/** Applicants: sign-ups that wait for a moderator's approval. */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'

export type Applicant = {
  id: AccountId
  username: string
  email: string
  reason: string | null
  isConfirmed: boolean
  createdAt: Date
}

/** At most `limit` applicants, the oldest sign-up first. */
export async function loadApplicants(db: Reader, limit: number): Promise<Applicant[]> {
  return db
    .select({
      id: accounts.id,
      username: accounts.username,
      email: users.email,
      reason: users.signUpReason,
      isConfirmed: sql<boolean>`${isNotNull(users.confirmedAt)}`,
      createdAt: users.createdAt,
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(isNull(users.approvedAt), sql`${users.email} not like '%@address.invalid'`))
    .orderBy(asc(users.createdAt))
    .limit(limit)
}

/**
 * Rejects a sign-up. The account is deleted without a tombstone: nobody has seen it, so its name is free again.
 *
 * @throws Refusal `not_found` when there is no such applicant
 */
export async function rejectApplicant(tx: Tx, accountId: AccountId): Promise<void> {
  const waiting = await tx
    .select({ id: users.accountId })
    .from(users)
    .where(and(eq(users.accountId, accountId), isNull(users.approvedAt)))
  if (waiting.length === 0) throw notFound()
  await tx.delete(accounts).where(eq(accounts.id, accountId))
}
