/** Frequent changes of counters stay in their page, without a new entry in any index (HOT). */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Tx } from '#src/platform/db/index.ts'
import { follow, unfollow } from '#src/relationships/follow.ts'
import { bumpAccount, bumpStatus } from '#src/statuses/counters.ts'
import { localAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

const updates = async (tx: Tx) =>
  (
    await tx.execute<{ updated: number; hot: number }>(sql`
    select n_tup_upd::int as updated, n_tup_hot_upd::int as hot from pg_stat_xact_user_tables where relname in ('status_stats', 'account_stats') order by relname`)
  ).rows

test('changes of the counters of posts and accounts write into no index', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  const changes = 20
  await t.db.transaction(async (tx) => {
    const before = await updates(tx)
    for (let i = 0; i < changes; i++) {
      await bumpStatus(tx, post, 'repliesCount', 1)
      await bumpAccount(tx, alice, 'statusesCount', 1, new Date())
    }
    const after = await updates(tx)
    expect(after).toEqual(before.map(({ updated, hot }) => ({ updated: updated + changes, hot: hot + changes })))
  })
})

test('a follow changes both accounts’ counters without a write into an index, unless a count reaches a new step', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const stepOf = async (followers: number) =>
    (
      await t.db.execute<{ popularity: number | null }>(sql`
    update account_stats set followers_count = ${followers}, following_count = 5 where account_id = ${bob} returning popularity`)
    ).rows[0]?.popularity
  expect([await stepOf(0), await stepOf(1), await stepOf(2), await stepOf(1_500), await stepOf(1_501)]).toEqual([
    null,
    0,
    2,
    21,
    21,
  ])
  await t.db.transaction(async (tx) => {
    const [before] = await updates(tx)
    await follow(tx, t.app.uris, alice, bob)
    await unfollow(tx, alice, bob)
    const [after] = await updates(tx)
    const updated = after!.updated - before!.updated
    expect(updated).toBeGreaterThanOrEqual(2)
    expect(after!.hot - before!.hot).toBe(updated)
  })
})
