/**
 * The keys of other servers' actors: who owns a key is believed only where the key and its owner name one another.
 *
 * A key id leads to a key document, or to the actor, with or without a fragment. Some servers sign with the actor's own id: that
 * means the one key in the actor's document.
 *
 * @see https://swicg.github.io/activitypub-http-signature/#how-to-obtain-a-signature-s-public-key
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { readValue, writeValue } from '#src/platform/db/kv.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { dayMs, minuteMs } from '#src/platform/time.ts'
import type { Core } from '../core.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject, maxUrlBytes, text } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument, StatusError } from '../fetching/fetch-document.ts'
import { multikeysOf } from '../parse/multikey.ts'
import { keyIdOf, type PublicKey, publicKeysOf } from '../parse/public-key.ts'

/** What a key is needed for: where only the actor is named, it tells `publicKey` and `assertionMethod` apart. */
export type KeyUse = 'signature' | 'proof'
/** @property id by which it was asked for: that of the key, or of its owner */
export type PeerKey = { id: string; use: KeyUse; owner: string; pem: string; key: KeyObject }
/** Why there is no key: nobody has it, or its server can't say at the moment, or says that its owner is gone. */
export type NoKey = 'missing' | 'unavailable' | 'gone'
/** @property fetchedAt milliseconds since 1970; `renewedAt`: when it was last asked for because a signature did not fit */
type Remembered = { owner: string; pem: string; fetchedAt: number; renewedAt?: number } | { missing: true }

const log = getLogger('federation')
/** A key is asked for again after a day, and kept for longer: an actor that deletes itself may be gone before its Delete is read. */
const freshMs = dayMs
const keptMs = 30 * dayMs
const missingMs = minuteMs
/** A signature that fails makes us look for a new key, at most so often. */
const refetchMs = minuteMs

/** Keys ready for use. Short-lived: another process may learn that one was changed. */
const ready = perDatabase(() => new LRUCache<string, PeerKey>({ max: 5_000, ttl: minuteMs }))

/** Keys that are being fetched, by host: requests that name a slow one must not hold up all others. */
const fetching = perDatabase(() => new Map<string, number>())
const maxFetchingPerHost = 16

/** The key with an id that its owner confirms, from memory or from its server. */
export async function peerKey(core: Core, keyId: string, use: KeyUse, budget: Budget): Promise<PeerKey | NoKey> {
  const name = nameOf(keyId, use)
  const inMemory = ready(core).get(name)
  if (inMemory) return inMemory
  if (!URL.canParse(keyId) || Buffer.byteLength(keyId) > maxUrlBytes || core.uris.isOwn(keyId)) return 'missing'
  const known = (await readValue(core.db, name)) as Remembered | undefined
  if (known && 'missing' in known) return 'missing'
  if (known && Date.now() - known.fetchedAt < freshMs) return keep(core, keyId, use, known)

  const found = await fetchInTurn(core, keyId, use, budget, false)
  if (typeof found === 'object') return remember(core, keyId, use, found)
  // What its owner lists no longer may have leaked. Who can't be asked, or is gone, has said nothing of it.
  if (known && found !== 'disowned') return keep(core, keyId, use, known)
  if (found !== 'unavailable') await writeValue(core.db, name, { missing: true } satisfies Remembered, missingMs)
  return found === 'disowned' ? 'missing' : found
}

/**
 * The key that a key's owner has now instead, as a signature did not fit the one that we know. `missing` when that is the same,
 * or was asked for lately.
 */
export async function renewedKey(core: Core, tried: PeerKey, budget: Budget): Promise<PeerKey | NoKey> {
  const { id, use } = tried
  const name = nameOf(id, use)
  const known = (await readValue(core.db, name)) as Remembered | undefined
  if (known && !('missing' in known)) {
    // Another process was told already.
    if (known.pem !== tried.pem) return keep(core, id, use, known)
    if (Date.now() - Math.max(known.fetchedAt, known.renewedAt ?? 0) < refetchMs) return 'missing'
    await writeValue(core.db, name, { ...known, renewedAt: Date.now() } satisfies Remembered, keptMs)
  }
  const found = await fetchInTurn(core, id, use, budget, true)
  if (typeof found !== 'object') return found === 'disowned' ? 'missing' : found
  const renewed = await remember(core, id, use, found)
  return found.pem === tried.pem ? 'missing' : renewed
}

const nameOf = (keyId: string, use: KeyUse): string => (use === 'proof' ? `proof key ${keyId}` : `key ${keyId}`)

async function remember(core: Core, id: string, use: KeyUse, { owner, pem }: PublicKey): Promise<PeerKey | 'missing'> {
  await writeValue(core.db, nameOf(id, use), { owner, pem, fetchedAt: Date.now() } satisfies Remembered, keptMs)
  return keep(core, id, use, { owner, pem })
}

function keep(
  core: Core,
  id: string,
  use: KeyUse,
  { owner, pem }: Pick<PublicKey, 'owner' | 'pem'>,
): PeerKey | 'missing' {
  try {
    const kept = { id, use, owner, pem, key: createPublicKey(pem) }
    ready(core).set(nameOf(id, use), kept)
    return kept
  } catch {
    return 'missing'
  }
}

async function fetchInTurn(
  core: Core,
  keyId: string,
  use: KeyUse,
  budget: Budget,
  renew: boolean,
): Promise<PublicKey | NoKey | 'disowned'> {
  const running = fetching(core)
  const { host } = new URL(keyId)
  const others = running.get(host) ?? 0
  if (others >= maxFetchingPerHost) return 'unavailable'
  running.set(host, others + 1)
  try {
    return (await fetchKey(core, keyId, use, budget, renew)) ?? 'disowned'
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

async function fetchKey(
  core: Core,
  keyId: string,
  use: KeyUse,
  budget: Budget,
  renew: boolean,
): Promise<PublicKey | null> {
  const read = async (url: string): Promise<JsonObject> => {
    if (renew) forgetDocument(core, url)
    return (await fetchDocument(core, url, budget)).json
  }
  const json = await read(keyId.replace(/#.*$/s, ''))
  const apart = keyDocumentOf(json, keyId, use)
  const claimed = keyIn(apart === null ? json : await read(apart), apart ?? keyId, use)
  if (!claimed || !isSameOrigin(claimed.owner, keyId)) return null
  const isActor = idOf(json['id']) === claimed.owner && json['inbox'] !== undefined
  if (isActor) return claimed

  // The key is a document of its own, or a stub: the actor has to list it.
  const owner = await read(claimed.owner)
  if (idOf(owner['id']) !== claimed.owner) return null
  const listed = keyIn(owner, keyId, use)
  if (listed) return listed.owner === claimed.owner && listed.pem === claimed.pem ? listed : null
  return properties.flatMap((name) => asList(owner[name])).some((id) => keyIdOf(id, claimed.owner) === keyId)
    ? claimed
    : null
}

const properties = ['publicKey', 'assertionMethod']

/** The document of its own that has the key of an actor, where the actor is named and gives only the key's id. */
function keyDocumentOf(json: JsonObject, keyId: string, use: KeyUse): string | null {
  if (!isActorsId(json, keyId)) return null
  const [only, ...more] = asList(json[use === 'proof' ? 'assertionMethod' : 'publicKey'])
  const id = more.length === 0 && text(only) !== null ? keyIdOf(only, keyId) : null
  return id !== null && !id.includes('#') && isSameOrigin(id, keyId) ? id : null
}

const isActorsId = (json: JsonObject, keyId: string): boolean =>
  json['inbox'] !== undefined && idOf(json['id']) === idOf(keyId)

/**
 * The key that a key id means in a document: one of an actor's, or the document itself. The one with this id counts before all
 * others; then, where the actor is named, its only one, and else the only one, if it has no id.
 */
function keyIn(json: JsonObject, keyId: string, use: KeyUse): PublicKey | null {
  const isList = properties.some((name) => isObject(json[name]) || Array.isArray(json[name]))
  const owner = isList ? json : { publicKey: json, assertionMethod: json }
  const [forSignatures, forProofs] = [publicKeysOf(owner), multikeysOf(owner)]
  const named = [...forSignatures, ...forProofs].find((key) => key.id === keyId)
  if (named) return named
  const [only, ...more] = use === 'proof' ? forProofs : forSignatures
  return only && more.length === 0 && (only.id === null || isActorsId(json, keyId)) ? only : null
}
