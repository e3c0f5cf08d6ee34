/**
 * The cost of open streams in a web process: memory of an idle stream, and processor time and delay of a post that goes to all of
 * them: `npx node --import tsx test/bench/streams.ts [count] [stream] [streams of an account]`. Works on Linux, whose /proc tells both, and whose loopback
 * has the many addresses that the limits ask for.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { WebSocket } from 'ws'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { start } from '#test/runtime/process.ts'
import { processorTime } from './processor-time.ts'

const count = Number(process.argv[2] ?? 1_000)
const posts = 30
const perAccount = Number(process.argv[4] ?? 20)

await using closing = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'pipit-bench-'))
closing.defer(() => rm(folder, { recursive: true, force: true }))
const embedded = await openEmbedded(folder)
closing.defer(() => embedded.close())
await migrate(embedded.url)
const db = connect(embedded.url, 3)
closing.defer(() => db.$client.end())
const port = 3_999
const server = await start(
  {
    DATABASE_URL: embedded.url,
    DATA_DIR: folder,
    HOST: '127.0.0.1',
    PORT: String(port),
    ORIGIN: `http://127.0.0.1:${port}`,
    RATE_LIMIT_FACTOR: '100000',
    LOG_LEVEL: 'error',
  },
  ['web/main.ts'],
)
closing.use(server)
await server.printed('Pipit runs at')

/** Accounts that all follow the first one, with a token for each. */
const tokens = await db.transaction(async (tx) => {
  const app = await createApplication(tx, {
    name: 'Bench',
    website: null,
    redirectUris: ['urn:ietf:wg:oauth:2.0:oob'],
    scopes: ['read', 'write'],
  })
  const made: string[] = []
  let author: AccountId | null = null
  for (let i = 0; i < Math.ceil(count / perAccount) + 1; i++) {
    const id = newId<AccountId>()
    const uri = `http://127.0.0.1:${port}/users/${id}`
    await tx.execute(
      sql`insert into accounts (id, username, uri, url, inbox_url) values (${id}, ${`reader${i}`}, ${uri}, ${uri}, ${`${uri}/inbox`})`,
    )
    await tx.execute(sql`insert into account_stats (account_id) values (${id})`)
    await tx.execute(
      sql`insert into users (account_id, email, password_hash, role, confirmed_at, approved_at) values (${id}, ${`reader${i}@bench.test`}, 'none', 'user', now(), now())`,
    )
    if (author)
      await tx.execute(
        sql`insert into follows (id, follower_id, target_id, uri) values (${newId()}, ${id}, ${author}, ${`${uri}#follow`})`,
      )
    author ??= id
    made.push((await issueToken(tx, app.id, id, ['read', 'write'])).token)
  }
  return made
})

const memory = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))?.[1])
const post = async () => {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/statuses`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokens[0]}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ status: `Hello ${crypto.randomUUID()}`, visibility: 'public' }),
  })
  if (!response.ok) throw new Error(`A post was answered ${response.status}: ${await response.text()}`)
}
const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Posts, one after the other; returns the processor time of each, and how long it took until the last stream had it. */
async function posting(told: () => number, streams: number): Promise<{ cost: number; delay: number }> {
  const delays: number[] = []
  const before = await processorTime(server.pid)
  for (let i = 0; i < posts; i++) {
    const [goal, began] = [told() + streams, performance.now()]
    await post()
    while (told() < goal) {
      if (performance.now() - began > 30_000)
        throw new Error(
          `Only ${streams - goal + told()} of ${streams} streams were told\n${server.stderr().slice(-2_000)}`,
        )
      await sleep(1)
    }
    delays.push(performance.now() - began)
  }
  return { cost: ((await processorTime(server.pid)) - before) / posts, delay: median(delays) }
}

for (let i = 0; i < 100; i++) await post()
const alone = await posting(() => 0, 0)
const before = await memory()
let told = 0
const sockets: WebSocket[] = []
for (let i = 0; i < count; i++) {
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/api/v1/streaming?stream=${process.argv[3] ?? 'user'}&access_token=${tokens[1 + Math.floor(i / perAccount)]}`,
    { localAddress: `127.0.1.${1 + (i % 200)}` },
  )
  socket.on('message', () => told++)
  await once(socket, 'open')
  sockets.push(socket)
}
await sleep(5_000)
const print = (line: string) => process.stdout.write(`${line}\n`)
print(
  `memory of an idle stream: ${(((await memory()) - before) / count).toFixed(1)} kB (${count} streams; the process has ${((await memory()) / 1_024).toFixed(0)} MB)`,
)
const idleBefore = await processorTime(server.pid)
await sleep(10_000)
print(
  `processor time of idle streams: ${(((await processorTime(server.pid)) - idleBefore) / 10).toFixed(1)} ms a second`,
)
const shared = await posting(() => told, count)
print(
  `a post: ${alone.cost.toFixed(1)} ms of processor time without streams, ${shared.cost.toFixed(1)} ms with ${count} that are told of it, the last of them after ${shared.delay.toFixed(0)} ms`,
)
for (const socket of sockets) socket.terminate()
