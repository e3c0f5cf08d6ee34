import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { deleteAccount } from '#src/accounts/delete.ts'
import { localAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('an account goes with its files, however many they are', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`insert into media (id, account_id, kind, media_type, file, preview_file)
    select i, ${alice}, 'image', 'image/webp', md5(i::text) || '.webp', md5((-i)::text) || '.webp' from generate_series(1, 500) i`)
  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect((await t.jobPayloads('delete-files')).flatMap(({ files }) => files)).toHaveLength(1_000)
})
