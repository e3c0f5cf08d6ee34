/** Walks the table of the client API: each endpoint is there, keeps strangers out, and answers in the shape that apps expect. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saveText } from '#src/instance/texts.ts'
import type { Scope } from '#src/auth/scopes.ts'
import { problemsOf } from '../schemas.ts'
import { tokenOf } from '../server.ts'
import { type Prepared, recipes } from './recipes.ts'
import { openWorld, type World } from './world.ts'

type Row = { method: string; path: string; group: string; auth: string; scope: string; returns: string; paginates: string; tier: string }

const [header = '', ...lines] = readFileSync(join(import.meta.dirname, 'endpoints.tsv'), 'utf8').trimEnd().split('\n')
const names = header.split('\t')
const rows = lines.map((line) => Object.fromEntries(line.split('\t').map((value, i) => [names[i], value])) as Row).filter(({ tier }) => tier === 'core' || tier === 'common')
const keyOf = ({ method, path }: Row): string => `${method} ${path}`

/** Pages of the website, which a browser's session opens: `test/api/oauth.test.ts` walks through them. */
const pages = rows.filter(({ path }) => path.startsWith('/oauth/authorize'))
const streams = rows.filter(({ path }) => path.startsWith('/api/v1/streaming') && !path.endsWith('/health'))
const calls = rows.filter((row) => !pages.includes(row) && !streams.includes(row))

let w: World
beforeAll(async () => {
  w = await openWorld()
  await w.t.db.transaction((tx) => saveText(tx, 'termsOfService', 'Be kind.'))
}, 120_000)
afterAll(() => w[Symbol.asyncDispose]())

test('every endpoint that apps commonly use is tried', () => {
  expect(rows.map(keyOf).filter((key) => !recipes[key])).toEqual([])
  expect(rows).toHaveLength(199)
})

describe.each(calls.map((row) => ({ key: keyOf(row), row })))('$key', ({ key, row }) => {
  test('keeps out who may not, and answers whoever may in its shape', async () => {
    const prepared = await recipes[key]?.(w)
    if (!prepared) throw new Error('There is no recipe')
    await keepsOut(row, prepared)
    const token = 'token' in prepared ? prepared.token : w.token
    const { status, body } = await w.call(row.method, prepared.path, { token, body: prepared.body })
    // What an admin did not publish is not there.
    if (key === 'GET /api/v1/instance/domain_blocks') return expect(status).toBe(404)
    expect({ status, body: status === 200 ? {} : body }).toEqual({ status: 200, body: {} })
    expect(problemsOf(...shapeOf(row, body))).toEqual([])
    if (row.paginates === 'link') await pagesOn(prepared, token)
  }, 30_000)
})

describe.each(streams.map((row) => ({ key: keyOf(row), row })))('$key', ({ key, row }) => {
  test('keeps out who may not, and opens for whoever may', async () => {
    const prepared = await recipes[key]?.(w)
    if (!prepared) throw new Error('There is no recipe')
    const streaming = { headers: { Accept: 'text/event-stream' } }
    expect((await w.call('GET', prepared.path, streaming)).status).toBe(401)
    const wrong = await tokenOf(w.t.app, w.alice, ['push'])
    if (row.path === '/api/v1/streaming') return
    expect((await w.call('GET', prepared.path, { ...streaming, token: wrong })).status).toBe(403)
    const opened = await fetch(`${w.url}${prepared.path}`, { headers: { Authorization: `Bearer ${w.token}` } })
    expect([opened.status, opened.headers.get('Content-Type')]).toEqual([200, expect.stringContaining('text/event-stream')])
    await opened.body?.cancel()
  })
})

test.each(pages.map(keyOf))('%s is a page of the website', async (key) => {
  const [method = '', path = ''] = key.split(' ')
  const { status } = await w.call(method, `${path}${method === 'GET' && path.endsWith('native') ? '?code=abc' : ''}`)
  expect([200, 302, 303, 400, 401, 403, 415]).toContain(status)
})

test('ids that are not there are not found, whatever they look like', async () => {
  const wrong = calls.filter(({ method, path, auth }) => method === 'GET' && auth !== 'app' && /:(id|list_id|filter_id)\b/.test(path))
  for (const { path } of wrong) {
    for (const id of ['999', 'abc', '-1', '99999999999999999999']) {
      const { status, body } = await w.call('GET', path.replace(/:\w+/, id), { token: w.token })
      expect({ path, id, status, error: typeof body.error }).toEqual({ path, id, status: 404, error: 'string' })
    }
  }
})

async function keepsOut(row: Row, prepared: Prepared): Promise<void> {
  const attempt = async (token?: string) => {
    const { status, body } = await w.call(row.method, prepared.path, { token, body: prepared.body })
    return { status, error: typeof body?.error }
  }
  if (row.auth === 'public' && row.group === 'oauth') return
  if (['user', 'app'].includes(row.auth)) expect(await attempt()).toEqual({ status: 401, error: 'string' })
  if (row.auth !== 'public') expect(await attempt('no-such-token')).toEqual({ status: 401, error: 'string' })
  if (row.auth === 'user') expect(await attempt(w.appToken)).toEqual({ status: 422, error: 'string' })
  if (row.scope) {
    const other: Scope = row.scope === 'push' ? 'read' : 'push'
    const holder = row.auth === 'app' ? null : w.alice
    expect(await attempt(await tokenOf(w.t.app, holder, [other]))).toEqual({ status: 403, error: 'string' })
  }
}

/** A page of one holds one, and leads on to the next in a header. */
async function pagesOn({ path }: Prepared, token: string | undefined): Promise<void> {
  const { status, body, headers } = await w.call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`, { token })
  const items = Array.isArray(body) ? body : body.notification_groups
  expect([status, items.length]).toEqual([200, 1])
  expect(headers.get('Link')).toMatch(/<http:\/\/127\.0\.0\.1:\d+\/api\/[^>]*max_id=[^>]*>; rel="next", <[^>]*(min_id|since_id)=[^>]*>; rel="prev"/)
}

function shapeOf({ returns, auth, path }: Row, body: unknown): [string, unknown] {
  if (returns === '[domain string]') return ['[domain]', body]
  if (returns === 'empty') return ['Empty', body]
  if (returns === 'text OK') return ['text', body]
  if (returns === 'Status or ScheduledStatus') return ['StatusWithViewer', body]
  if (path.startsWith('/.well-known/') || path.startsWith('/nodeinfo')) return returns === 'OAuthServerMetadata' ? [returns, body] : ['object', body]
  const isMine = auth !== 'public' && ['Status', '[Status]', 'Poll'].includes(returns)
  return [isMine ? returns.replace('Status', 'StatusWithViewer').replace('Poll', 'PollWithViewer') : returns, body]
}
