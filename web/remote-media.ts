/** Proxies remote files, so that browsers of local people don't connect to other servers. */
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { remoteFile } from '#src/media/remote.ts'
import { notFound } from '#src/platform/errors.ts'
import { byteLimit } from '#src/platform/http/byte-limit.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { remoteNamed, type RemoteVariant } from '#src/platform/storage/remote-names.ts'
import { limits } from '#src/rules/limits.ts'
import type { C, Env } from './env.ts'
import { inertHeaders, sendFile } from './media.ts'

/** A day, as a remote file may change and be copied anew. */
const caching = 'public, max-age=86400'
const failureCaching = 'public, max-age=600'
const beginMs = 10_000

/** Content types that are passed on unchanged: none that a browser would run. */
const proxiedTypes =
  /^(image\/(png|jpeg|gif|webp|avif)|video\/(mp4|webm|quicktime|ogg)|audio\/(mpeg|mp4|ogg|webm|wav|x-wav|flac|aac|x-m4a))$/

export const remoteMedia = new Hono<Env>().get('/media/remote/:signature/:variant/:url', async (c) => {
  const { app } = c.var
  const named = remoteNamed(app.secrets, c.req.param())
  if (!named) throw notFound()
  const found = await remoteFile(app, named.url, named.variant)
  if (found === null) return missing(c, named.variant)
  if (found === 'remote') return proxy(c, named)
  return app.config.s3?.publicUrl ? c.redirect(app.uris.file(found.file)) : sendFile(c, found.file, caching)
})

/** Answers for a missing file: avatars and headers get the default picture. */
function missing(c: C, variant: RemoteVariant): Response {
  c.header('Cache-Control', failureCaching)
  if (variant === 'avatar' || variant === 'header') return c.redirect(`/static/${variant}s/missing.png`)
  throw notFound()
}

/** Streams a remote file, or the requested part of it. */
async function proxy(c: C, { url, variant }: { url: string; variant: RemoteVariant }): Promise<Response> {
  const range = c.req.header('Range')
  const asked = {
    'accept-encoding': 'identity',
    accept: 'image/*, video/*, audio/*, */*;q=0.5',
    ...(range && /^bytes=\d*-\d*$/.test(range) ? { range } : {}),
  }
  const answer = await c.var.app.http
    .open(url, { purpose: 'media', headers: () => asked, timeoutMs: beginMs, signal: c.req.raw.signal })
    .catch((error: unknown) => {
      if (error instanceof HttpError) return null
      throw error
    })
  if (!answer) return missing(c, variant)
  const done = () => answer.body.on('error', () => {}).destroy()
  const copied = (...names: string[]) =>
    Object.fromEntries(
      names.flatMap((name) => (answer.headers.has(name) ? [[name, answer.headers.get(name) ?? '']] : [])),
    )
  if (answer.status === 416) {
    done()
    return c.body(null, 416, { ...inertHeaders, ...copied('content-range'), 'Cache-Control': 'no-store' })
  }
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (
    ![200, 206].includes(answer.status) ||
    !proxiedTypes.test(type) ||
    answer.headers.has('content-encoding') ||
    Number(answer.headers.get('content-length') ?? 0) > limits.media.maxVideoBytes
  ) {
    done()
    return missing(c, variant)
  }
  const headers = {
    ...inertHeaders,
    ...copied('content-length', 'content-range', 'accept-ranges'),
    'Content-Type': type,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': caching,
  }
  if (c.req.method === 'HEAD') {
    done()
    return c.body(null, answer.status as 200, headers)
  }
  const body = answer.body.on('error', () => bounded.destroy()).pipe(byteLimit(limits.media.maxVideoBytes))
  const bounded = body.on('close', () => answer.body.destroy())
  return c.body(Readable.toWeb(bounded) as ReadableStream, answer.status as 200, headers)
}
