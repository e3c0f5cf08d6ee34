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

/** A signed request may get 404 where others get a document, and the other way round. */
const vary = 'Accept, Signature, Signature-Input'

type Kind = { status?: number; isPrivate?: boolean; etag?: string }

/** A document for other servers. `isPrivate`: no cache may store it. */
export const documentResponse = (json: object, kind: Kind = {}): Response => respond(JSON.stringify(json), kind)

/** The same for JSON text; 304 if the ETag matches. */
export function textResponse(
  request: Request,
  { json, etag }: { json: string; etag: string },
  kind: Kind = {},
): Response {
  const isUnchanged = (request.headers.get('if-none-match') ?? '')
    .split(',')
    .some((known) => known.trim().replace(/^W\//, '') === `"${etag}"`)
  return isUnchanged ? respond(null, { ...kind, etag, status: 304 }) : respond(json, { ...kind, etag })
}

function respond(body: string | null, { status = 200, isPrivate = false, etag }: Kind): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'application/activity+json; charset=utf-8',
      'cache-control': isPrivate ? 'private, no-store' : 'public, max-age=60',
      vary,
      'access-control-allow-origin': '*',
      ...(etag ? { etag: `"${etag}"` } : {}),
    },
  })
}

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
