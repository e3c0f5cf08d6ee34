/** Stored files of ours. */
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { notFound } from '#src/errors.ts'
import { mediaTypeOf } from '#src/media/names.ts'
import type { Env } from './env.ts'

/** Names are random and their files never change. Whatever a file says, it can do nothing. */
export const media = new Hono<Env>().get('/media/:name', async (c) => {
  const name = c.req.param('name')
  const file = await c.var.app.storage.get(name)
  if (!file) throw notFound()
  const headers = {
    'Content-Type': mediaTypeOf(name),
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
    'Accept-Ranges': 'bytes',
  }
  const range = rangeOf(c.req.header('Range'), file.bytes)
  if (range === 'unsatisfiable') return c.body(null, 416, { 'Content-Range': `bytes */${file.bytes}` })
  const { start, end } = range ?? { start: 0, end: file.bytes - 1 }
  const isEmpty = c.req.method === 'HEAD' || file.bytes === 0
  return c.body(isEmpty ? '' : (Readable.toWeb(file.stream({ start, end })) as ReadableStream), range ? 206 : 200, {
    ...headers,
    'Content-Length': String(end - start + 1),
    ...(range ? { 'Content-Range': `bytes ${start}-${end}/${file.bytes}` } : {}),
  })
})

/** A single range of bytes (RFC 9110, 14); null for none, and for what is not worth more than the whole. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start > end || start >= size ? 'unsatisfiable' : { start, end }
}
