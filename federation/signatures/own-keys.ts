/** Private keys of local accounts and of the instance, ready to sign with. */
import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ensureInstanceKeys, type KeyPair, loadKeys } from '#src/accounts/keys/keys.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Core } from '../core.ts'

export type SigningKeys = {
  /** The actor whose keys these are. */
  actor: string
  rsa: { id: string; privateKey: KeyObject; publicPem: string }
  ed25519: { id: string; privateKey: KeyObject; publicMultibase: string }
}

/** Another process may give an account new keys: they are used after this time at the latest. */
const cacheMs = 15_000

const caches = perDatabase(() => new LRUCache<string, SigningKeys>({ max: 1_000, ttl: cacheMs }))

/** Keys of a local account, or of the instance itself for null. Null for an account without keys, such as a remote one. */
export async function signingKeys(core: Core, accountId: AccountId | null): Promise<SigningKeys | null> {
  return caches(core).get(accountId ?? 'instance') ?? readSigningKeys(core, accountId)
}

/** The same, without the cache: for published documents, which other servers store for a long time. */
export async function readSigningKeys(core: Core, accountId: AccountId | null): Promise<SigningKeys | null> {
  if (accountId === null) await ensureInstanceKeys(core.db)
  const keys = toSigningKeys(
    accountId === null ? core.uris.instanceActor : core.uris.account(accountId),
    await loadKeys(core.db, accountId),
  )
  if (keys) caches(core).set(accountId ?? 'instance', keys)
  return keys
}

/** The keys of the instance, which signs fetches. */
export async function instanceKeys(core: Core): Promise<SigningKeys> {
  const keys = await signingKeys(core, null)
  if (!keys) throw new Error('The instance has no keys')
  return keys
}

function toSigningKeys(actor: string, pairs: KeyPair[]): SigningKeys | null {
  const rsa = pairs.find((pair) => pair.kind === 'rsa')
  const ed25519 = pairs.find((pair) => pair.kind === 'ed25519')
  if (!rsa || !ed25519) return null
  return {
    actor,
    rsa: {
      // Peers cut off the fragment to find the actor.
      id: `${actor}#main-key`,
      privateKey: createPrivateKey(jwk(rsa.privateKey)),
      publicPem: createPublicKey(jwk(rsa.publicKey)).export({ type: 'spki', format: 'pem' }).toString(),
    },
    ed25519: {
      id: `${actor}#ed25519-key`,
      privateKey: createPrivateKey(jwk(ed25519.privateKey)),
      publicMultibase: multikey(Buffer.from(String(ed25519.publicKey.x), 'base64url')),
    },
  }
}

// Node and the DOM have different names for this type.
const jwk = (key: JsonWebKey): JsonWebKeyInput => ({ key, format: 'jwk' }) as JsonWebKeyInput

/** An Ed25519 key as a Multikey: its multicodec prefix and bytes in base58. */
const multikey = (publicKey: Buffer): string => base58(Buffer.concat([Buffer.from([0xed, 0x01]), publicKey]))

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Multibase base58-btc, for the few bytes of keys and signatures. */
export function base58(bytes: Buffer): string {
  let number = BigInt(`0x0${bytes.toString('hex')}`)
  let digits = ''
  for (; number > 0n; number /= 58n) digits = alphabet.charAt(Number(number % 58n)) + digits
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return `z${'1'.repeat(zeros === -1 ? bytes.length : zeros)}${digits}`
}
