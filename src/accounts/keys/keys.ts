import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { eq, isNull } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Db, Reader, Tx } from '../../platform/db/index.ts'
import { keys } from '../../platform/db/schema/accounts.ts'
import { type AccountId, type Id, newId } from '../../platform/ids.ts'

export type KeyPair = { kind: 'rsa' | 'ed25519'; publicKey: JsonWebKey; privateKey: JsonWebKey }

const generate = promisify(generateKeyPair)

/**
 * Generates the keys of a new actor: RSA with 2048 bits for HTTP signatures, which every server checks, and Ed25519 for
 * proofs (FEP-521a, FEP-8b32). Takes about 0.1 s, not on the main thread: call it before the transaction.
 */
export async function generateKeys(): Promise<KeyPair[]> {
  const [rsa, ed25519] = await Promise.all([generate('rsa', { modulusLength: 2048 }), generate('ed25519')])
  return [
    {
      kind: 'rsa',
      publicKey: rsa.publicKey.export({ format: 'jwk' }),
      privateKey: rsa.privateKey.export({ format: 'jwk' }),
    },
    {
      kind: 'ed25519',
      publicKey: ed25519.publicKey.export({ format: 'jwk' }),
      privateKey: ed25519.privateKey.export({ format: 'jwk' }),
    },
  ]
}

/** Stores the keys of a new account, in the transaction that creates it. */
export async function storeKeys(tx: Tx, accountId: AccountId, pairs: KeyPair[]): Promise<void> {
  await tx.insert(keys).values(pairs.map((pair) => ({ id: newId<Id<'key'>>(), accountId, ...pair })))
}

/**
 * Replaces the keys of an account, for example after a leak. Other servers read the new ones with the profile, and no longer
 * accept what the old ones signed.
 */
export async function replaceKeys(tx: Tx, accountId: AccountId, pairs: KeyPair[]): Promise<void> {
  await tx.delete(keys).where(eq(keys.accountId, accountId))
  await storeKeys(tx, accountId, pairs)
  await emit(tx, { type: 'account.updated', accountId })
}

/** The keys of a local account, RSA first; for null, the keys of the instance. */
export async function loadKeys(db: Reader, accountId: AccountId | null): Promise<KeyPair[]> {
  const rows = await db
    .select({ kind: keys.kind, publicKey: keys.publicKey, privateKey: keys.privateKey })
    .from(keys)
    .where(accountId === null ? isNull(keys.accountId) : eq(keys.accountId, accountId))
  return rows.toSorted((a) => (a.kind === 'rsa' ? -1 : 1))
}

/** Generates the instance's own keys if it has none. Processes that start at the same time end up with the same keys. */
export async function ensureInstanceKeys(db: Db): Promise<void> {
  if ((await loadKeys(db, null)).length === 2) return
  const pairs = await generateKeys()
  await db
    .insert(keys)
    .values(pairs.map((pair) => ({ id: newId<Id<'key'>>(), accountId: null, ...pair })))
    .onConflictDoNothing()
}
