import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { connectExplaining, readsOf } from '#test/plans.ts'

test('deleting an account deletes all its files, however many', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`insert into media (id, account_id, kind, media_type, file, preview_file)
    select i, ${alice}, 'image', 'image/webp', md5(i::text) || '.webp', md5((-i)::text) || '.webp' from generate_series(1, 500) i`)
  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect((await t.jobPayloads('delete-files')).flatMap(({ files }) => files)).toHaveLength(1_000)
})

test('queueing a job reads none of the waiting jobs', async () => {
  await using t = await database()
  await t.db.execute(sql`select graphile_worker.add_jobs(array(
    select row('profile', json_build_object('accountId', i::text), null, null, null, 'profile ' || i, null, null)::graphile_worker.job_spec from generate_series(1, 5000) i))`)
  await t.db.execute(sql`analyze graphile_worker._private_jobs`)
  const { db, statements } = connectExplaining(t.url, 1)
  try {
    for (let time = 0; time < 8; time++)
      await db.transaction((tx) =>
        addJobs(tx, [
          { name: 'profile', payload: { accountId: '1' as AccountId }, key: 'profile 1' },
          { name: 'deliver', payload: {} },
        ]),
      )
    expect(statements.length).toBeGreaterThan(0)
    expect(statements.flatMap(readsOf).filter(({ rows }) => rows > 1_000)).toEqual([])
  } finally {
    await db.$client.end()
  }
})
