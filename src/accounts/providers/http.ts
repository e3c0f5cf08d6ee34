/** Requests to providers: by the house's HTTP client, within narrow limits of time and size. */
import type { App } from '../../platform/app.ts'

/** A request. */
const requestMs = 8_000
/** All requests of a step together. */
const stepMs = 16_000
/** Metadata and keys of large providers have some 10 kB. */
const maxBytes = 131_072
const withoutBody = new Set([204, 205, 304])

type Init = { method: string; headers: Record<string, string>; body?: unknown }

/**
 * A `fetch` for the requests of one step. Redirects are refused: endpoints are named by their own addresses.
 *
 * @param ms for all of them
 */
export function providerFetch(app: Pick<App, 'http'>, ms = stepMs) {
  const signal = AbortSignal.timeout(ms)
  return async (url: string, { method, headers, body }: Init): Promise<Response> => {
    const answer = await app.http.request(url, {
      purpose: 'service',
      method: method === 'POST' ? 'POST' : 'GET',
      headers: () => headers,
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
      maxBytes,
      timeoutMs: requestMs,
      maxRedirects: 0,
      signal,
    })
    return new Response(withoutBody.has(answer.status) ? null : Uint8Array.from(answer.body), {
      status: answer.status,
      headers: answer.headers,
    })
  }
}
