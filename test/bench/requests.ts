/**
 * Processor time of the server and of PostgreSQL for each of an app's usual requests, and how long they take when 32 connections ask at once,
 * on the demo's data: `DATA_DIR=/tmp/bench npx pipit demo --posts 100000`, then
 * `DATA_DIR=/tmp/bench npx node --import tsx test/bench/requests.ts [name]`. Works on Linux, whose /proc tells the processor time.
 */
import { sql } from 'drizzle-orm'
import { Pool } from 'undici'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { scopes } from '#src/accounts/sessions/scopes.ts'
import { loadConfig } from '#src/platform/config.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { start } from '#test/runtime/process.ts'
import { postgresTime, processorTime } from './processor-time.ts'

const warmUps = 300
const rounds = 5
const perRound = 200
const connections = 32
const loadMs = 4_000

type Request = { method: 'GET' | 'POST'; path: string | (() => string); body?: () => object }

const config = loadConfig()
const embedded = config.databaseUrl ? null : await openEmbedded(config.dataDir)
const url = config.databaseUrl ?? embedded?.url ?? ''
const db = connect(url, 2)
const wanted = process.argv[2]
const print = (line: string) => process.stdout.write(`${line}\n`)

const {
  rows: [reader],
} = await db.execute<{ id: AccountId }>(
  sql`select account_id as id from users order by (select count(*) from follows where follower_id = account_id) desc limit 1`,
)
if (!reader) throw new Error('Fill the database first: npx pipit demo --posts 100000')
const token = await db.transaction(async (tx) => {
  const application = await createApplication(tx, {
    name: 'Bench',
    website: null,
    redirectUris: ['urn:ietf:wg:oauth:2.0:oob'],
    scopes: [...scopes],
  })
  return (await issueToken(tx, application.id, reader.id, [...scopes])).token
})

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
const pool = new Pool(`http://localhost:${server.port}`, { connections, pipelining: 1 })

async function ask({ method, path, body }: Request): Promise<unknown> {
  const { statusCode, body: answer } = await pool.request({
    method,
    path: typeof path === 'string' ? path : path(),
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body()) } : {}),
  })
  const text = await answer.text()
  if (statusCode !== 200) throw new Error(`${method} ${String(path)} answered ${statusCode}: ${text.slice(0, 200)}`)
  return text
}

/** Processor time of Pipit and of the embedded PostgreSQL, in ms. */
async function used(): Promise<{ pipit: number; postgres: number }> {
  return {
    pipit: await processorTime(server.pid),
    postgres: embedded ? await postgresTime(config.dataDir) : Number.NaN,
  }
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function measure(name: string, request: Request): Promise<void> {
  if (wanted && wanted !== name) return
  for (let i = 0; i < warmUps; i++) await ask(request)
  const costs: { pipit: number; postgres: number }[] = []
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = await used()
    for (let i = 0; i < perRound; i++) {
      const began = performance.now()
      await ask(request)
      times.push(performance.now() - began)
    }
    const after = await used()
    costs.push({
      pipit: (after.pipit - before.pipit) / perRound,
      postgres: (after.postgres - before.postgres) / perRound,
    })
  }
  const under = await load(request)
  print(
    `${name.padEnd(20)} ${median(costs.map(({ pipit }) => pipit)).toFixed(2)} ms CPU and ${median(costs.map(({ postgres }) => postgres)).toFixed(2)} of PostgreSQL, ${median(times).toFixed(2)} ms alone; ${connections} connections: ${under.rate.toFixed(0)}/s, median ${under.median.toFixed(1)} ms, p99 ${under.p99.toFixed(1)} ms (${(under.p99 / under.median).toFixed(1)} times)`,
  )
}

async function load(request: Request): Promise<{ rate: number; median: number; p99: number }> {
  const times: number[] = []
  const end = performance.now() + loadMs
  const asker = async () => {
    while (performance.now() < end) {
      const began = performance.now()
      await ask(request)
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: connections }, asker))
  const sorted = times.toSorted((a, b) => a - b)
  return {
    rate: (times.length * 1_000) / loadMs,
    median: median(times),
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
  }
}

/** A thread of a hundred replies, some of them to one another. */
async function makeThread(): Promise<string> {
  const post = async (body: object) =>
    (JSON.parse(String(await ask({ method: 'POST', path: '/api/v1/statuses', body: () => body }))) as { id: string }).id
  const root = await post({ status: 'What shall we plant?' })
  const ids = [root]
  for (let i = 0; i < 100; i++)
    ids.push(
      await post({ status: `Number ${i}, and why not`, in_reply_to_id: i % 3 === 0 ? root : ids[Math.floor(i / 2)] }),
    )
  return root
}

const {
  rows: [tag],
} = await db.execute<{ name: string }>(
  sql`select t.name from tags t join status_tags s on s.tag_id = t.id group by 1 order by count(*) desc limit 1`,
)
const root = await makeThread()
/** More than the number of requests: repeating an action would be cheaper. */
const { rows: favourable } = await db.execute<{ id: string }>(sql`
  select id from statuses where visibility = 'public' and reblog_of_id is null and deleted_at is null and account_id <> ${reader.id}
    and not exists (select from favourites f where f.status_id = statuses.id and f.account_id = ${reader.id}) order by id desc limit 50000`)
const favourites = favourable.map(({ id }) => id)
let favourited = 0
try {
  await measure('verify_credentials', { method: 'GET', path: '/api/v1/accounts/verify_credentials' })
  await measure('home', { method: 'GET', path: '/api/v1/timelines/home?limit=20' })
  await measure('public', { method: 'GET', path: '/api/v1/timelines/public?limit=20' })
  await measure('tag', { method: 'GET', path: `/api/v1/timelines/tag/${encodeURIComponent(tag?.name ?? '')}?limit=20` })
  await measure('context', { method: 'GET', path: `/api/v1/statuses/${root}/context` })
  await measure('notifications', { method: 'GET', path: '/api/v1/notifications?limit=20' })
  await measure('grouped', { method: 'GET', path: '/api/v2/notifications?limit=20' })
  await measure('account', { method: 'GET', path: `/api/v1/accounts/${reader.id}/statuses?limit=20` })
  await measure('search', { method: 'GET', path: '/api/v2/search?q=bread&type=statuses&limit=20' })
  await measure('favourite', {
    method: 'POST',
    path: () => `/api/v1/statuses/${favourites[favourited++ % favourites.length]}/favourite`,
  })
  await measure('post', {
    method: 'POST',
    path: '/api/v1/statuses',
    body: () => ({ status: `A plain post ${crypto.randomUUID()}` }),
  })
} finally {
  await pool.close()
  await server[Symbol.asyncDispose]()
  await db.$client.end()
  await embedded?.close()
}
