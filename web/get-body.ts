import type { IncomingMessage } from 'node:http'

const maxBytes = 2_000

/**
 * Some apps send the parameters of a stream in the body of a GET, which a `Request` can't have: as if they stood in its query.
 *
 * @returns the same request, where it has no short form as its body
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
