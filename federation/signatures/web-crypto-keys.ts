/** Keys as Web Cryptography has them, which Fedify takes. */
import type { KeyObject } from 'node:crypto'

/** The algorithm of each type of key, and what Web Cryptography calls it. Fedify can't verify RSA-PSS. */
const algorithms: Record<string, { alg: string; type: { name: string; hash?: string } }> = {
  rsa: { alg: 'rsa-v1_5-sha256', type: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } },
  ed25519: { alg: 'ed25519', type: { name: 'Ed25519' } },
}

/** A conversion takes 0.1 ms, so each key object is converted once. */
const converted = new WeakMap<KeyObject, CryptoKey>()

/** The algorithm of a key by its name in RFC 9421; undefined for a key that Fedify can't use. */
export const algorithmOf = (key: KeyObject): string | undefined => algorithms[key.asymmetricKeyType ?? '']?.alg

/** A key of RSA or Ed25519 for Fedify: a public one to verify, a private one to sign. @throws for other types */
export function webCryptoKey(key: KeyObject): CryptoKey {
  const known = converted.get(key)
  if (known) return known
  const algorithm = algorithms[key.asymmetricKeyType ?? '']
  if (!algorithm) throw new TypeError(`Fedify can't use a key of the type ${key.asymmetricKeyType}`)
  const made = key.toCryptoKey(algorithm.type, true, [key.type === 'private' ? 'sign' : 'verify']) as CryptoKey
  converted.set(key, made)
  return made
}
