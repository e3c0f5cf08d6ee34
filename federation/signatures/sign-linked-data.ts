/**
 * Linked-data signatures: made inside of public activities, as proofs are, for the servers that know only these. Whoever passes
 * such an activity on, as relays do, need not be believed. What is not public never has one: its author could not deny it.
 *
 * @see https://docs.joinmastodon.org/spec/security/#ld
 */
import { getLogger } from '#src/platform/log.ts'
import type { JsonObject } from '../documents/json.ts'
import { contextLoader } from './context-loader.ts'
import type { SigningKeys } from './own-keys.ts'

const log = getLogger('federation')
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/**
 * The same document with a signature by the RSA key. A proof must be in it before: the signature covers it, and is taken off
 * before the proof is checked (FEP-8b32). Takes about 3 ms, once for however many receivers.
 */
export async function withSignature(document: JsonObject, keys: SigningKeys): Promise<JsonObject> {
  const { createSignature } = await import('@fedify/fedify/sig')
  const key = keys.rsa.privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey
  try {
    const { '@context': _, ...signature } = await createSignature(document, key, new URL(keys.rsa.id), {
      contextLoader,
    })
    return { ...document, signature }
  } catch (error) {
    // A term without a meaning can't be signed. The rest of the world shall have the activity all the same.
    log.error('{type} could not be signed: {error}', { type: String(document['type']), error })
    return document
  }
}
