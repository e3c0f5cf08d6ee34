/** Calls each endpoint in the table of the client API: it exists, refuses requests without permission, and answers in the form that apps expect. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveText } from '#src/instance/texts.ts'
import { problemsOf } from '../schemas.ts'
import { tokenOf } from '../server.ts'
import type { Prepared } from './recipe.ts'
import { missing, recipes } from './recipes.ts'
import { openWorld, type World } from './world.ts'

type Row = {
  method: string
  path: string
  group: string
  auth: string
  scope: string
  returns: string
  paginates: string
  tier: string
}

const [header = '', ...lines] = readFileSync(join(import.meta.dirname, 'endpoints.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
const names = header.split('\t')
const keyOf = ({ method, path }: Row): string => `${method} ${path}`
const rows = lines
  .map((line) => Object.fromEntries(line.split('\t').map((value, i) => [names[i], value])) as Row)
  .filter((row) => row.tier !== 'admin' || recipes[keyOf(row)])

/** Pages of the website, which a browser's session opens: `test/api/oauth.test.ts` walks through them. */
const pages = rows.filter(({ path }) => path.startsWith('/oauth/authorize'))
const streams = rows.filter(({ path }) => path.startsWith('/api/v1/streaming') && !path.endsWith('/health'))
const absent = rows.filter((row) => missing[keyOf(row)])
const calls = rows.filter((row) => !pages.includes(row) && !streams.includes(row) && !absent.includes(row))

/** Answers that are good, where they are not 200. */
const others: Record<string, number> = {
  // Texts that no admin published get 404.
  'GET /api/v1/instance/domain_blocks': 404,
  'GET /api/v1/donation_campaigns': 204,
  'GET /.well-known/change-password': 302,
}

let w: World
beforeAll(async () => {
  w = await openWorld()
  await w.t.db.transaction((tx) => saveText(tx, commandLine, 'termsOfService', 'Be kind.'))
})
afterAll(() => w[Symbol.asyncDispose]())

test('every endpoint is tried, except those that are left out for a reason', () => {
  expect(rows.map(keyOf).filter((key) => !recipes[key])).toEqual(Object.keys(missing))
  expect(rows.filter(({ tier }) => tier !== 'admin')).toHaveLength(247)
  expect(absent.filter(({ tier }) => tier !== 'rare')).toEqual([])
})

test('endpoints that are left out answer 404', async () => {
  for (const { method, path } of absent) {
    const { status } = await w.call(method, path.replace(/:\w+/, w.alice), {
      token: w.token,
      headers: { Accept: 'application/json' },
      ...(method === 'GET' ? {} : { body: {} }),
    })
    expect({ method, path, status }).toEqual({ method, path, status: 404 })
  }
})

test.each(calls.map((row) => ({ key: keyOf(row), row })))(
  '$key keeps out who may not, and answers whoever may in its shape',
  async ({ key, row }) => {
    const prepared = await recipes[key]?.(w)
    if (!prepared) throw new Error('There is no recipe')
    const token = 'token' in prepared ? prepared.token : w.token
    const problems = await leaks(row, prepared)
    const { status, body } = await w.call(row.method, prepared.path, {
      token,
      body: prepared.body,
      headers: prepared.headers ?? {},
    })
    const good = others[key] ?? 200
    if (status !== good) problems.push(`answered ${status}: ${JSON.stringify(body)}`)
    if (status === 200) problems.push(...problemsOf(...shapeOf(row, body)))
    if (row.paginates === 'link') problems.push(...(await pageProblems(prepared, token)))
    expect(problems).toEqual([])
  },
)

test.each(streams.map((row) => ({ key: keyOf(row) })))(
  '$key keeps out who may not, and opens for whoever may',
  async ({ key }) => {
    const prepared = await recipes[key]?.(w)
    if (!prepared) throw new Error('There is no recipe')
    const headers = { Accept: 'text/event-stream' }
    expect((await w.call('GET', prepared.path, { headers })).status).toBe(401)
    const wrong = await tokenOf(w.t.app, w.alice, ['push'])
    expect((await w.call('GET', prepared.path, { headers, token: wrong })).status).toBe(403)
    const opened = await fetch(`${w.url}${prepared.path}`, {
      headers: { ...headers, Authorization: `Bearer ${w.token}` },
    })
    await opened.body?.cancel()
    // The path by itself is for WebSockets.
    expect([opened.status, opened.headers.get('Content-Type')]).toEqual(
      key.endsWith('/streaming') ? [400, 'application/json'] : [200, 'text/event-stream'],
    )
  },
)

test.each(pages.map(keyOf))('%s is a page of the website', async (key) => {
  const [method = '', path = ''] = key.split(' ')
  const { status } = await w.call(method, `${path}${method === 'GET' && path.endsWith('native') ? '?code=abc' : ''}`)
  expect([200, 302, 303, 400, 401, 403, 415]).toContain(status)
})

test('unknown ids get 404, whatever their form', async () => {
  const wrong = calls.filter(
    ({ method, path, auth }) => method === 'GET' && auth !== 'app' && /:(id|list_id|filter_id)\b/.test(path),
  )
  for (const { path } of wrong) {
    for (const id of ['999', 'abc', '-1', '99999999999999999999']) {
      const { status, body } = await w.call('GET', path.replace(/:\w+/, id), { token: w.token })
      expect({ path, id, status, error: typeof body.error }).toEqual({ path, id, status: 404, error: 'string' })
    }
  }
})

/** The wrong answers to requests without a token, with an invalid one, without a person, or without the scope. */
async function leaks(row: Row, prepared: Prepared): Promise<string[]> {
  if (row.auth === 'public') return []
  const attempts: [who: string, token: string | undefined, expected: number][] = [['a bad token', 'no-such-token', 401]]
  if (row.auth !== 'public-or-user') attempts.push(['no token', undefined, 401])
  if (row.auth === 'user') attempts.push(['an app by itself', w.appToken, 422])
  if (row.scope)
    attempts.push([
      'another scope',
      await tokenOf(w.t.app, row.auth === 'app' ? null : w.alice, [row.scope === 'push' ? 'read' : 'push']),
      403,
    ])
  const problems: string[] = []
  for (const [who, token, expected] of attempts) {
    const { status, body } = await w.call(row.method, prepared.path, { token, body: prepared.body })
    if (status !== expected || typeof body?.error !== 'string')
      problems.push(`${who} got ${status} ${JSON.stringify(body)}, not ${expected}`)
  }
  return problems
}

/** A page of one holds one, and leads on to the next in a header. */
async function pageProblems({ path }: Prepared, token: string | undefined): Promise<string[]> {
  const { status, body, headers } = await w.call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=1`, { token })
  const items: unknown[] = Array.isArray(body) ? body : body.notification_groups
  const link = headers.get('Link') ?? ''
  const leads =
    /<http:\/\/127\.0\.0\.1:\d+\/api\/[^>]*max_id=[^>]*>; rel="next", <[^>]*(min_id|since_id)=[^>]*>; rel="prev"/.test(
      link,
    )
  return status === 200 && items.length === 1 && leads
    ? []
    : [`a page of one answered ${status} with ${items.length}, and links ${link}`]
}

function shapeOf({ returns: said, auth, path }: Row, body: unknown): [string, unknown] {
  const returns = said.replace(/ \(.*\)$/, '')
  if (returns === '[domain string]') return ['[domain]', body]
  // Mastodon answers `{}`, its documentation says otherwise.
  if (returns === 'empty' || returns.startsWith('empty or Admin_')) return ['Empty', body]
  if (returns === 'XRD' || returns === 'boolean') return [returns, body]
  if (returns === 'Search with hashtags as strings' || returns.startsWith('{invite_code')) return ['object', body]
  if (returns === 'text OK') return ['text', body]
  if (returns === 'Status or ScheduledStatus') return ['StatusWithViewer', body]
  if (path.startsWith('/.well-known/') || path.startsWith('/nodeinfo'))
    return returns === 'OAuthServerMetadata' ? [returns, body] : ['object', body]
  const isMine = auth !== 'public' && ['Status', '[Status]', 'Poll'].includes(returns)
  return [isMine ? returns.replace('Status', 'StatusWithViewer').replace('Poll', 'PollWithViewer') : returns, body]
}
