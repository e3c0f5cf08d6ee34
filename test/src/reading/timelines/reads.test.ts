import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { localAccount } from '../../../cast.ts'
import { remoteCrowd } from '../../../crowd.ts'
import { database } from '../../../database.ts'
import { connectExplaining, readsOf } from '../../../plans.ts'

test('a page of the public timeline reads few more posts and accounts than it shows, also where two of three posts are replies', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await remoteCrowd(t)
  for (const [most, change] of [
    [100, sql`update statuses set in_reply_to_uri = null`],
    [150, sql`update statuses set in_reply_to_uri = 'https://remote.test/1' where id % 3 > 0`],
  ] as const) {
    await t.db.execute(change)
    await t.db.execute(sql.raw('vacuum analyze'))
    const { db, statements } = connectExplaining(t.url, 1)
    try {
      for (const viewer of [null, alice])
        for (const filter of [{}, { from: 'remote' }] as const)
          expect(await publicTimeline(db, viewer, filter, { limit: 20 })).toHaveLength(20)
      expect(statements.flatMap(readsOf).filter(({ rows }) => rows > most)).toEqual([])
    } finally {
      await db.$client.end()
    }
  }
})
