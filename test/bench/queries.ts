/**
 * Time and plan of each query behind the pages that people read most, on the demo's data:
 * `DATA_DIR=/tmp/bench npx pipit demo --posts 100000`, then `DATA_DIR=/tmp/bench npx node --import tsx test/bench/queries.ts [name]`.
 * Tables that are scanned in whole are named; with a name, that page's plans are shown in full.
 */
import { sql } from 'drizzle-orm'
import { searchAccounts } from '#src/accounts/search.ts'
import { recipientKind, recipientRows, recipientValues } from '#src/outgoing/recipients.ts'
import { loadConfig } from '#src/platform/config.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect, type Db } from '#src/platform/db/index.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { urisOf } from '#src/platform/uris.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { publicTimeline, tagTimeline } from '#src/reading/timelines/public.ts'
import { searchStatuses } from '#src/statuses/search/search.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'

const config = loadConfig()
const embedded = config.databaseUrl ? null : await openEmbedded(config.dataDir)
const db = connect(config.databaseUrl ?? embedded?.url ?? '', 4)
const queries: { text: string; params: unknown[] }[] = []
// Statements that are built once go to the pool itself.
const ask = db.$client.query.bind(db.$client) as (
  query: string | { text: string; values?: unknown[] },
  values?: unknown[],
) => Promise<unknown>
db.$client.query = ((query: string | { text: string; values?: unknown[] }, values?: unknown[]) => {
  const { text, values: own } = typeof query === 'string' ? { text: query, values: undefined } : query
  if (!text.startsWith('explain')) queries.push({ text, params: values ?? own ?? [] })
  return ask(query, values)
}) as typeof db.$client.query
const wanted = process.argv[2]

async function first<T>(query: ReturnType<typeof sql>): Promise<T> {
  const { rows } = await db.execute<{ found: T }>(query)
  if (!rows[0]) throw new Error('Fill the database first: npx pipit demo --posts 100000')
  return rows[0].found
}

async function measure(name: string, read: (db: Db) => Promise<unknown>): Promise<void> {
  await read(db)
  queries.length = 0
  const started = performance.now()
  await read(db)
  const asked = [...queries]
  print(`\n${name}: ${(performance.now() - started).toFixed(1)} ms in all, ${asked.length} queries`)
  for (const { text, params } of asked) {
    const { rows } = await db.$client.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${text}`, params)
    const plan = rows.map((row) => row['QUERY PLAN'])
    const scans = plan.flatMap((line) => /Seq Scan on (\w+)/.exec(line)?.[1] ?? [])
    print(
      `  ${plan.find((line) => line.startsWith('Execution Time'))?.slice(16)}  ${text.trim().slice(0, 70).replaceAll('\n', ' ')}  ${[...new Set(scans)].join(' ')}`,
    )
    if (name === wanted) print(plan.join('\n'))
  }
}

const print = (line: string) => process.stdout.write(`${line}\n`)

await db.execute(sql`analyze`)
const reader = await first<AccountId>(
  sql`select account_id as found from users order by (select count(*) from follows where follower_id = account_id) desc limit 1`,
)
const talked = await first<StatusId>(
  sql`select status_id as found from status_stats order by replies_count desc limit 1`,
)
const tag = await first<string>(
  sql`select t.name as found from tags t join status_tags s on s.tag_id = t.id group by 1 order by count(*) desc limit 1`,
)
const page = { limit: 20 }
const ids = await homeTimeline(db, reader, page)

await measure('home', (d) => homeTimeline(d, reader, page))
await measure('views', (d) => loadStatusViews(d, reader, ids))
await measure('public', (d) => publicTimeline(d, null, {}, page))
await measure('local', (d) => publicTimeline(d, reader, { from: 'local' }, page))
await measure('media', (d) => publicTimeline(d, null, { onlyMedia: true }, page))
await measure('tag', (d) => tagTimeline(d, null, tag, {}, page))
await measure('account', (d) => accountTimeline(d, null, reader, { excludeReplies: true }, page))
await measure('account-media', (d) => accountTimeline(d, null, reader, { onlyMedia: true }, page))
await measure('notifications', (d) => loadNotificationPage(d, reader, {}, page))
await measure('thread', (d) => thread(d, reader, talked))
await measure('search', (d) => searchAccounts(d, reader, 'mi', page))
for (const words of [
  'a',
  'the bakery',
  '"the bakery"',
  'nobodysaysthis',
  'a in:library',
  'a from:me',
  'has:poll is:reply',
]) {
  await measure(`posts: ${words}`, (d) => searchStatuses(d, urisOf(config), reader, words, page))
}
await measure('inboxes', (d) =>
  d.execute(recipientRows(recipientKind({ status: talked }), recipientValues({ status: talked }))),
)

await db.$client.end()
await embedded?.close()
