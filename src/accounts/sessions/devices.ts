/**
 * Known browsers: those in which an account was logged in before. A sign-in from another one is told by mail, and wrong passwords of
 * strangers don't slow down a known one.
 */
import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { devices } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { hashSecret, newSecret } from './tokens.ts'

/**
 * Whether an account was logged in before in the browser with this token.
 *
 * @param device token of the browser's cookie
 */
export async function isKnownDevice(db: Reader, accountId: AccountId, device: string | null): Promise<boolean> {
  if (device === null) return false
  const rows = await db
    .select({ accountId: devices.accountId })
    .from(devices)
    .where(and(eq(devices.accountId, accountId), eq(devices.tokenHash, hashSecret(device))))
  return rows.length > 0
}

/** Whether the account of a query of `users` was logged in before in the browser with this token. */
export const isKnownIn = (device: string | null): SQL<boolean> =>
  device === null
    ? sql<boolean>`false`
    : // With the names of the tables, also where drizzle leaves them out.
      sql<boolean>`exists (select from devices where devices.account_id = users.account_id and devices.token_hash = ${hashSecret(device)})`

/** Whether nobody ever logged in to an account. Sessions may be older than the list of browsers. */
export async function isFirstSignIn(tx: Tx, accountId: AccountId): Promise<boolean> {
  const { rows } = await tx.execute<{ first: boolean }>(sql`
    select not exists (select from devices where account_id = ${accountId})
      and not exists (select from sessions where account_id = ${accountId}) as first`)
  return rows[0]?.first === true
}

/**
 * Makes a browser known for an account.
 *
 * @param device token of the browser's cookie; null: it has none yet
 * @returns the token for the cookie
 */
export async function rememberDevice(
  tx: Pick<Tx, 'insert'>,
  accountId: AccountId,
  device: string | null,
): Promise<string> {
  const token = device ?? newSecret()
  await tx
    .insert(devices)
    .values({ accountId, tokenHash: hashSecret(token) })
    .onConflictDoUpdate({ target: [devices.accountId, devices.tokenHash], set: { lastUsedAt: sql`now()` } })
  return token
}

/** Forgets the known browsers of an account but one. A row of no browser stays, by which later sign-ins are not the account's first. */
export async function forgetDevices(tx: Tx, accountId: AccountId, except: string | null): Promise<void> {
  await tx
    .delete(devices)
    .where(
      and(eq(devices.accountId, accountId), except === null ? undefined : ne(devices.tokenHash, hashSecret(except))),
    )
  await rememberDevice(tx, accountId, null)
}
