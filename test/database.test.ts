import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { settings } from '#src/platform/db/schema/instance.ts'
import { database } from './database.ts'

test('each test has its own database, with all tables and a queue', async () => {
  await using one = await database()
  await using two = await database()
  await one.db.insert(settings).values({ name: 'title', value: 'One' })
  await one.db.transaction((tx) =>
    addJobs(tx, [
      { name: 'deliver', payload: {} },
      { name: 'delete-files', payload: { files: [] } },
    ]),
  )

  expect(await two.db.select().from(settings)).toEqual([])
  expect(await one.jobs()).toEqual(['deliver', 'delete-files'])
  expect(await one.jobPayloads('deliver')).toEqual([{}])
  expect(await two.jobs()).toEqual([])
})

test('a test’s database is dropped at its end', async () => {
  await using other = await database()
  const { url } = await (async () => {
    await using gone = await database()
    return gone
  })()
  const { rows } = await other.db.execute(
    sql`select datname from pg_database where datname = ${new URL(url).pathname.slice(1)}`,
  )
  expect(rows).toEqual([])
})
