/** Content negotiation: a page for people, or a document for other servers. */

const activityTypes = ['application/activity+json', 'application/ld+json']

/** Whether a request prefers ActivityStreams to HTML. */
export function wantsActivity(request: Request): boolean {
  const accept = request.headers.get('accept')
  if (accept === null) return false
  const wanted = accept
    .toLowerCase()
    .split(',')
    .map((part, i) => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const q = parameters.find((parameter) => parameter.startsWith('q='))
      return { type, q: q === undefined ? 1 : Number(q.slice(2)) || 0, i }
    })
    .filter(({ q }) => q > 0)
    .toSorted((a, b) => b.q - a.q || a.i - b.i)
  const first = wanted.find(
    ({ type }) => activityTypes.includes(type) || type === 'text/html' || type === 'application/xhtml+xml',
  )
  return first !== undefined && activityTypes.includes(first.type)
}

/** Whether a request is to be led to a page. Browsers open links to ids, too. */
export const prefersPage = (request: Request): boolean =>
  /text\/html/i.test(request.headers.get('accept') ?? '') && !wantsActivity(request)

/** A signed request may get 404 where others get a document, and the other way round. */
const vary = 'Accept, Signature, Signature-Input'

/** `isPrivate`: no cache may store it. */
export type Kind = { isPrivate?: boolean; etag?: string }

/** A document for other servers, as JSON text; 304 if the ETag matches. */
export function textResponse(
  request: Request,
  { json, etag }: { json: string; etag: string },
  { isPrivate = false }: Kind = {},
): Response {
  const kind = { isPrivate, etag }
  return isKnown(request, etag)
    ? new Response(null, { status: 304, headers: headersOf(kind) })
    : new Response(json, { headers: headersOf(kind) })
}

/** The same, of an answer that Fedify made of a document: its headers are replaced. */
export function finished(request: Request, response: Response, kind: Kind = {}): Response {
  if (kind.etag !== undefined && isKnown(request, kind.etag))
    return new Response(null, { status: 304, headers: headersOf(kind) })
  for (const [name, value] of Object.entries(headersOf(kind))) response.headers.set(name, value)
  return response
}

/** The Tombstone of a status. */
export const tombstone = (json: object): Response =>
  new Response(JSON.stringify(json), { status: 410, headers: headersOf({}) })

const isKnown = (request: Request, etag: string): boolean =>
  (request.headers.get('if-none-match') ?? '')
    .split(',')
    .some((known) => known.trim().replace(/^W\//, '') === `"${etag}"`)

const headersOf = ({ isPrivate = false, etag }: Kind): Record<string, string> => ({
  'content-type': 'application/activity+json; charset=utf-8',
  'cache-control': isPrivate ? 'private, no-store' : 'public, max-age=60',
  vary,
  'access-control-allow-origin': '*',
  ...(etag ? { etag: `"${etag}"` } : {}),
})

/** An answer without document. No cache may store it, as a signed request may get one. */
export const nothing = (status: 400 | 401 | 404 | 410 | 503, words: string): Response =>
  new Response(`${words}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      vary,
      'access-control-allow-origin': '*',
    },
  })

export const missing = (): Response => nothing(404, 'Not found')

/** The parameters of a request; of several with one name the first. */
export const queryOf = (request: Request): Partial<Record<string, string>> =>
  Object.fromEntries([...new URL(request.url).searchParams].toReversed())
