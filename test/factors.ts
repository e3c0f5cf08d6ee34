/** Second factors for tests. */
import { sql } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { vi } from 'vitest'
import { changeFactors } from '#src/accounts/factors/since.ts'
import { newTotpSecret } from '#src/accounts/factors/totp.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import type { TestDatabase } from './database.ts'

/** The code that an authenticator app shows, `steps` periods of 30 seconds from now. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

/** Gives an account an authenticator app. @returns its secret, and recovery codes if it is the first factor */
export async function giveAuthenticator(
  t: TestDatabase,
  accountId: AccountId,
): Promise<{ secret: string; codes: string[] }> {
  const secret = await newTotpSecret()
  const codes = await t.db.transaction((tx) =>
    changeFactors(tx, accountId, async () => {
      await tx.execute(
        sql`update users set totp_secret = ${t.app.secrets.seal(secret)} where account_id = ${accountId}`,
      )
    }),
  )
  return { secret, codes: codes ?? [] }
}

/** Gives an account a passkey with which nobody can log in. */
export async function givePasskey(t: TestDatabase, accountId: AccountId): Promise<void> {
  await t.db.transaction((tx) =>
    changeFactors(tx, accountId, async () => {
      const id = newId()
      await tx.execute(sql`insert into passkeys (id, account_id, credential_id, public_key, name)
        values (${id}, ${accountId}, ${Buffer.from(id)}, ${Buffer.from(id)}, 'Key')`)
    }),
  )
}

/** The kinds of the entries in all security logs, in their order. */
export async function securityKindsIn(t: TestDatabase): Promise<string[]> {
  const { rows } = await t.db.execute<{ kind: string }>(sql`select kind from security_events order by id`)
  return rows.map(({ kind }) => kind)
}

/** Holds the clock of this process in the middle of a period, so that codes don't change while a test runs. */
export function holdClock(): void {
  const period = 30_000
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / period) * period + period / 2 })
}
