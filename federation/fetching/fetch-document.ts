/** Fetches documents of other servers, within budgets, and checks that each is of the server that its id names. */
import { LRUCache } from 'lru-cache'
import { storeSignatureKind, type SignatureKind, signatureOf } from '#src/outgoing/signature.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { HttpError, type HttpRequest, type HttpResponse } from '#src/platform/http/client.ts'
import { HostUnavailable } from '#src/platform/queue/hosts.ts'
import { minuteMs } from '#src/platform/time.ts'
import { isAnySuspended } from '#src/rules/servers/current.ts'
import type { Core } from '../core.ts'
import { idOf, isSameOrigin, type JsonObject, parseObject } from '../documents/json.ts'
import { instanceKeys } from '../signatures/own-keys.ts'
import { otherKinds, signRequest } from '../signatures/sign-request.ts'
import { requestOfHost } from './host-limiter.ts'
import { withOwnIds } from './own-addresses.ts'

/** A document and its URL, which is on the server of its `id`. */
export type Fetched = { url: string; json: JsonObject }

/**
 * How many requests one trigger may cause. `isPatient`: no person waits for it, so a server that seems to be down is left alone.
 * `isHasty`: other jobs wait behind it, so a server is left alone as soon as it leaves a request unanswered.
 */
export type Budget = { signal: AbortSignal; fetchesLeft: number; isPatient: boolean; isHasty?: boolean }

export const newBudget = (fetches = 20, timeoutMs = 20_000, { isPatient = false, isHasty = false } = {}): Budget => ({
  signal: AbortSignal.timeout(timeoutMs),
  fetchesLeft: fetches,
  isPatient,
  isHasty,
})

/** Whether a budget allows no further request. */
export const isSpent = ({ signal, fetchesLeft }: Budget): boolean => signal.aborted || fetchesLeft <= 0

const accept = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

type Cached = { url: string; body: Buffer } | { error: unknown }

const maxCachedBytes = 32 * 1_048_576
/** Approximate bytes of an entry besides its body. */
const entryBytes = 4_096
const failureTtlMs = 30_000
/** For one request of a job, which occupies a slot of its lane meanwhile. */
const patientTimeoutMs = 8_000

/**
 * A document is often needed several times in a row, such as an actor as the owner of a key and as an author. The cache holds its
 * text, whose size is known: parsed it may take many times as much.
 */
const caches = perDatabase(
  () =>
    new LRUCache<string, Cached>({
      ttl: minuteMs,
      maxSize: maxCachedBytes,
      sizeCalculation: (kept) => entryBytes + ('body' in kept ? kept.body.byteLength : 0),
    }),
)

/**
 * Fetches an ActivityStreams document, signed by the instance, as some servers answer only signed requests.
 * Documents of the last minute come from memory, and so do failures of the last half minute. Local objects in it are named by their ids.
 *
 * @throws HttpError when there is none, or when its id is of another server
 */
export async function fetchDocument(core: Core, url: string, budget: Budget): Promise<Fetched> {
  // A cached document makes no request that would check the rules, so they are checked here.
  if (await isAnySuspended(core.db, [url])) throw new HttpError('This server is suspended here', { isPermanent: true })
  const cache = caches(core)
  const cached = cache.get(url)
  if (cached && 'error' in cached) throw cached.error
  const json = cached && parseObject(cached.body.toString())
  if (json) return { url: cached.url, json: await withOwnIds(core, json) }
  try {
    const { page, document } = await fetchById(core, url, budget)
    cache.set(url, { url: page.url, body: page.body })
    return { ...document, json: await withOwnIds(core, document.json) }
  } catch (error) {
    // A failure on our side, such as a full disk, says nothing about the other server.
    if (!isSpent(budget) && error instanceof HttpError && !(error instanceof HostUnavailable))
      cache.set(url, { error }, { ttl: failureTtlMs })
    throw error
  }
}

/** Drops a document from the cache, so that the next fetch makes a request. */
export function forgetDocument(core: Core, url: string): void {
  caches(core).delete(url)
}

async function fetchById(core: Core, url: string, budget: Budget): Promise<{ page: HttpResponse; document: Fetched }> {
  const page = await fetchPage(core, url, budget)
  const first = toDocument(page)
  if (!first) throw new HttpError('Not an ActivityStreams document', { isPermanent: true })
  const id = idOf(first.json['id'])
  if (id === null) throw new HttpError('A document without an id', { isPermanent: true })
  if (isSameOrigin(id, first.url)) return { page, document: first }

  // Only the server that an id names is authoritative for it.
  const home = await fetchPage(core, id, budget)
  const second = toDocument(home)
  if (!second || idOf(second.json['id']) !== id || !isSameOrigin(id, second.url))
    throw new HttpError('A document with an id of another server', { isPermanent: true })
  return { page: home, document: second }
}

const isDocumentType = (type: string): boolean => {
  const written = type.toLowerCase()
  return (
    written.startsWith('application/activity+json') ||
    (/^application\/ld\+json\b/.test(written) && written.includes('https://www.w3.org/ns/activitystreams'))
  )
}

/** The document in an answer; null for anything else, such as an HTML page. */
export function toDocument(response: HttpResponse): Fetched | null {
  if (!isDocumentType(response.headers.get('content-type') ?? '')) return null
  const json = parseObject(response.body.toString())
  return json && { url: response.url, json }
}

/**
 * Fetches a URL, signed by the instance. A server that refuses one kind of signature is asked with the others. The accepted kind is
 * stored for its host.
 *
 * @throws HttpError when the answer has another status than 200
 */
export async function fetchPage(core: Core, url: string, budget: Budget, also = ''): Promise<HttpResponse> {
  if (core.uris.isOwn(url)) throw new HttpError('Local objects are not fetched', { isPermanent: true })
  const keys = await instanceKeys(core)
  const ask = (target: string, kindFor: (hop: URL) => SignatureKind | Promise<SignatureKind>) =>
    withinBudget(
      core,
      target,
      {
        headers: async (hop) => ({
          accept: accept + also,
          ...(await signRequest(await kindFor(hop), keys, 'GET', hop)),
        }),
      },
      budget,
    )
  const response = await ask(url, (hop) => signatureOf(core.db, hop.host))
  if (response.status === 200) return response
  const refused = new StatusError(response.status, response.url)
  if (!refusesFetch(response.status)) throw refused

  const { host } = new URL(response.url)
  for (const kind of otherKinds(await signatureOf(core.db, host), response.url)) {
    if (isSpent(budget)) break
    const again = await ask(response.url, () => kind)
    if (again.status === 200) {
      if (new URL(again.url).host === host) await storeSignatureKind(core.db, host, kind)
      return again
    }
    if (!refusesFetch(again.status)) break
  }
  throw refused
}

/** Whether an answer to a GET may mean that the server wants another kind of signature. */
const refusesFetch = (status: number): boolean => status === 401 || status === 403

/** Makes a request that counts against a budget. */
export async function withinBudget(
  core: Core,
  url: string,
  options: HttpRequest,
  budget: Budget,
): Promise<HttpResponse> {
  if (budget.fetchesLeft <= 0) throw new HttpError('Too many requests for one cause')
  budget.fetchesLeft -= 1
  const timing = budget.isPatient ? { timeoutMs: patientTimeoutMs } : {}
  return requestOfHost(core, url, budget, () =>
    core.http.request(url, { ...options, ...timing, purpose: 'federation', signal: budget.signal }),
  )
}

/** Another server answered with a status other than 200. */
export class StatusError extends HttpError {
  readonly status: number
  private readonly url: string

  /** @param url where the answer came from, after redirects */
  constructor(status: number, url: string) {
    super(`Answered with status ${status}`, { isPermanent: status === 404 || status === 410 })
    this.status = status
    this.url = url
  }

  /** Whether the answer came from the server that a URI names, and not from one that it redirected to. */
  isOf(uri: string): boolean {
    return isSameOrigin(this.url, uri)
  }
}
