/** What is counted often is changed in its page: without a new entry in any index. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Tx } from '#src/db/index.ts'
import { bumpAccount, bumpStatus } from '#src/statuses/counters.ts'
import { localAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('counters of posts and of who writes them change without their indexes', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  const changes = 20
  const updates = async (tx: Tx) =>
    (await tx.execute<{ updated: number; hot: number }>(sql`
      select n_tup_upd::int as updated, n_tup_hot_upd::int as hot from pg_stat_xact_user_tables where relname in ('status_stats', 'account_stats') order by relname`)).rows
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
