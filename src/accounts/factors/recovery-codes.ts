/** Recovery codes: they stand in for a second factor that is lost. Each works once; only hashes are stored. */
import { and, count, eq, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { recoveryCodes } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { randomGroup } from '../sessions/generated-password.ts'
import { hashSecret } from '../sessions/tokens.ts'

const codesAtOnce = 10

/** Includes the account: one guess can't be compared with the hashes of all accounts. */
const hashOf = (accountId: AccountId, code: string): Buffer => hashSecret(`${accountId} ${code}`)

/** Makes new codes of 50 random bits, such as `abcde-fghij`. The earlier ones no longer work. */
export async function replaceRecoveryCodes(tx: Tx, accountId: AccountId): Promise<string[]> {
  const codes = Array.from({ length: codesAtOnce }, () => `${randomGroup()}-${randomGroup()}`)
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId))
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ accountId, codeHash: hashOf(accountId, code) })))
  return codes
}

/** Uses up a code, however it is spelled. @returns false when there is no such code, or it was used before */
export async function spendRecoveryCode(tx: Tx, accountId: AccountId, typed: string): Promise<boolean> {
  const characters = typed.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (characters.length !== 10) return false
  const spent = await tx
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCodes.accountId, accountId),
        eq(recoveryCodes.codeHash, hashOf(accountId, `${characters.slice(0, 5)}-${characters.slice(5)}`)),
        isNull(recoveryCodes.usedAt),
      ),
    )
    .returning({ codeHash: recoveryCodes.codeHash })
  return spent.length > 0
}

/** The number of codes that an account can still use. */
export async function countRecoveryCodes(db: Reader, accountId: AccountId): Promise<number> {
  const [row] = await db
    .select({ left: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt)))
  return row?.left ?? 0
}

/**
 * Makes new codes for a person who asks for them. The earlier ones no longer work.
 *
 * @throws Refusal `unprocessable` for an account without a second factor
 */
export async function makeRecoveryCodes(tx: Tx, accountId: AccountId, client: Client): Promise<string[]> {
  const [user] = await tx
    .select({ since: users.secondFactorSince })
    .from(users)
    .where(eq(users.accountId, accountId))
    .for('no key update')
  if (!user?.since) throw refuse('unprocessable', 'factorMissing')
  await logSecurity(tx, accountId, 'recoveryCodesMade', { client })
  return replaceRecoveryCodes(tx, accountId)
}
