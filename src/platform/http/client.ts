/**
 * The HTTP client for all requests that Pipit makes by itself. The address is checked in the step that connects to
 * it, so neither a name that resolves to another address the second time nor a redirect leads into our own network. Whatever
 * the other side does, a request ends in time and with a bounded number of bytes.
 */
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Agent, buildConnector, type Dispatcher, request as dispatch, setGlobalDispatcher } from 'undici'
import type { Config } from '../config.ts'
import { minuteMs } from '../time.ts'
import { isUnusableName, mayDial } from './addresses.ts'
import { streamSlots, type StreamLimits, streamLimits, withLimits } from './streams.ts'

/**
 * The purpose of a request, which decides the rules about other servers that hold for it: `federation` for requests between
 * servers, `media` for shown files and previews, `page` for linked pages, `service` for services that people chose, such as
 * the push services of their apps.
 */
type Purpose = 'federation' | 'media' | 'page' | 'service'

/** Whether a URL may be requested by the rules about its host. */
export type Gate = (url: URL, purpose: Purpose) => Promise<boolean>

export type HttpRequest = {
  /** `page` by default. */
  purpose?: Purpose
  method?: 'GET' | 'POST'
  /** For each hop, as signatures cover the URL. */
  headers?: (url: URL) => Promise<Record<string, string>> | Record<string, string>
  body?: string | Buffer
  /** Bytes of the answer after decompression; more is an error. */
  maxBytes?: number
  /** Whether a larger answer is cut off at `maxBytes`, rather than an error. */
  truncates?: boolean
  /** The whole exchange, redirects included. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Redirects of a GET that are followed. */
  maxRedirects?: number
  /** Whether it is one of very many requests to as many servers: then its connection is kept for a moment only. */
  isOneOfMany?: boolean
}

export type HttpResponse = {
  /** The URL of the answer, after redirects. */
  url: string
  status: number
  headers: Headers
  body: Buffer
}

export type HttpClient = AsyncDisposable & {
  /** @throws HttpError when there is no answer that may be read */
  request(url: string, options?: HttpRequest): Promise<HttpResponse>
  /**
   * As `request`, for an answer that is streamed on. `timeoutMs` is the time for its beginning; the rest may pause as long as
   * any answer, and breaks off when it takes too long or is not read. The number of streams from one origin is limited.
   * A reader that stops destroys the body, and limits the bytes itself.
   */
  open(url: string, options?: HttpRequest): Promise<Omit<HttpResponse, 'body'> & { body: Readable }>
  /** Applies the same check of addresses to `fetch`, which libraries call. For a whole process: tests with servers of their own don't. */
  guardFetch(): void
}

/** There is no usable answer: refused, too slow, too large, or no server. */
export class HttpError extends Error {
  /** Whether another try can't help: the address or its answer is not allowed. */
  readonly isPermanent: boolean

  constructor(message: string, { isPermanent = false, cause }: { isPermanent?: boolean; cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'HttpError'
    this.isPermanent = isPermanent
  }
}

const connectMs = 5_000
const defaultTimeoutMs = 15_000
const defaultMaxBytes = 1_048_576
const defaultMaxRedirects = 5
const maxUrlLength = 4_096
const redirects = new Set([301, 302, 303, 307, 308])

/** @param gate asked for each hop */
export function openHttp(
  config: Pick<Config, 'allowPrivateAddresses' | 'origin'>,
  gate: Gate = async () => true,
  limits: StreamLimits = streamLimits,
): HttpClient {
  const common = {
    connect: guardedConnector(config),
    headersTimeout: defaultTimeoutMs,
    bodyTimeout: defaultTimeoutMs,
    maxHeaderSize: 65_536,
  }
  const agent = new Agent({ ...common, connections: 16, keepAliveTimeout: 30_000, keepAliveMaxTimeout: minuteMs })
  const shortLived = new Agent({ ...common, connections: 4, keepAliveTimeout: 4_000, keepAliveMaxTimeout: 4_000 })
  // An agent of its own: slow readers keep these connections busy, and other requests must not wait for them.
  const streaming = new Agent({
    ...common,
    connections: limits.perOrigin,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
  })
  const newSlot = streamSlots(limits.perOrigin)
  const userAgent = `Pipit (+${config.origin}/)`
  return {
    async request(url, options = {}) {
      const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs)
      const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout
      try {
        const { url: final, answer } = await follow(
          options.isOneOfMany ? shortLived : agent,
          gate,
          userAgent,
          url,
          options,
          signal,
        )
        const { maxBytes = defaultMaxBytes, truncates = false } = options
        return {
          url: final,
          status: answer.statusCode,
          headers: toHeaders(answer.headers),
          body: await readBody(answer, maxBytes, truncates),
        }
      } catch (error) {
        throw toHttpError(error, timeout.aborted)
      }
    },
    async open(url, options = {}) {
      const start = new AbortController()
      const timer = setTimeout(() => start.abort(), options.timeoutMs ?? defaultTimeoutMs)
      const signal = options.signal ? AbortSignal.any([start.signal, options.signal]) : start.signal
      const slot = newSlot()
      const streamGate: Gate = async (hop, purpose) => {
        if (!(await gate(hop, purpose))) return false
        if (!slot.moveTo(hop.origin)) throw new HttpError(`Too much is being passed on from ${hop.host} already`)
        return true
      }
      try {
        const { url: final, answer } = await follow(streaming, streamGate, userAgent, url, options, signal)
        return {
          url: final,
          status: answer.statusCode,
          headers: toHeaders(answer.headers),
          body: withLimits(answer.body, limits, slot.leave),
        }
      } catch (error) {
        slot.leave()
        throw toHttpError(error, start.signal.aborted)
      } finally {
        clearTimeout(timer)
      }
    },
    guardFetch: () => setGlobalDispatcher(agent),
    async [Symbol.asyncDispose]() {
      await Promise.all([agent.destroy(), shortLived.destroy(), streaming.destroy()])
    },
  }
}

async function follow(
  agent: Agent,
  gate: Gate,
  userAgent: string,
  start: string,
  options: HttpRequest,
  signal: AbortSignal,
): Promise<{ url: string; answer: Dispatcher.ResponseData }> {
  const { method = 'GET', body = null } = options
  const hops = method === 'GET' ? (options.maxRedirects ?? defaultMaxRedirects) : 0
  let url = allowedUrl(start)
  for (let hop = 0; ; hop++) {
    if (!(await gate(url, options.purpose ?? 'page')))
      throw new HttpError(`Nothing is asked of ${url.host} by the rules of this server`, { isPermanent: true })
    const headers = {
      'user-agent': userAgent,
      'accept-encoding': 'gzip, deflate, br',
      ...(await options.headers?.(url)),
    }
    const answer = await unlessAborted(dispatch(url, { dispatcher: agent, method, headers, body, signal }), signal)
    const location = answer.headers['location']
    if (redirects.has(answer.statusCode) && typeof location === 'string' && method === 'GET') {
      // A body that is read to its end lets the connection be used again.
      await answer.body.dump({ limit: 16_384 }).catch(() => {})
      if (hop >= hops) throw new HttpError('Too many redirects', { isPermanent: true })
      if (!URL.canParse(location, url)) throw new HttpError('Redirect to nowhere', { isPermanent: true })
      url = allowedUrl(new URL(location, url).href)
      continue
    }
    return { url: url.href, answer }
  }
}

/** Aborts a request that still waits for a connection, too: undici ignores the signal until it has one. */
async function unlessAborted(
  answer: Promise<Dispatcher.ResponseData>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => {
    aborted.reject(signal.reason)
    answer.then(
      ({ body }) => body.on('error', () => {}).destroy(),
      () => {},
    )
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)
  try {
    return await Promise.race([answer, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function allowedUrl(text: string): URL {
  const url = text.length <= maxUrlLength ? URL.parse(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new HttpError('Not an http(s) URL', { isPermanent: true })
  if (url.username || url.password)
    throw new HttpError('URLs with a user name are not requested', { isPermanent: true })
  if (isUnusableName(url.hostname)) throw new HttpError('The name of this server is nobody’s', { isPermanent: true })
  url.hash = ''
  return url
}

async function readBody(answer: Dispatcher.ResponseData, maxBytes: number, truncates: boolean): Promise<Buffer> {
  const announced = Number(answer.headers['content-length'] ?? 0)
  const encoding = String(answer.headers['content-encoding'] ?? 'identity').toLowerCase()
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    if (announced > maxBytes && !truncates) throw tooLarge(maxBytes)
    for await (const chunk of decoded(answer.body, encoding)) {
      bytes += chunk.length
      if (bytes > maxBytes && !truncates) throw tooLarge(maxBytes)
      chunks.push(chunk)
      if (bytes <= maxBytes) continue
      answer.body.on('error', () => {}).destroy()
      return Buffer.concat(chunks, maxBytes)
    }
  } catch (error) {
    answer.body.on('error', () => {}).destroy()
    throw error
  }
  return Buffer.concat(chunks, bytes)
}

const tooLarge = (maxBytes: number) =>
  new HttpError(`The answer is larger than ${maxBytes} bytes`, { isPermanent: true })

function decoded(body: Readable, encoding: string): AsyncIterable<Buffer> {
  if (encoding === 'identity' || encoding === '') return body
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : null
  if (!decoder) throw new HttpError(`Unknown content encoding ${encoding.slice(0, 20)}`, { isPermanent: true })
  body.on('error', (error) => decoder.destroy(error))
  return body.pipe(decoder)
}

function toHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw)) {
    for (const each of Array.isArray(value) ? value : value === undefined ? [] : [value]) headers.append(name, each)
  }
  return headers
}

/** Dials only addresses that `mayDial` allows; a name must have at least one of them. */
function guardedConnector(config: Pick<Config, 'allowPrivateAddresses'>): buildConnector.connector {
  const connectors = new Map<string, buildConnector.connector>()
  return (options, callback) => {
    const target = {
      protocol: options.protocol,
      port: Number(options.port) || (options.protocol === 'https:' ? 443 : 80),
    }
    const allows = (address: string) => mayDial(address, target, config.allowPrivateAddresses)
    const literal = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) && !allows(literal)) return callback(refused(options.hostname), null)

    const kind = `${target.protocol}${target.port}`
    const connect = connectors.get(kind) ?? buildConnector({ timeout: connectMs, lookup: guardedLookup(allows) })
    if (connectors.size < 100) connectors.set(kind, connect)
    connect(options, callback)
  }
}

function guardedLookup(allows: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const allowed = found.filter(({ address }) => allows(address))
      const [first] = allowed
      if (!first) return callback(refused(hostname), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

const refused = (host: string): NodeJS.ErrnoException =>
  Object.assign(new HttpError(`Requests to ${host} are not allowed`, { isPermanent: true }), { code: 'EREFUSED' })

function toHttpError(error: unknown, isLate: boolean): HttpError {
  if (error instanceof HttpError) return error
  const inner =
    error instanceof AggregateError
      ? error.errors[0]
      : error instanceof Error && error.cause instanceof HttpError
        ? error.cause
        : error
  if (inner instanceof HttpError) return inner
  return new HttpError(isLate ? 'No answer in time' : inner instanceof Error ? inner.message : String(inner), {
    cause: error,
  })
}
