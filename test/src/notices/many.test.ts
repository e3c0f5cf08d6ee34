import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { notifyOfEdit } from '#src/statuses/edit-notices.ts'
import { endPoll } from '#src/statuses/polls/end.ts'
import { localAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { runJobs } from '#test/jobs/run.ts'

/** Local accounts with the ids from 1 on, without anything else of theirs. */
async function crowd(t: TestDatabase, size: number): Promise<void> {
  await t.db.execute(
    sql`insert into accounts (id, username, uri, url, inbox_url) select i, 'u' || i, 'https://pipit.test/u/' || i, '', '' from generate_series(1, ${size}) i`,
  )
  await t.db.execute(
    sql`insert into users (account_id, email, password_hash) select i, i || '@mail.test', '' from generate_series(1, ${size}) i`,
  )
}

async function told(t: TestDatabase): Promise<Record<string, number>> {
  const { rows } = await t.db.execute<{ type: string; n: number }>(
    sql`select type, count(distinct account_id)::int as n from notifications group by type`,
  )
  return Object.fromEntries(rows.map(({ type, n }) => [type, n]))
}

test('all accounts that boosted or quoted a post are notified of an edit, a batch at a time', async () => {
  await using t = await database()
  const post = await status(t, await localAccount(t, 'alice'))
  await crowd(t, 300)
  for (const [first, boosted] of [
    [0, post],
    [1_000, null],
  ] as const) {
    await t.db
      .execute(sql`insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id, reblog_of_id)
      select ${first}::int + i, i, true, 'https://pipit.test/s/' || (${first}::int + i), '', 'public', ${first}::int + i, ${boosted}::bigint from generate_series(1, 300) i`)
  }
  await t.db.execute(
    sql`insert into quotes (id, status_id, account_id, quoted_status_id, quoted_uri, state) select 1000 + i, 1000 + i, i, ${post}::bigint, '', 'accepted' from generate_series(1, 300) i`,
  )

  await t.db.transaction((tx) => notifyOfEdit(tx, post, null))
  expect(await told(t)).toEqual({ update: 300, quoted_update: 200 })
  await runJobs(t)
  expect(await told(t)).toEqual({ update: 300, quoted_update: 300 })
  expect(
    (await t.db.execute(sql`select from notifications where type = 'quoted_update' and status_id <> 1000 + account_id`))
      .rows,
  ).toEqual([])
})

test('all voters are notified of the end of a poll, a batch at a time', async () => {
  await using t = await database()
  const post = await status(t, await localAccount(t, 'alice'), {
    poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 300, isMultiple: true, hidesTotals: false },
  })
  await crowd(t, 600)
  await t.db.execute(
    sql`insert into poll_votes (status_id, account_id, position) select ${post}::bigint, i, position from generate_series(1, 600) i, generate_series(0, 1) position`,
  )
  await t.db.execute(sql`update polls set expires_at = now() - interval '1 second'`)

  await endPoll(t.app, post)
  expect(await told(t)).toEqual({ poll: 501 })
  await runJobs(t)
  expect(await told(t)).toEqual({ poll: 601 })
})
