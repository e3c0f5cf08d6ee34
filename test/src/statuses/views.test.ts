import { expect, test, vi } from 'vitest'
import { reblog } from '#src/statuses/reblog.ts'
import { loadStatusViews } from '#src/statuses/views.ts'
import { homeTimeline } from '#src/timelines/home.ts'
import { localAccount, makeFollow, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('a page of forty statuses takes as many queries as a page of one', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, bob, alice)
  for (let i = 0; i < 20; i++) {
    const id = await status(t, alice, { text: `Number ${i} for @bob #count` })
    await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id))
  }
  const queries = vi.spyOn(t.db.$client, 'query')
  const count = async (limit: number) => {
    const ids = await homeTimeline(t.db, bob, { limit })
    queries.mockClear()
    const views = await loadStatusViews(t.db, bob, ids)
    expect(views).toHaveLength(limit)
    return queries.mock.calls.length
  }
  expect(await count(40)).toBe(await count(1))
  expect(queries.mock.calls.length).toBeLessThanOrEqual(5)
})
