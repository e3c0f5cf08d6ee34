/** Serves stored files. */
import { Readable } from 'node:stream'
import { type Context, Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import { mediaTypeOf } from '#src/platform/storage/names.ts'
import type { ByteRange } from '#src/platform/storage/storage.ts'
import type { C, Env } from './env.ts'

const unchanging = 'public, max-age=31536000, immutable'

/** Names are random, and the file of a name never changes. */
export const media = new Hono<Env>().get('/media/:name', (c) => sendFile(c, c.req.param('name'), unchanging))

/**
 * Answers with a stored file, or a part of it. Its headers keep any content from running as a page.
 *
 * @throws Refusal `not_found`
 */
export async function sendFile(c: C, name: string, caching: string): Promise<Response> {
  const file = await c.var.app.storage.get(name)
  if (!file) throw notFound()
  const etag = `"${name}"`
  const headers = {
    ...inertHeaders,
    'Content-Type': mediaTypeOf(name),
    'Cache-Control': caching,
    'Accept-Ranges': 'bytes',
    ETag: etag,
  }
  if (hasCopy(c, etag)) return c.body(null, 304, headers)

  const range = wantsWhole(c, etag) ? null : rangeOf(c.req.header('Range'), file.bytes)
  if (range === 'unsatisfiable')
    return c.body(null, 416, { ...headers, 'Cache-Control': 'no-store', 'Content-Range': `bytes */${file.bytes}` })
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 }
  const isEmpty = c.req.method === 'HEAD' || file.bytes === 0
  return c.body(isEmpty ? '' : (Readable.toWeb(await file.read({ start, end })) as ReadableStream), range ? 206 : 200, {
    ...headers,
    'Content-Length': String(end - start + 1),
    ...(range ? { 'Content-Range': `bytes ${start}-${end}/${file.bytes}` } : {}),
  })
}

/** Headers that allow any site to show a file, and keep it from running as a page. */
export const inertHeaders = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
}

const hasCopy = (c: Context, etag: string): boolean =>
  (c.req.header('If-None-Match') ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

/** Whether `If-Range` names another version, so that the client needs the whole file (RFC 9110, 13.1.5). */
const wantsWhole = (c: Context, etag: string): boolean => ![undefined, etag].includes(c.req.header('If-Range'))

/**
 * A single range of bytes (RFC 9110, 14); null for none, and for several or malformed ones, which get the whole file.
 */
function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  if (first !== '' && last !== '' && Number(first) > Number(last)) return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start > end || start >= size ? 'unsatisfiable' : { start, end }
}
