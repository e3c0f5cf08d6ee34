/** Using a code as second factor: one of the authenticator app, or a recovery code. */
import { and, eq, isNull, lt, or } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { isKnownDevice } from '../sessions/devices.ts'
import { countRecoveryCodes, spendRecoveryCode } from './recovery-codes.ts'
import { totpStepOf } from './totp.ts'

/**
 * Counts an attempt at an account's second factor. Known browsers of the account have a limit of their own, so that a stranger with
 * the password does not lock the owner out.
 *
 * @throws TooMany after 10 in an hour, or 50 in a day: the chance to guess a code is then 1 to 6,000 a day
 */
export async function countFactorAttempt(app: App, accountId: AccountId, { device }: Client): Promise<void> {
  const where = (await isKnownDevice(app.db, accountId, device)) ? ' in a known browser' : ''
  await countAttempt(app, `factor of ${accountId}${where}`, { count: 10, minutes: 60 })
  await countAttempt(app, `factor of ${accountId}${where}, day`, { count: 50, minutes: 1440 })
}

/**
 * Uses a code, which then can't be used again; only one of two concurrent uses succeeds. Call `countFactorAttempt` before.
 *
 * @param typed with or without spaces and hyphens
 * @returns whether it was right
 */
export async function useCode(tx: Tx, app: App, accountId: AccountId, typed: string, client: Client): Promise<boolean> {
  const code = typed.replace(/[\s-]/g, '')
  if (/^\d{6}$/.test(code)) return useTotpCode(tx, app, accountId, code)
  if (!(await spendRecoveryCode(tx, accountId, code))) return false
  const left = await countRecoveryCodes(tx, accountId)
  await logSecurity(tx, accountId, 'recoveryCodeUsed', { client, details: { left: String(left) } })
  return true
}

async function useTotpCode(tx: Tx, app: App, accountId: AccountId, code: string): Promise<boolean> {
  const [user] = await tx.select({ sealed: users.totpSecret }).from(users).where(eq(users.accountId, accountId))
  const secret = user?.sealed ? app.secrets.unseal(user.sealed) : null
  const step = secret === null ? null : await totpStepOf(secret, code)
  if (!user?.sealed || step === null) return false
  const used = await tx
    .update(users)
    .set({ totpStep: step })
    .where(
      and(
        eq(users.accountId, accountId),
        // It may have been replaced since.
        eq(users.totpSecret, user.sealed),
        or(isNull(users.totpStep), lt(users.totpStep, step)),
      ),
    )
    .returning({ accountId: users.accountId })
  return used.length > 0
}
