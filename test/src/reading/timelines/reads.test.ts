import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { localAccount } from '../../../cast.ts'
import { remoteCrowd } from '../../../crowd.ts'
import { database } from '../../../database.ts'
import { connectExplaining, readsOf } from '../../../plans.ts'

test('a page without replies reads few more posts than a page with them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await remoteCrowd(t)
  await t.db.execute(sql`update statuses set in_reply_to_uri = null where id % 3 = 0`)
  await t.db.execute(sql.raw('vacuum analyze'))
  const { db, statements } = connectExplaining(t.url, 1)
  try {
    for (const viewer of [null, alice])
      for (const from of ['remote', undefined] as const) {
        const filter = { ...(from ? { from } : {}), withoutReplies: true }
        expect(await publicTimeline(db, viewer, filter, { limit: 20 })).toHaveLength(20)
      }
    expect(statements.flatMap(readsOf).filter(({ rows }) => rows > 150)).toEqual([])
  } finally {
    await db.$client.end()
  }
})

test('a page of the public timeline reads few more posts and accounts than it shows', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await remoteCrowd(t)
  const { db, statements } = connectExplaining(t.url, 1)
  try {
    for (const viewer of [null, alice]) {
      expect(await publicTimeline(db, viewer, {}, { limit: 20 })).toHaveLength(20)
      expect(await publicTimeline(db, viewer, { from: 'remote' }, { limit: 20 })).toHaveLength(20)
    }
    expect(statements.flatMap(readsOf).filter(({ rows }) => rows > 100)).toEqual([])
  } finally {
    await db.$client.end()
  }
})
