import { hash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import type { Env } from '../env.ts'

/**
 * Adds a weak ETag to JSON answers of GET requests, and answers 304 if the client has it (RFC 9110, 13.1.2). It hashes
 * the text before that becomes an answer's body: reading it back from there would cost more than all the rest.
 */
export const conditional: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === 'GET') {
    c.json = ((value: unknown, status: 200 = 200, headers: Record<string, string> = {}) => {
      const text = JSON.stringify(value)
      const tag = `W/"${hash('sha1', text, 'base64url')}"`
      if (status === 200) c.header('ETag', tag)
      if (status === 200 && isKnown(c.req.header('If-None-Match'), tag)) return c.body(null, 304)
      return c.body(text, status, { ...headers, 'Content-Type': 'application/json' })
    }) as unknown as Context<Env>['json']
  }
  await next()
}

const isKnown = (header: string | undefined, tag: string): boolean =>
  header !== undefined &&
  header.split(',').some((etag) => etag.trim() === '*' || etag.trim().replace(/^W\//, '') === tag.slice(2))
