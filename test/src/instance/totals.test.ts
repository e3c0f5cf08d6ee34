import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { countLocalReplies } from '#src/instance/local-replies.ts'
import { loadTotals } from '#src/instance/stats.ts'
import { localAccount, status } from '../../cast.ts'
import { remoteCrowd } from '../../crowd.ts'
import { database } from '../../database.ts'
import { connectExplaining, readsOf } from '../../plans.ts'

test('NodeInfo’s counts are made without reading all posts, accounts or days', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  for (const visibility of ['public', 'unlisted', 'private'] as const)
    await status(t, alice, { inReplyToId: post, visibility })
  await remoteCrowd(t)
  await t.db.execute(
    sql`insert into active_days (account_id, day) select u.account_id, current_date - n from users u, generate_series(1, 190) n`,
  )
  const { db, statements } = connectExplaining(t.url, 3)
  try {
    expect(await countLocalReplies(db)).toBe(2)
    expect(await loadTotals(db)).toEqual({ users: 1, activeMonth: 1, activeHalfyear: 1, localStatuses: 3, domains: 51 })
    expect(statements.length).toBeGreaterThan(0)
    expect(statements.flatMap(readsOf).filter(({ rows }) => rows > 100)).toEqual([])
  } finally {
    await db.$client.end()
  }
})

test('replies of suspended accounts are not counted', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  for (const author of [alice, bob]) await status(t, author, { inReplyToId: post })
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${bob}`)
  expect(await countLocalReplies(t.db)).toBe(1)
})
