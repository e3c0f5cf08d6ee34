/**
 * The cost of sending one post to 10,000 followers on 1,000 servers: all of them healthy, or 10% refuse connections and
 * 5% never answer: `npx node --import tsx test/bench/deliver.ts [followers] [hosts]`. Works on Linux, whose loopback has
 * an address for each server, and whose /proc tells the processor time. One process plays all of them.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { generateKeys, storeKeys } from '#src/accounts/keys/keys.ts'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import { createApplication } from '#src/accounts/sessions/applications.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { start } from '#test/runtime/process.ts'
import { postgresTime, processorTime } from './processor-time.ts'

const sinkPort = 4_444
/** An address where no server listens. */
const deadPort = 4_445

/** All remote servers: an address each, one port. Servers at 127.2.x.y take requests, and never answer. */
async function playServers(): Promise<void> {
  let received = 0
  const server = createServer({ keepAlive: true }, (request, response) => {
    request.resume().on('end', () => {
      if (request.headers.host?.startsWith('127.2.')) return
      received += 1
      response.writeHead(202).end()
    })
  }).listen(sinkPort, '0.0.0.0', 4_096)
  await once(server, 'listening')
  process.on('message', () => process.send?.(received))
  process.send?.('ready')
}

async function bench(followers: number, hosts: number): Promise<void> {
  await using closing = new AsyncDisposableStack()
  const sink = fork(import.meta.filename, ['sink'], { execArgv: process.execArgv })
  closing.defer(() => void sink.kill())
  await once(sink, 'message')

  const folder = await mkdtemp(join(tmpdir(), 'pipit-bench-'))
  closing.defer(() => rm(folder, { recursive: true, force: true }))
  const embedded = await openEmbedded(folder)
  closing.defer(() => embedded.close())
  await migrate(embedded.url)
  const db = connect(embedded.url, 3)
  closing.defer(() => db.$client.end())

  const origin = 'http://127.0.0.1:3998'
  const env = {
    DATABASE_URL: embedded.url,
    DATA_DIR: folder,
    HOST: '127.0.0.1',
    PORT: '3998',
    ORIGIN: origin,
    ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    RATE_LIMIT_FACTOR: '100000',
    LOG_LEVEL: 'error',
  }
  const web = await start(env, ['web/main.ts'])
  closing.use(web)
  await web.printed('Pipit runs at')
  const worker = await start(env, ['jobs/main.ts'])
  closing.use(worker)

  const well = await author('well'),
    ill = await author('ill'),
    lonely = await author('lonely')
  const dead = Math.round(hosts * 0.1),
    hanging = Math.round(hosts * 0.05)
  const at = (net: number, i: number, port = sinkPort) => `127.${net}.${i >> 8}.${i & 255}:${port}`
  await follow(
    well.id,
    Array.from({ length: hosts }, (_, i) => at(1, i)),
  )
  await follow(
    ill.id,
    Array.from({ length: hosts }, (_, i) => (i < dead ? at(3, i, deadPort) : i < dead + hanging ? at(2, i) : at(4, i))),
  )

  const first = await author('first')
  await follow(first.id, [at(5, 1)])
  print(`${followers} followers on ${hosts} servers`)
  // The first delivery loads the modules for sending.
  await post(first.token)
  await settle()
  const alone = await calls(lonely.token, 20)
  await run('all well, first post', well.token, hosts)
  await run('all well, next post', well.token, hosts)
  await run('all well, next post', well.token, hosts)
  const busy = await calls(well.token, 20)
  print(`the call takes ${alone.toFixed(1)} ms for no followers, ${busy.toFixed(1)} ms for ${followers}`)
  const healthy = hosts - dead - hanging
  await run(`${dead} dead, ${hanging} hanging, first post`, ill.token, healthy)
  await run(`${dead} dead, ${hanging} hanging, next post`, ill.token, healthy)
  await weigh()

  async function run(name: string, token: string, expected: number): Promise<void> {
    const before = {
      worker: await processorTime(worker.pid),
      postgres: await postgresTime(folder),
      received: await received(),
    }
    // Resets the peak memory.
    await writeFile(`/proc/${worker.pid}/clear_refs`, '5')
    const calm = await memory(worker.pid, 'VmRSS')
    const began = performance.now()
    await post(token)
    while ((await received()) - before.received < expected) {
      await sleep(20)
      if (performance.now() - began > 120_000)
        throw new Error(`Only ${(await received()) - before.received} of ${expected} arrived`)
    }
    const ms = performance.now() - began
    await sleep(400)
    const cost = [
      (await processorTime(worker.pid)) - before.worker,
      (await postgresTime(folder)) - before.postgres,
    ].map((total) => total / expected)
    print(
      `${name.padEnd(32)} ${ms.toFixed(0)} ms; ${cost[0]?.toFixed(2)} ms CPU of the worker and ${cost[1]?.toFixed(2)} ms of PostgreSQL for each delivery; memory of the worker ${calm.toFixed(0)} MB before, ${(await memory(worker.pid, 'VmHWM')).toFixed(0)} MB at most`,
    )
  }

  /** Sizes after all deliveries, once deleted rows are vacuumed. */
  async function weigh(): Promise<void> {
    await db.execute(sql`vacuum full delivery_outcomes`)
    const { rows } = await db.execute<{ deliveries: number; rows: number; bytes: string }>(sql`
      select sum(cardinality(inbox_ids))::int as deliveries, count(*)::int as rows, pg_total_relation_size('delivery_outcomes') as bytes from delivery_outcomes`)
    const [{ deliveries, rows: count, bytes } = { deliveries: 0, rows: 0, bytes: '0' }] = rows
    print(
      `${deliveries} deliveries of posts ended; ${count} rows know of them, ${(Number(bytes) / deliveries).toFixed(1)} bytes for each with the index`,
    )
  }

  async function calls(token: string, count: number): Promise<number> {
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const began = performance.now()
      await post(token)
      times.push(performance.now() - began)
      // The time of the call itself, without the rest of the machine.
      await settle()
    }
    return times.toSorted((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN
  }

  async function post(token: string): Promise<void> {
    const response = await fetch(`${origin}/api/v1/statuses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        status: `Something of the usual length, with a number: ${Math.random()}. It goes on for a while, as posts do.`,
      }),
    })
    if (response.status !== 200) throw new Error(await response.text())
  }

  /** Until no delivery to a healthy server waits. */
  async function settle(): Promise<void> {
    for (;;) {
      await sleep(300)
      const { rows } = await db.execute(sql`select from deliveries limit 1`)
      const { rows: jobs } = await db.execute(
        sql`select from graphile_worker._private_jobs where run_at <= now() limit 1`,
      )
      if (rows.length + jobs.length === 0) return
    }
  }

  async function received(): Promise<number> {
    sink.send('?')
    const [count] = (await once(sink, 'message')) as [number]
    return count
  }

  async function author(name: string): Promise<{ id: AccountId; token: string }> {
    const keys = await generateKeys()
    return db.transaction(async (tx) => {
      const id = newId<AccountId>()
      const uri = `${origin}/ap/accounts/${id}`
      await tx.execute(
        sql`insert into accounts (id, username, uri, url, inbox_url) values (${id}, ${name}, ${uri}, ${`${origin}/@${name}`}, ${`${uri}/inbox`})`,
      )
      await tx.execute(sql`insert into account_stats (account_id) values (${id})`)
      await tx.execute(
        sql`insert into users (account_id, email, password_hash, role, confirmed_at, approved_at) values (${id}, ${`${name}@bench.test`}, 'none', 'user', now(), now())`,
      )
      await storeKeys(tx, id, keys)
      const app = await createApplication(tx, {
        name: 'Bench',
        website: null,
        redirectUris: ['urn:ietf:wg:oauth:2.0:oob'],
        scopes: ['read', 'write'],
      })
      return { id, token: (await issueToken(tx, app.id, id, ['read', 'write'])).token }
    })
  }

  async function follow(target: AccountId, servers: string[]): Promise<void> {
    const people = Array.from({ length: followers }, (_, i) => ({
      id: newId(),
      follow: newId(),
      name: `f${i}`,
      host: servers[i % servers.length],
    }))
    await db.execute(sql`
      with people as (select * from jsonb_to_recordset(${JSON.stringify(people)}::jsonb) as p(id bigint, follow bigint, name text, host text)),
      added as (insert into accounts (id, username, domain, uri, url, inbox_url, shared_inbox_url, fetched_at)
        select id, name, host, 'http://' || host || '/users/' || name, 'http://' || host || '/@' || name, 'http://' || host || '/users/' || name || '/inbox', 'http://' || host || '/inbox', now() from people)
      insert into follows (id, follower_id, target_id, uri) select follow, id, ${target}, 'http://' || host || '/follows/' || follow from people`)
    await db.execute(
      sql`insert into account_stats (account_id, followers_count) values (${target}, ${followers}) on conflict (account_id) do update set followers_count = excluded.followers_count`,
    )
    await db.execute(sql`analyze`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function memory(pid: number, field: string): Promise<number> {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}

if (process.argv[2] === 'sink') await playServers()
else await bench(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1_000))
