import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { statusStats } from '#src/platform/db/schema/statuses.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { localAccount, remoteAccount, remoteStatus } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const count = async (t: TestDatabase, id: StatusId) =>
  (await t.db.select({ n: statusStats.favouritesCount }).from(statusStats).where(eq(statusStats.statusId, id)))[0]?.n ??
  0

test('undoing a favourite lowers the count, unless the favourite waits for consent and was not counted', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const post = await remoteStatus(t, carol, {
    interactionPolicy: { like: { automatic: ['https://remote.test/users/dora'], manual: ['public'] } },
  })
  const dora = await remoteAccount(t, 'dora')
  await t.db.transaction((tx) => favourite(tx, dora, post, { approvalUri: 'https://remote.test/authorizations/1' }))
  for (const id of [alice, bob]) await t.db.transaction((tx) => favourite(tx, id, post))
  expect(await count(t, post)).toBe(1)

  await t.db.transaction((tx) => unfavourite(tx, alice, post))
  expect(await count(t, post)).toBe(1)
  await t.db.transaction((tx) => unfavourite(tx, dora, post))
  expect(await count(t, post)).toBe(0)
  await t.db.transaction((tx) => unfavourite(tx, bob, post))
  expect(await count(t, post)).toBe(0)
})
