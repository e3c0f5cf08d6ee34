/**
 * Verifies linked data signatures. They cover a graph, not the JSON that we read, and the two can be made to differ. So such a signature
 * proves nothing in an activity; it is only a reason to ask its actor's server.
 */
import type { Core } from '../core.ts'
import { isObject, type JsonObject, text } from '../documents/json.ts'
import type { Budget } from '../fetching/fetch-document.ts'
import { contextLoader } from './context-loader.ts'
import { isBy } from './verify-request.ts'

/** Canonicalising a large graph takes long: time grows with the square of the number of nodes that look alike. */
const maxBytes = 65_536
const maxNodes = 500

export const hasLinkedDataSignature = ({ signature }: JsonObject): boolean =>
  isObject(signature) && signature['type'] === 'RsaSignature2017' && text(signature['creator']) !== null

/**
 * Whether an actor made the linked data signature of an activity.
 *
 * @returns null when the key can't be fetched at the moment
 */
export async function hasSigned(
  core: Core,
  document: JsonObject,
  actor: string,
  budget: Budget,
): Promise<boolean | null> {
  const { signature } = document
  const keyId = isObject(signature) ? text(signature['creator']) : null
  if (keyId === null || !hasLinkedDataSignature(document) || !isSmallGraph(document)) return false
  const [{ verifySignature }, { CryptographicKey }, { importPem }] = await Promise.all([
    import('@fedify/fedify/sig'),
    import('@fedify/vocab'),
    import('@fedify/vocab-runtime'),
  ])
  return isBy(core, { keyId, use: 'signature', owner: actor }, budget, async ({ pem, owner, key }) => {
    if (key.asymmetricKeyType !== 'rsa') return false
    const known = new CryptographicKey({ id: new URL(keyId), owner: new URL(owner), publicKey: await importPem(pem) })
    // We looked up the key, and contexts come with Fedify: it fetches nothing.
    const options = {
      contextLoader,
      documentLoader: nothing,
      keyCache: { get: async () => known, set: async () => {} },
    }
    return (await verifySignature(document, options).catch(() => null)) !== null
  })
}

/** Whether an activity is small enough for its signature to be checked. */
export const isSmallGraph = (document: JsonObject): boolean =>
  Buffer.byteLength(JSON.stringify(document)) <= maxBytes && nodesIn(document) <= maxNodes

const nodesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, inner) => sum + nodesIn(inner), 1)
    : 0

async function nothing(url: string): Promise<never> {
  throw new Error(`${url} is not fetched`)
}
