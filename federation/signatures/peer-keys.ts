/**
 * Public keys of remote actors. A key belongs to an owner only if the key and its owner name one another.
 *
 * A key id leads to a key document, or to the actor, with or without a fragment. Some servers use the actor's own id as key id: it
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

/** Purpose of a key: if the key id is the actor's, it decides between `publicKey` and `assertionMethod`. */
export type KeyUse = 'signature' | 'proof'
/** @property id the requested id: of the key, or of its owner */
export type PeerKey = { id: string; use: KeyUse; owner: string; pem: string; key: KeyObject }
/** Why there is no key: it doesn't exist, its server can't answer at the moment, or its server says that its owner is gone. */
export type NoKey = 'missing' | 'unavailable' | 'gone'
/** @property fetchedAt milliseconds since 1970; `renewedAt`: when it was last fetched because a signature did not fit */
type Stored = { owner: string; pem: string; fetchedAt: number; renewedAt?: number } | { missing: true }

const log = getLogger('federation')
/** A key is fetched again after a day, and stored for longer: an actor that deletes itself may be gone before its Delete is read. */
const freshMs = dayMs
const keptMs = 30 * dayMs
const missingMs = minuteMs
/** A signature that fails causes a fetch of the key, at most once per this time. */
const refetchMs = minuteMs

/** Parsed keys. Short-lived: another process may learn that a key was changed. */
const ready = perDatabase(() => new LRUCache<string, PeerKey>({ max: 5_000, ttl: minuteMs }))

/** Number of keys that are being fetched, by host: requests that name a slow host must not delay all others. */
const fetching = perDatabase(() => new Map<string, number>())
const maxFetchingPerHost = 16

/** The key with an id, confirmed by its owner; from memory, the database, or its server. */
export async function peerKey(core: Core, keyId: string, use: KeyUse, budget: Budget): Promise<PeerKey | NoKey> {
  const name = nameOf(keyId, use)
  const inMemory = ready(core).get(name)
  if (inMemory) return inMemory
  if (!URL.canParse(keyId) || Buffer.byteLength(keyId) > maxUrlBytes || core.uris.isOwn(keyId)) return 'missing'
  const known = (await readValue(core.db, name)) as Stored | undefined
  if (known && 'missing' in known) return 'missing'
  if (known && Date.now() - known.fetchedAt < freshMs) return keep(core, keyId, use, known)

  const found = await fetchWithinLimit(core, keyId, use, budget, false)
  if (typeof found === 'object') return store(core, keyId, use, found)
  // A key that its owner no longer lists may have leaked. An owner who can't be asked, or is gone, hasn't removed it.
  if (known && found !== 'disowned') return keep(core, keyId, use, known)
  if (found !== 'unavailable') await writeValue(core.db, name, { missing: true } satisfies Stored, missingMs)
  return found === 'disowned' ? 'missing' : found
}

/**
 * The current key in place of a stored one that a signature did not fit. `missing` when it is the same key, or was fetched within the
 * last minute.
 */
export async function renewedKey(core: Core, tried: PeerKey, budget: Budget): Promise<PeerKey | NoKey> {
  const { id, use } = tried
  const name = nameOf(id, use)
  const known = (await readValue(core.db, name)) as Stored | undefined
  if (known && !('missing' in known)) {
    // Another process has fetched the new key already.
    if (known.pem !== tried.pem) return keep(core, id, use, known)
    if (Date.now() - Math.max(known.fetchedAt, known.renewedAt ?? 0) < refetchMs) return 'missing'
    await writeValue(core.db, name, { ...known, renewedAt: Date.now() } satisfies Stored, keptMs)
  }
  const found = await fetchWithinLimit(core, id, use, budget, true)
  if (typeof found !== 'object') return found === 'disowned' ? 'missing' : found
  const renewed = await store(core, id, use, found)
  return found.pem === tried.pem ? 'missing' : renewed
}

const nameOf = (keyId: string, use: KeyUse): string => (use === 'proof' ? `proof key ${keyId}` : `key ${keyId}`)

async function store(core: Core, id: string, use: KeyUse, { owner, pem }: PublicKey): Promise<PeerKey | 'missing'> {
  await writeValue(core.db, nameOf(id, use), { owner, pem, fetchedAt: Date.now() } satisfies Stored, keptMs)
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

async function fetchWithinLimit(
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
    log.debug('Key {keyId} can’t be fetched: {reason}', { keyId, reason: error.message })
    if (error instanceof StatusError && error.status === 410) return 'gone'
    return isTemporary(error) ? 'unavailable' : 'missing'
  } finally {
    const left = (running.get(host) ?? 1) - 1
    if (left > 0) running.set(host, left)
    else running.delete(host)
  }
}

/** Whether a later request may succeed. */
function isTemporary(error: HttpError): boolean {
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
  const keyDocument = keyDocumentOf(json, keyId, use)
  const claimed = keyIn(keyDocument === null ? json : await read(keyDocument), keyDocument ?? keyId, use)
  if (!claimed || !isSameOrigin(claimed.owner, keyId)) return null
  const isActor = idOf(json['id']) === claimed.owner && json['inbox'] !== undefined
  if (isActor) return claimed

  // For a key document of its own, or a stub, the actor has to list the key.
  const owner = await read(claimed.owner)
  if (idOf(owner['id']) !== claimed.owner) return null
  const listed = keyIn(owner, keyId, use)
  if (listed) return listed.owner === claimed.owner && listed.pem === claimed.pem ? listed : null
  return properties.flatMap((name) => asList(owner[name])).some((id) => keyIdOf(id, claimed.owner) === keyId)
    ? claimed
    : null
}

const properties = ['publicKey', 'assertionMethod']

/** The URL of an actor's key document, if the key id is the actor's and the actor lists only the key's id. */
function keyDocumentOf(json: JsonObject, keyId: string, use: KeyUse): string | null {
  if (!isActorsId(json, keyId)) return null
  const [only, ...more] = asList(json[use === 'proof' ? 'assertionMethod' : 'publicKey'])
  const id = more.length === 0 && text(only) !== null ? keyIdOf(only, keyId) : null
  return id !== null && !id.includes('#') && isSameOrigin(id, keyId) ? id : null
}

const isActorsId = (json: JsonObject, keyId: string): boolean =>
  json['inbox'] !== undefined && idOf(json['id']) === idOf(keyId)

/**
 * The key that a key id means in a document: one of an actor's keys, or the document itself. A key with this id comes first; then the
 * only key, if the key id is the actor's or the key has no id.
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
