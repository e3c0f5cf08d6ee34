/**
 * A thread of 3,000 replies, wide and deep, in a database of 300,000 posts: the statements behind its pages and the API's context, as
 * PostgreSQL explains them.
 *
 *   npx node --import tsx test/bench/threads.ts [--posts 300000] [--data DIR] [--plans TEXT]
 *
 * With `--data` the folder is kept, and used again by the next run. `--plans` prints the plans of those whose name contains a text.
 */
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { connect, type Db } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { replyPage } from '#src/statuses/threads/replies.ts'
import { pathTo, thread } from '#src/statuses/threads/thread.ts'
import { connectExplaining, type Explained, nodesOf } from '#test/plans.ts'
import { fill, sizesOf } from './big/fill.ts'
import { startBigServer } from './big/server.ts'

const { values } = parseArgs({
  options: { posts: { type: 'string', default: '300000' }, data: { type: 'string' }, plans: { type: 'string' } },
})
const print = (line: string) => process.stdout.write(`${line}\n`)
const posts = Number(values.posts)
const sizes = { posts, accounts: Math.floor(posts / 10), locals: 1_000, jobs: 100, origin: 'http://localhost:3000' }
const folder = values.data ? resolve(values.data) : await mkdtemp(join(tmpdir(), 'pipit-threads-'))
await mkdir(folder, { recursive: true, mode: 0o700 })

/** Replies of each kind: to the first post, in a chain, and to any reply before. */
const each = 1_000
const writers = 300
const [eachSql, writersSql] = [sql.raw(String(each)), sql.raw(String(writers))]

/**
 * Of twenty replies one is for followers only and one deleted. A fifth of the writers each block three others.
 *
 * @returns the first post
 */
async function makeThread(db: Db): Promise<StatusId> {
  const root = (BigInt(Date.now()) << 16n).toString() as StatusId
  await db.execute(sql`create temporary table writer as
    select row_number() over (order by id) - 1 as n, id from (select id from accounts where username not like 'new%' order by random() limit ${writersSql}) chosen`)
  await db.execute(sql`
    insert into blocks (id, account_id, target_id, uri)
    select ${root}::bigint + row_number() over (), one.id, other.id, 'https://bench.test/' || gen_random_uuid()
    from writer one join writer other on other.n in ((one.n + 7) % ${writersSql}, (one.n + 11) % ${writersSql}, (one.n + 13) % ${writersSql})
    where one.n % 5 = 0 on conflict do nothing`)
  await db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id, in_reply_to_id, in_reply_to_uri, deleted_at)
    select ${root}::bigint + post.n, w.id, false, 'https://bench.test/' || ${root}::text || '/' || post.n, '', case when post.n % 20 = 3 then 'private' else 'public' end, 'Hello', ${root}::bigint,
      case when post.n = 0 then null when post.n <= ${eachSql} then ${root}::bigint
        when post.n = ${eachSql} + 1 then ${root}::bigint when post.n <= 2 * ${eachSql} then ${root}::bigint + post.n - 1
        else ${root}::bigint + 1 + floor(random() * (post.n - 1))::int end,
      case when post.n > 0 then 'https://bench.test/parent' end, case when post.n % 20 = 7 then now() end
    from generate_series(0, 3 * ${eachSql}) post(n) join writer w on w.n = post.n % ${writersSql}`)
  return root
}

async function open(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await startBigServer(folder, 'careless')
  try {
    if (!(await sizesOf(server.url))) {
      await server.empty()
      await migrate(server.url)
      await fill(server.url, sizes, () => {})
    }
  } finally {
    await server.stop()
  }
  return startBigServer(folder, 'production')
}

const server = await open()
const plain = connect(server.url, 1)
const { db, statements } = connectExplaining(server.url, 1)
try {
  const root = await makeThread(plain)
  await plain.execute(sql.raw('analyze statuses, blocks'))
  const { rows } = await plain.execute<{ id: AccountId }>(
    sql`select id from accounts where domain is null and username not like 'new%' order by id limit 1`,
  )
  const at = (n: number) => (BigInt(root) + BigInt(n)).toString() as StatusId
  const [middle, last] = [at(each + each / 2), at(2 * each)]
  const page = { after: null, most: 59 }
  const cases: [string, (db: Db, viewer: AccountId | null) => Promise<unknown>][] = [
    ['page of the first post', (d, viewer) => replyPage(d, viewer, root, page)],
    ['page 500 replies down', (d, viewer) => replyPage(d, viewer, middle, page)],
    ['the 20 posts above the last of a chain', (d, viewer) => pathTo(d, viewer, last, 20)],
    ['context of the first post', (d, viewer) => thread(d, viewer, root)],
    ['context of the last of a chain', (d, viewer) => thread(d, viewer, last)],
  ]
  print(`${'A thread of 3,000 replies'.padEnd(54)}${'ms'.padStart(8)}${'blocks'.padStart(9)}`)
  for (const [name, run] of cases)
    for (const viewer of [null, rows[0]?.id ?? null]) {
      // Named statements get their lasting plan with the sixth run.
      for (let i = 0; i < 6; i++) await run(db, viewer)
      // Other programs share the processor: the fastest of some runs is closest to what the statements need.
      let [fastest, ms]: [Explained[], number] = [[], Infinity]
      for (let i = 0; i < 8; i++) {
        statements.length = 0
        await run(db, viewer)
        const took = statements.reduce((sum, one) => sum + one.ms, 0)
        if (took < ms) [fastest, ms] = [[...statements], took]
      }
      const blocks = fastest.map(({ plan }) => (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0))
      const title = `${name}, ${viewer ? 'a person' : 'a visitor'}`
      print(
        `${title.padEnd(54)}${ms.toFixed(1).padStart(8)}${String(blocks.reduce((sum, n) => sum + n, 0)).padStart(9)}`,
      )
      if (values.plans && title.includes(values.plans))
        for (const { ms: took, text, plan } of fastest) {
          print(`\n${took} ms  ${text.trim()}`)
          for (const node of nodesOf(plan))
            print(
              `  ${node['Node Type']} ${node['Index Name'] ?? node['Relation Name'] ?? ''} rows ${node['Actual Rows']} × ${node['Actual Loops']}, left out ${node['Rows Removed by Filter'] ?? 0}, blocks ${(node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0)}`,
            )
        }
    }
} finally {
  await Promise.all([plain.$client.end(), db.$client.end()])
  await server.stop()
  if (!values.data) await rm(folder, { recursive: true, force: true })
}
