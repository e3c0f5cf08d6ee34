/** The passkeys of an account: their list, names and removal. */
import { and, eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader } from '../../platform/db/index.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, PasskeyId } from '../../platform/ids.ts'
import { cleanName } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { changeFactors } from '../factors/since.ts'
import { assertWayIn } from '../providers/ways-in.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'

export const maxPasskeyNameLength = 60

/** A name as it is stored; empty if nothing of it is left. */
export const passkeyName = (text: string): string => cleanName(text, maxPasskeyNameLength)

export type Passkey = {
  id: PasskeyId
  name: string
  /** Whether it is copied to the person's other devices. */
  isBackedUp: boolean
  createdAt: Date
  lastUsedAt: Date | null
}

/** The passkeys of an account, at most 25, the oldest first. */
export async function loadPasskeys(db: Reader, accountId: AccountId): Promise<Passkey[]> {
  return db
    .select({
      id: passkeys.id,
      name: passkeys.name,
      isBackedUp: passkeys.isBackedUp,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
    })
    .from(passkeys)
    .where(eq(passkeys.accountId, accountId))
    .orderBy(passkeys.id)
}

/** Gives a passkey another name. @throws Refusal `not_found`, or `unprocessable` for an empty name */
export async function renamePasskey(app: App, accountId: AccountId, id: PasskeyId, text: string): Promise<void> {
  const name = passkeyName(text)
  if (name === '') throw refuse('unprocessable', 'passkeyNameBlank')
  const renamed = await app.db
    .update(passkeys)
    .set({ name })
    .where(and(eq(passkeys.id, id), eq(passkeys.accountId, accountId)))
    .returning({ id: passkeys.id })
  if (renamed.length === 0) throw notFound()
}

/**
 * Removes a passkey. After the last second factor, the password alone logs in again.
 *
 * @throws Refusal `not_found`; `unprocessable` if no other way in would be left
 */
export async function removePasskey(app: App, accountId: AccountId, client: Client, id: PasskeyId): Promise<void> {
  await app.db.transaction((tx) =>
    changeFactors(tx, accountId, async () => {
      const [removed] = await tx
        .delete(passkeys)
        .where(and(eq(passkeys.id, id), eq(passkeys.accountId, accountId)))
        .returning({ name: passkeys.name })
      if (!removed) throw notFound()
      await assertWayIn(tx, app, accountId)
      await logSecurity(tx, accountId, 'passkeyRemoved', { client, details: { passkey: removed.name } })
    }),
  )
}
