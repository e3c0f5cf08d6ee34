/**
 * Makes object integrity proofs: signatures inside activities, which stay valid when third parties pass the activity on.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8b32/fep-8b32.md
 * @see https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022
 */
import { createHash, sign } from 'node:crypto'
import type { JsonObject } from '../documents/json.ts'
import { base58, type SigningKeys } from './own-keys.ts'

/** The same document with a proof by the Ed25519 key. */
export function withProof(document: JsonObject, keys: SigningKeys, created = new Date()): JsonObject {
  const config = {
    '@context': document['@context'],
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: keys.ed25519.id,
    proofPurpose: 'assertionMethod',
    created: `${created.toISOString().slice(0, 19)}Z`,
  }
  const bytes = Buffer.concat([sha256(canonical(config)), sha256(canonical(document))])
  const { '@context': _, ...proof } = config
  return { ...document, proof: { ...proof, proofValue: base58(sign(null, bytes, keys.ed25519.privateKey)) } }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/** JSON in its one canonical form (RFC 8785): `JSON.stringify` already writes strings and numbers so. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .join(',')}}`
}
