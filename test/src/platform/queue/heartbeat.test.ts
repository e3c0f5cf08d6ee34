import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { startHeartbeat, watchHeartbeats } from '#src/platform/queue/heartbeat.ts'
import { database } from '../../../database.ts'
import { waitMs } from '../../../patience.ts'
import { connectExplaining, nodesOf } from '../../../plans.ts'

test('the check of workers reads the queue only when a worker is gone', async () => {
  await using t = await database()
  const { db, statements } = connectExplaining(t.url, 2)
  const reads = () =>
    statements.filter(({ plan }) => nodesOf(plan).some((node) => node['Relation Name'] === '_private_jobs')).length
  const check = watchHeartbeats(db)
  await t.db.transaction((tx) => addJobs(tx, [{ name: 'deliver', payload: {} }]))
  const [here, gone] = [startHeartbeat(t.db, ['here']), startHeartbeat(t.db, ['gone'])]
  const areHere = async (count: number) => {
    const {
      rows: [held],
    } = await t.db.execute<{ n: number }>(
      sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and classid = 7072 and database = (select oid from pg_database where datname = current_database())`,
    )
    expect(held?.n).toBe(count)
  }
  try {
    await vi.waitFor(() => areHere(2), waitMs)
    expect(await check()).toEqual([])
    const atFirst = reads()
    for (let i = 0; i < 5; i++) expect(await check()).toEqual([])
    expect([atFirst, reads()]).toEqual([1, 1])

    await t.db.execute(sql`update graphile_worker._private_jobs set locked_by = 'gone', locked_at = now()`)
    await gone[Symbol.asyncDispose]()
    await vi.waitFor(() => areHere(1), waitMs)
    await vi.waitFor(async () => expect(await check()).toEqual(['gone']), { timeout: waitMs, interval: 500 })
    expect(await check()).toEqual([])
    const afterwards = reads()
    expect(await check()).toEqual([])
    expect(reads()).toBe(afterwards)
  } finally {
    await Promise.all([here[Symbol.asyncDispose](), gone[Symbol.asyncDispose]()])
    await db.$client.end()
  }
})
