import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { settings } from '#src/platform/db/schema/instance.ts'
import { database, type TestDatabase } from './database.ts'

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

test('the database of a test that changed rows is as new for the next one; one with other changes is dropped', async () => {
  const used: string[] = []
  const next = async (work: (t: TestDatabase) => Promise<unknown>) => {
    await using t = await database()
    used.push(t.url)
    expect(await t.db.select().from(settings)).toEqual([])
    expect((await t.db.execute(sql`select last_value from notification_ids`)).rows).toEqual([{ last_value: '1' }])
    await work(t)
  }
  const changeRows = async ({ db }: TestDatabase) => {
    await db.insert(settings).values({ name: 'title', value: 'One' })
    await db.execute(sql`select nextval('notification_ids')`)
    await db.execute(sql`set search_path = nowhere`)
  }
  await next(changeRows)
  await next(changeRows)
  await next(({ db }) => db.execute(sql`alter table settings add column colour text`))
  await next(({ db }) => db.execute(sql`analyze settings`))
  await next(changeRows)
  expect(used[1]).toBe(used[0])
  expect(used[2]).toBe(used[0])
  expect(used[3]).not.toBe(used[2])
  await using other = await database()
  const gone = new URL(used[2] ?? '').pathname.slice(1)
  expect((await other.db.execute(sql`select from pg_database where datname = ${gone}`)).rows).toEqual([])
})

test('the pool of a test is closed at its end, and its database is changed by nobody else', async () => {
  const { db } = await (async () => {
    await using gone = await database()
    return gone
  })()
  await expect(db.execute(sql`select 1`)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('calling end') },
  })
})
