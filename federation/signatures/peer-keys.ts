/** The keys of other servers' actors: who owns a key is believed only where the key and its owner name one another. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { HttpError } from '#src/http/client.ts'
import { readValue, writeValue } from '#src/db/kv.ts'
import { getLogger } from '#src/log.ts'
import { perDatabase } from '#src/per-database.ts'
import type { Core } from '../core.ts'
import { type Budget, fetchDocument, forgetDocument, StatusError } from '../documents.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject, maxUrlBytes } from '../json.ts'
import { type PublicKey, publicKeysOf } from '../parse/actor.ts'
import { multikeysOf } from '../parse/multikey.ts'

export type PeerKey = { id: string; owner: string; pem: string; key: KeyObject }
/** Why there is no key: nobody has it, or its server can't say at the moment, or says that its owner is gone. */
export type NoKey = 'missing' | 'unavailable' | 'gone'
/** @property fetchedAt milliseconds since 1970; `renewedAt`: when it was last asked for because a signature did not fit */
type Remembered = { owner: string; pem: string; fetchedAt: number; renewedAt?: number } | { missing: true }

const log = getLogger('federation')
/** A key is asked for again after a day, and kept for longer: an actor that deletes itself may be gone before its Delete is read. */
const freshMs = 24 * 3_600_000
const keptMs = 30 * 24 * 3_600_000
const missingMs = 60_000
/** A signature that fails makes us look for a new key, at most so often. */
const refetchMs = 60_000

/** Keys ready for use. Short-lived: another process may learn that one was changed. */
const ready = perDatabase(() => new LRUCache<string, PeerKey>({ max: 5_000, ttl: 60_000 }))

/** Keys that are being fetched, by host: requests that name a slow one must not hold up all others. */
const fetching = perDatabase(() => new Map<string, number>())
const maxFetchingPerHost = 16

/** The key with an id that its owner confirms, from memory or from its server. */
export async function peerKey(core: Core, keyId: string, budget: Budget): Promise<PeerKey | NoKey> {
  const inMemory = ready(core).get(keyId)
  if (inMemory) return inMemory
  if (!URL.canParse(keyId) || Buffer.byteLength(keyId) > maxUrlBytes || core.uris.isOwn(keyId)) return 'missing'
  const known = (await readValue(core.db, nameOf(keyId))) as Remembered | undefined
  if (known && 'missing' in known) return 'missing'
  if (known && Date.now() - known.fetchedAt < freshMs) return keep(core, keyId, known)

  const found = await fetchInTurn(core, keyId, budget, false)
  if (typeof found === 'object') return remember(core, found)
  // What its owner lists no longer may have leaked. Who can't be asked, or is gone, has said nothing of it.
  if (known && found !== 'disowned') return keep(core, keyId, known)
  if (found !== 'unavailable') await writeValue(core.db, nameOf(keyId), { missing: true } satisfies Remembered, missingMs)
  return found === 'disowned' ? 'missing' : found
}

/**
 * The key that a key's owner has now instead, as a signature did not fit the one that we know. `missing` when that is the same,
 * or was asked for lately.
 */
export async function renewedKey(core: Core, tried: PeerKey, budget: Budget): Promise<PeerKey | NoKey> {
  const known = (await readValue(core.db, nameOf(tried.id))) as Remembered | undefined
  if (known && !('missing' in known)) {
    // Another process was told already.
    if (known.pem !== tried.pem) return keep(core, tried.id, known)
    if (Date.now() - Math.max(known.fetchedAt, known.renewedAt ?? 0) < refetchMs) return 'missing'
    await writeValue(core.db, nameOf(tried.id), { ...known, renewedAt: Date.now() } satisfies Remembered, keptMs)
  }
  const found = await fetchInTurn(core, tried.id, budget, true)
  if (typeof found !== 'object') return found === 'disowned' ? 'missing' : found
  const renewed = await remember(core, found)
  return found.pem === tried.pem ? 'missing' : renewed
}

const nameOf = (keyId: string): string => `key ${keyId}`

async function remember(core: Core, { id, owner, pem }: PublicKey): Promise<PeerKey | 'missing'> {
  await writeValue(core.db, nameOf(id), { owner, pem, fetchedAt: Date.now() } satisfies Remembered, keptMs)
  return keep(core, id, { owner, pem })
}

function keep(core: Core, id: string, { owner, pem }: Pick<PublicKey, 'owner' | 'pem'>): PeerKey | 'missing' {
  try {
    const kept = { id, owner, pem, key: createPublicKey(pem) }
    ready(core).set(id, kept)
    return kept
  } catch {
    return 'missing'
  }
}

async function fetchInTurn(core: Core, keyId: string, budget: Budget, renew: boolean): Promise<PublicKey | NoKey | 'disowned'> {
  const running = fetching(core)
  const { host } = new URL(keyId)
  const others = running.get(host) ?? 0
  if (others >= maxFetchingPerHost) return 'unavailable'
  running.set(host, others + 1)
  try {
    return (await fetchKey(core, keyId, budget, renew)) ?? 'disowned'
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    log.debug('Key {keyId} can’t be had: {reason}', { keyId, reason: error.message })
    if (error instanceof StatusError && error.status === 410) return 'gone'
    return isPassing(error) ? 'unavailable' : 'missing'
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

async function fetchKey(core: Core, keyId: string, budget: Budget, renew: boolean): Promise<PublicKey | null> {
  const location = keyId.replace(/#.*$/s, '')
  if (renew) forgetDocument(core, location)
  const { json } = await fetchDocument(core, location, budget)
  const claimed = keyIn(json, keyId)
  if (!claimed || !isSameOrigin(claimed.owner, keyId)) return null
  if (idOf(json['id']) === claimed.owner && json['inbox'] !== undefined) return claimed

  // The key is a document of its own, or a stub: the actor has to list it.
  if (renew) forgetDocument(core, claimed.owner)
  const { json: owner } = await fetchDocument(core, claimed.owner, budget)
  if (idOf(owner['id']) !== claimed.owner) return null
  const listed = keyIn(owner, keyId)
  if (listed) return listed.owner === claimed.owner && listed.pem === claimed.pem ? listed : null
  return [...asList(owner['publicKey']), ...asList(owner['assertionMethod'])].includes(keyId) ? claimed : null
}

/** The key with an id in a document: one of an actor's, or the document itself. */
function keyIn(json: JsonObject, keyId: string): PublicKey | null {
  const isList = ['publicKey', 'assertionMethod'].some((name) => isObject(json[name]) || Array.isArray(json[name]))
  const owner = isList ? json : { publicKey: json, assertionMethod: json }
  return [...publicKeysOf(owner), ...multikeysOf(owner)].find((key) => key.id === keyId) ?? null
}
