import type { IncomingMessage } from 'node:http'

const maxBytes = 2_000

/**
 * Moves parameters from the body of a GET into its query: some apps send the parameters of a stream so, and a `Request`
 * can't have such a body.
 *
 * @returns the same request, if its body is no short form
 */
export async function bodyInQuery(request: Request, incoming: IncomingMessage): Promise<Request> {
  const length = Number(incoming.headers['content-length'] ?? 0)
  const isForm = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  if (
    incoming.method !== 'GET' ||
    !isForm ||
    !incoming.url?.startsWith('/api/v1/streaming/') ||
    !(length > 0 && length <= maxBytes)
  )
    return request
  const url = new URL(request.url)
  for (const [name, value] of new URLSearchParams(Buffer.concat(await incoming.toArray()).toString()))
    url.searchParams.append(name, value)
  return new Request(url, { headers: request.headers, signal: request.signal })
}
