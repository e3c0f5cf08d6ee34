/** The keys of other servers' actors: who owns a key is believed only where the key and its owner name one another. */
import { HttpError } from '#src/http/client.ts'
import { readValue, writeValue } from '#src/db/kv.ts'
import { getLogger } from '#src/log.ts'
import { type Core, perDatabase } from '../core.ts'
import { type Budget, fetchDocument, forgetDocument, StatusError } from '../documents.ts'
import { idOf, isObject, isSameOrigin, type JsonObject, maxUrlBytes } from '../json.ts'
import { publicKeysOf } from '../parse/actor.ts'

export type PeerKey = { id: string; owner: string; pem: string }
/** @property fetchedAt milliseconds since 1970 */
type Remembered = { owner: string; pem: string; fetchedAt: number } | { missing: true }

const log = getLogger('federation')
/** A key is asked for again after a day, and kept for longer: an actor that deletes itself may be gone before its Delete is read. */
const freshMs = 24 * 3_600_000
const keptMs = 30 * 24 * 3_600_000
const missingMs = 60_000
/** A signature that fails makes us look for a new key, at most so often. */
const refetchMs = 60_000

/** Keys that are being fetched, by host: requests that name a slow one must not hold up all others. */
const fetching = perDatabase(() => new Map<string, number>())
const maxFetchingPerHost = 16

/**
 * The key with an id, from memory or from its server. Null when there is none that its owner confirms; `unavailable` when its
 * server can't say at the moment.
 *
 * @param renew its owner may have changed it, as a signature did not fit
 */
export async function peerKey(core: Core, keyId: string, budget: Budget, renew = false): Promise<PeerKey | null | 'unavailable'> {
  if (!URL.canParse(keyId) || Buffer.byteLength(keyId) > maxUrlBytes || core.uris.isOwn(keyId)) return null
  const cacheKey = `key ${keyId}`
  const known = (await readValue(core.db, cacheKey)) as Remembered | undefined
  if (known && 'missing' in known) return null
  const age = known ? Date.now() - known.fetchedAt : Number.POSITIVE_INFINITY
  if (known && age < (renew ? refetchMs : freshMs)) return renew ? null : { id: keyId, owner: known.owner, pem: known.pem }

  const found = await fetchInTurn(core, keyId, budget, renew)
  if (found && found !== 'unavailable') {
    await writeValue(core.db, cacheKey, { owner: found.owner, pem: found.pem, fetchedAt: Date.now() } satisfies Remembered, keptMs)
    return found
  }
  if (known && !renew) return { id: keyId, owner: known.owner, pem: known.pem }
  if (!known && found === null) await writeValue(core.db, cacheKey, { missing: true } satisfies Remembered, missingMs)
  return found
}

async function fetchInTurn(core: Core, keyId: string, budget: Budget, renew: boolean): Promise<PeerKey | null | 'unavailable'> {
  const running = fetching(core)
  const { host } = new URL(keyId)
  const others = running.get(host) ?? 0
  if (others >= maxFetchingPerHost) return 'unavailable'
  running.set(host, others + 1)
  try {
    return await fetchKey(core, keyId, budget, renew)
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    log.debug('Key {keyId} can’t be had: {reason}', { keyId, reason: error.message })
    return isPassing(error) ? 'unavailable' : null
  } finally {
    const left = (running.get(host) ?? 1) - 1
    if (left > 0) running.set(host, left)
    else running.delete(host)
  }
}

/** Whether the server, asked later, may have an answer. */
function isPassing(error: HttpError): boolean {
  return error instanceof StatusError ? error.status >= 500 || error.status === 429 : !error.isPermanent
}

async function fetchKey(core: Core, keyId: string, budget: Budget, renew: boolean): Promise<PeerKey | null> {
  const location = keyId.replace(/#.*$/s, '')
  if (renew) forgetDocument(core, location)
  const { json } = await fetchDocument(core, location, budget)
  const claimed = keyIn(json, keyId)
  if (!claimed || !isSameOrigin(claimed.owner, keyId)) return null
  if (idOf(json['id']) === claimed.owner && json['inbox'] !== undefined) return claimed

  // The key is a document of its own, or a stub: the actor has to list it.
  if (renew) forgetDocument(core, claimed.owner)
  const { json: owner } = await fetchDocument(core, claimed.owner, budget)
  const listed = keyIn(owner, keyId)
  return idOf(owner['id']) === claimed.owner && listed?.owner === claimed.owner && listed.pem === claimed.pem ? listed : null
}

function keyIn(json: JsonObject, keyId: string): PeerKey | null {
  const keys = isObject(json['publicKey']) || Array.isArray(json['publicKey']) ? publicKeysOf(json) : publicKeysOf({ publicKey: json })
  return keys.find((key) => key.id === keyId) ?? null
}
