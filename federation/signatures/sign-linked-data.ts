/**
 * Makes linked data signatures inside public and unlisted activities, beside proofs, for servers that know only these. They let third
 * parties, such as relays, pass an activity on. Other activities never have one: their authors could not deny them.
 *
 * @see https://docs.joinmastodon.org/spec/security/#ld
 */
import { getLogger } from '#src/platform/log.ts'
import type { JsonObject } from '../documents/json.ts'
import { contextLoader } from './context-loader.ts'
import type { SigningKeys } from './own-keys.ts'
import { webCryptoKey } from './web-crypto-keys.ts'

const log = getLogger('federation')

/**
 * The same document with a signature by the RSA key. The proof has to be made first: the signature covers it, and is removed
 * before the proof is checked (FEP-8b32). Takes about 3 ms, once for all receivers.
 */
export async function withSignature(document: JsonObject, keys: SigningKeys): Promise<JsonObject> {
  const { createSignature } = await import('@fedify/fedify/sig')
  try {
    const { '@context': _, ...signature } = await createSignature(
      document,
      webCryptoKey(keys.rsa.privateKey),
      new URL(keys.rsa.id),
      { contextLoader },
    )
    return { ...document, signature }
  } catch (error) {
    // A term that no context defines can't be signed. The activity is sent all the same.
    log.error('{type} could not be signed: {error}', { type: String(document['type']), error })
    return document
  }
}
