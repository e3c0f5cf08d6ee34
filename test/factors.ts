/** Second factors for tests. */
import { sql } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { newTotpSecret } from '#src/accounts/factors/totp.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { TestDatabase } from './database.ts'

/** The code that an authenticator app shows, `steps` periods of 30 seconds from now. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

/** Gives an account an authenticator app. @returns its secret */
export async function giveAuthenticator(t: TestDatabase, accountId: AccountId): Promise<string> {
  const secret = await newTotpSecret()
  await t.db.execute(
    sql`update users set totp_secret = ${t.app.secrets.seal(secret)}, second_factor_since = now() where account_id = ${accountId}`,
  )
  return secret
}
