/** Many remote accounts and posts, made at once: enough for PostgreSQL's planner to avoid reading whole tables. */
import { sql } from 'drizzle-orm'
import { remoteAccount } from './cast.ts'
import type { TestDatabase } from './database.ts'

const many = 20_000

export async function remoteCrowd(t: TestDatabase): Promise<void> {
  const author = await remoteAccount(t, 'author')
  await t.db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url)
    select n, 'u' || n, 'd' || n % 50 || '.test', 'https://d' || n % 50 || '.test/u/' || n, '', '' from generate_series(1, ${many}::int) n`)
  await t.db.execute(sql`insert into account_stats (account_id) select id from accounts on conflict do nothing`)
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id, in_reply_to_uri)
    select n, case when n % 2 = 0 then n else ${author}::bigint end, false, 'https://remote.test/s/' || n, '', 'public', n, 'https://remote.test/gone' from generate_series(1, ${many}::int) n`)
  await t.db.execute(sql.raw('vacuum analyze'))
}
