/** Which of its forms a thing is asked for in: for people, or for other servers. */

const activityTypes = ['application/activity+json', 'application/ld+json']

/** Whether a request wants ActivityStreams rather than a page: it names one of its types, and none for people before. */
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
  const first = wanted.find(({ type }) => activityTypes.includes(type) || type === 'text/html' || type === 'application/xhtml+xml')
  return first !== undefined && activityTypes.includes(first.type)
}

/** A document for other servers. What not everybody may see is kept by no cache. */
export function documentResponse(json: object, { status = 200, isPrivate = false }: { status?: number; isPrivate?: boolean } = {}): Response {
  return new Response(JSON.stringify(json), {
    status,
    headers: {
      'content-type': 'application/activity+json; charset=utf-8',
      'cache-control': isPrivate ? 'private, no-store' : 'public, max-age=60',
      vary: isPrivate ? 'Accept, Signature' : 'Accept',
      'access-control-allow-origin': '*',
    },
  })
}
