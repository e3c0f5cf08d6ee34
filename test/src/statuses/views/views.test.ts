import { expect, test, vi } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('a page of forty statuses takes as many queries as a page of one', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, bob, alice)
  const all: StatusId[] = []
  for (let i = 0; i < 20; i++) {
    const id = await status(t, alice, { text: `Number ${i} for @bob #count` })
    all.push(await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id)), id)
  }
  const queries = vi.spyOn(t.db.$client, 'query')
  const count = async (limit: number) => {
    queries.mockClear()
    const views = await loadStatusViews(t.db, bob, all.slice(0, limit))
    expect(views).toHaveLength(limit)
    return queries.mock.calls.length
  }
  expect(await count(40)).toBe(await count(1))
  expect(queries.mock.calls.length).toBeLessThanOrEqual(5)
})
