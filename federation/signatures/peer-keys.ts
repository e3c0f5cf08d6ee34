/** The keys of other servers' actors: who owns a key is believed only where the key and its owner name one another. */
import { readValue, writeValue } from '#src/db/kv.ts'
import { getLogger } from '#src/log.ts'
import type { Core } from '../core.ts'
import { type Budget, fetchDocument, forgetDocument } from '../documents.ts'
import { idOf, isObject, isSameOrigin, type JsonObject } from '../json.ts'
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

/**
 * The key with an id, from memory or from its server. Null when there is none that its owner confirms.
 *
 * @param renew its owner may have changed it, as a signature did not fit
 */
export async function peerKey(core: Core, keyId: string, budget: Budget, renew = false): Promise<PeerKey | null> {
  if (!URL.canParse(keyId) || keyId.length > 2_048 || core.uris.isOwn(keyId)) return null
  const cacheKey = `key ${keyId}`
  const known = (await readValue(core.db, cacheKey)) as Remembered | undefined
  if (known && 'missing' in known) return null
  const age = known ? Date.now() - known.fetchedAt : Number.POSITIVE_INFINITY
  if (known && age < (renew ? refetchMs : freshMs)) return renew ? null : { id: keyId, owner: known.owner, pem: known.pem }

  const found = await fetchKey(core, keyId, budget, renew).catch((error: unknown) => log.debug('Key {keyId} can’t be had: {reason}', { keyId, reason: String(error) }))
  if (found) {
    await writeValue(core.db, cacheKey, { owner: found.owner, pem: found.pem, fetchedAt: Date.now() } satisfies Remembered, keptMs)
    return found
  }
  if (!known) await writeValue(core.db, cacheKey, { missing: true } satisfies Remembered, missingMs)
  return known && !renew ? { id: keyId, owner: known.owner, pem: known.pem } : null
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
