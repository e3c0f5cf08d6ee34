/** Profiles of other servers, as they arrive. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { remoteAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('a profile that many requests find at the same moment is stored once, without an error', async () => {
  await using t = await database()
  for (let round = 0; round < 15; round++) {
    const ids = await Promise.all(Array.from({ length: 8 }, () => remoteAccount(t, `ann${round}`)))
    expect(new Set(ids).size).toBe(1)
  }
  const { rows } = await t.db.execute(sql`select from accounts where domain is not null`)
  expect(rows).toHaveLength(15)
})
