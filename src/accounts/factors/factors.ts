/** What an account has besides its password. */
import { eq, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { countRecoveryCodes } from './recovery-codes.ts'

export type Factors = {
  hasAuthenticator: boolean
  passkeys: number
  /** Recovery codes that can still be used. */
  recoveryCodes: number
}

export async function loadFactors(db: Reader, accountId: AccountId): Promise<Factors> {
  const [row] = await db
    .select({
      hasAuthenticator: sql<boolean>`${users.totpSecret} is not null`,
      passkeys: sql<number>`(select count(*)::int from ${passkeys} where ${passkeys.accountId} = ${accountId})`,
    })
    .from(users)
    .where(eq(users.accountId, accountId))
  return {
    hasAuthenticator: row?.hasAuthenticator ?? false,
    passkeys: row?.passkeys ?? 0,
    recoveryCodes: await countRecoveryCodes(db, accountId),
  }
}
