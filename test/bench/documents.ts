/**
 * Processor time of the server for fetches by other servers: an actor, a status, a page of an outbox, each answered in whole and by
 * 304, and the documents that are never stored, on the demo's data: `DATA_DIR=/tmp/bench npx pipit demo --posts 2000`, then
 * `DATA_DIR=/tmp/bench npx node --import tsx test/bench/documents.ts`. Works on Linux, whose /proc tells the processor time.
 */
import { sql } from 'drizzle-orm'
import { Pool } from 'undici'
import { loadConfig } from '#src/platform/config.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect } from '#src/platform/db/index.ts'
import { start } from '#test/runtime/process.ts'
import { processorTime } from './processor-time.ts'

const warmUps = 500
const rounds = 5
const perRound = 500

const config = loadConfig()
const embedded = config.databaseUrl ? null : await openEmbedded(config.dataDir)
const url = config.databaseUrl ?? embedded?.url ?? ''
const db = connect(url, 2)
const print = (line: string) => process.stdout.write(`${line}\n`)

const {
  rows: [author],
} = await db.execute<{ id: string; name: string }>(sql`
  select a.id, a.username as name from accounts a join account_stats s on s.account_id = a.id where a.domain is null order by s.statuses_count desc limit 1`)
if (!author) throw new Error('Fill the database first: npx pipit demo --posts 2000')
const { rows: posts } = await db.execute<{ id: string }>(sql`
  select s.id from statuses s where s.is_local and s.visibility = 'public' and s.reblog_of_id is null and s.deleted_at is null
    and not exists (select from polls p where p.status_id = s.id) and not exists (select from quotes q where q.status_id = s.id) order by id desc limit 50`)

const server = await start(
  {
    DATABASE_URL: url,
    DATA_DIR: config.dataDir,
    RATE_LIMIT_FACTOR: '100000',
    LOG_LEVEL: 'error',
    ORIGIN: config.origin,
  },
  ['web/main.ts'],
)
await server.printed('http')
const pool = new Pool(`http://localhost:${server.port}`, { connections: 4, pipelining: 1 })

async function ask(path: string, etag?: string, expected = etag ? 304 : 200): Promise<string> {
  const { statusCode, headers, body } = await pool.request({
    method: 'GET',
    path,
    headers: { accept: 'application/activity+json', ...(etag ? { 'if-none-match': etag } : {}) },
  })
  const text = await body.text()
  if (statusCode !== expected) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 200)}`)
  return String(headers['etag'] ?? '')
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function measure(name: string, pathOf: (i: number) => string, isKnown = false, expected = 200): Promise<void> {
  const etags = new Map<string, string>()
  const once = async (i: number) => {
    const path = pathOf(i)
    if (!isKnown) return void (await ask(path, undefined, expected))
    const known = etags.get(path) ?? (await ask(path))
    etags.set(path, known)
    await ask(path, known)
  }
  for (let i = 0; i < warmUps; i++) await once(i)
  const costs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = await processorTime(server.pid)
    for (let i = 0; i < perRound; i++) await once(i)
    costs.push(((await processorTime(server.pid)) - before) / perRound)
  }
  print(`${name.padEnd(24)} ${median(costs).toFixed(2)} ms CPU`)
}

try {
  const status = (i: number) => `/ap/statuses/${posts[i % posts.length]?.id}`
  await measure('nothing (/livez)', () => '/livez')
  await measure('actor', () => `/ap/accounts/${author.id}`)
  await measure('actor, 304', () => `/ap/accounts/${author.id}`, true)
  await measure('status', status)
  await measure('status, 304', status, true)
  await measure('outbox page of 20', () => `/ap/accounts/${author.id}/outbox?page=true`)
  await measure('outbox page, 304', () => `/ap/accounts/${author.id}/outbox?page=true`, true)
  // Never stored: made for each request.
  await measure('outbox, its total', () => `/ap/accounts/${author.id}/outbox`)
  await measure('followers page', () => `/ap/accounts/${author.id}/followers?page=true`)
  await measure('replies of a status', (i) => `${status(i)}/replies`)
  await measure('nobody', (i) => `/ap/statuses/${i + 1}`, false, 404)
  await measure(
    'webfinger',
    () => `/.well-known/webfinger?resource=${encodeURIComponent(`acct:${author.name}@${config.handleHost}`)}`,
  )
} finally {
  await pool.close()
  await server[Symbol.asyncDispose]()
  await db.$client.end()
  await embedded?.close()
}
