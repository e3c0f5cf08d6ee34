import { expect, test } from 'vitest'
import { statuses } from '#src/platform/db/schema/statuses.ts'
import { newId, type StatusId } from '#src/platform/ids.ts'
import { remoteAccount, remoteStatus } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('a transaction whose new id is taken runs again with another id', async () => {
  await using t = await database()
  const accountId = await remoteAccount(t, 'carol')
  const taken = await remoteStatus(t, accountId)
  const row = (id: StatusId) => ({
    id,
    accountId,
    isLocal: false,
    uri: `https://remote.test/${crypto.randomUUID()}`,
    url: 'https://remote.test/',
    visibility: 'public' as const,
    threadId: id,
  })
  const drawn = [taken, newId<StatusId>()]
  await t.db.transaction((tx) => tx.insert(statuses).values(row(drawn.shift()!)))
  expect(drawn).toEqual([])

  let draws = 0
  const store = t.db.transaction((tx) => (draws++, tx.insert(statuses).values(row(taken))))
  await expect(store).rejects.toMatchObject({ cause: { constraint: 'statuses_pkey' } })
  expect(draws).toBe(3)
})
