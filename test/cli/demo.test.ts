import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import { loadStats } from '#src/instance/stats.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { follow } from '#src/relationships/follow.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { runJobs } from '#test/jobs/run.ts'
import { clientAt } from '../client.ts'
import { pipitWith } from './pipit.ts'

test('a demo fills an empty instance, and sends no mails or activities', async () => {
  await using t = await database()
  const pipit = pipitWith({ DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin })
  const { stdout, stderr, code } = await pipit('demo', '--posts', '300', '--json')
  expect(code).toBe(0)
  expect(stderr).toContain('Storing 300 posts')
  const made = JSON.parse(stdout) as { posts: number; password: string; usernames: [string, ...string[]] }
  expect(made.posts).toBe(300)

  expect(await t.jobs()).toEqual([])
  expect(await loadStats(t.db, 60)).toHaveLength(56)
  const viewer = await checkPassword(t.app, made.usernames[0], made.password, clientAt())
  expect(await homeTimeline(t.db, viewer.accountId, { limit: 20 })).toHaveLength(20)
  const views = await loadStatusViews(t.db, null, await publicTimeline(t.db, null, {}, { limit: 40 }))
  expect(views).toHaveLength(40)
  expect(new Set(views.map(({ account }) => account.isLocal))).toEqual(new Set([true, false]))

  // Counters match the rows.
  const { rows: wrong } = await t.db.execute(sql`select status_id from status_stats s where
    replies_count <> (select count(*) from statuses r where r.in_reply_to_id = s.status_id and r.visibility in ('public', 'unlisted')) or
    reblogs_count <> (select count(*) from statuses b where b.reblog_of_id = s.status_id) or
    favourites_count <> (select count(*) from favourites f where f.status_id = s.status_id)`)
  expect(wrong).toEqual([])
  const { rows: files } = await t.db.execute<{ file: string }>(
    sql`select unnest(array[file, preview_file]) as file from media`,
  )
  expect(files.length).toBeGreaterThan(0)
  for (const { file } of files) expect(await t.app.storage.get(file)).not.toBeNull()
  const { rows: early } = await t.db.execute<{ id: AccountId }>(
    sql`select s.id from statuses s join accounts a on a.id = s.account_id where s.created_at < a.created_at`,
  )
  expect(early).toEqual([])
})

test('a demo adds to existing posts, people and other demos, and makes no requests to its servers', async () => {
  await using t = await database()
  const pipit = pipitWith({ DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin })
  const alice = await localAccount(t, 'alice')
  const mine = await status(t, alice, { text: 'Before #demo' })
  const usernames: string[] = []
  for (let i = 0; i < 2; i++) {
    const { stdout, stderr, code } = await pipit('demo', '--posts', '60', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('pipit:') })
    usernames.push(...(JSON.parse(stdout) as { usernames: string[] }).usernames)
  }
  expect(new Set(usernames).size).toBe(usernames.length)
  const {
    rows: [count],
  } = await t.db.execute<{ posts: number }>(sql`select count(*)::int as posts from statuses where reblog_of_id is null`)
  expect(count?.posts).toBe(121)
  expect((await loadStatusViews(t.db, alice, [mine]))[0]?.content).toContain('Before')

  const { rows: followers } = await t.db.execute<{ id: AccountId }>(
    sql`select id from accounts where domain like '%.example' limit 3`,
  )
  for (const { id } of followers) await makeFollow(t, id, alice)
  await status(t, alice, { text: 'Hello, made-up world' })
  await t.db.transaction((tx) => follow(tx, t.app.uris, alice, followers[0]!.id))
  await runJobs(t)
  const { rows: sent } = await t.db.execute(sql`select host from deliveries union all select host from hosts`)
  expect(sent).toEqual([])
  await expect(t.app.http.request('https://pond.example/people/mira')).rejects.toMatchObject({ isPermanent: true })
})
