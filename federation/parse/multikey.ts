import { createPublicKey } from 'node:crypto'
import { asList, idOf, isObject, type JsonObject, text } from '../documents/json.ts'
import { keyIdOf, type PublicKey } from './public-key.ts'

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** DER of an Ed25519 key up to its 32 bytes. */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * The Ed25519 keys that an actor lists for its assertions.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/521a/fep-521a.md
 */
export function multikeysOf(json: JsonObject): PublicKey[] {
  const actor = idOf(json['id'])
  return asList(json['assertionMethod'])
    .slice(0, 8)
    .flatMap((key) => {
      if (!isObject(key)) return []
      const id = keyIdOf(key['id'], actor)
      const owner = idOf(key['controller']) ?? actor
      const pem = pemOf(text(key['publicKeyMultibase']) ?? '')
      return owner && pem ? [{ id, owner, pem }] : []
    })
}

/** A Multikey as PEM; null for all but Ed25519. */
function pemOf(multibase: string): string | null {
  const bytes = fromBase58(multibase, 34)
  if (!bytes || bytes[0] !== 0xed || bytes[1] !== 0x01) return null
  return createPublicKey({ key: Buffer.concat([ed25519Prefix, bytes.subarray(2)]), format: 'der', type: 'spki' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
}

/** The bytes of multibase base58-btc; null for another number of bytes than expected. */
export function fromBase58(multibase: string, length: number): Buffer | null {
  if (!/^z[1-9A-HJ-NP-Za-km-z]+$/.test(multibase) || multibase.length > 2 * length) return null
  let number = 0n
  for (const digit of multibase.slice(1)) number = number * 58n + BigInt(alphabet.indexOf(digit))
  const hex = number.toString(16).padStart(2 * length, '0')
  return hex.length === 2 * length ? Buffer.from(hex, 'hex') : null
}
