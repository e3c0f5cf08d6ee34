/** What the first passkey starts, and the last one ends: a second factor of the account. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { passkeys, recoveryCodes } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { replaceRecoveryCodes } from '../factors/recovery-codes.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'

/** Notes that the account has a second factor. @returns new recovery codes if it is the first one; else null */
export async function beginFactors(tx: Tx, accountId: AccountId, client: Client): Promise<string[] | null> {
  const begun = await tx
    .update(users)
    .set({ secondFactorSince: sql`now()` })
    .where(and(eq(users.accountId, accountId), isNull(users.secondFactorSince)))
    .returning({ accountId: users.accountId })
  if (begun.length === 0) return null
  await logSecurity(tx, accountId, 'recoveryCodesMade', { client })
  return replaceRecoveryCodes(tx, accountId)
}

/** Notes that the account has no second factor any more, if none is left. */
export async function endFactors(tx: Tx, accountId: AccountId): Promise<void> {
  const ended = await tx
    .update(users)
    .set({ secondFactorSince: null })
    .where(
      and(
        eq(users.accountId, accountId),
        isNull(users.totpSecret),
        sql`not exists (select from ${passkeys} where ${passkeys.accountId} = ${accountId})`,
      ),
    )
    .returning({ accountId: users.accountId })
  if (ended.length > 0) await tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId))
}
