import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { newId } from '#src/platform/ids.ts'
import { isAloneDue, releaseDeadJobs } from '#src/platform/queue/worker-deaths.ts'
import { aloneProcess } from '../../../../jobs/alone-process.ts'
import { database, type TestDatabase } from '../../../database.ts'
import { connectExplaining, nodesOf } from '../../../plans.ts'

const queue = (t: TestDatabase) =>
  addJobs(t.db, [
    { name: 'profile', payload: { accountId: newId() }, key: 'profile 1' },
    { name: 'deliver', payload: {} },
  ])
/** The worker that runs all jobs of a kind dies. */
async function die(t: TestDatabase, task: string): Promise<void> {
  await t.db.execute(
    sql`update graphile_worker._private_jobs set locked_by = 'lane', locked_at = now() where task_id = (select id from graphile_worker._private_tasks where identifier = ${task})`,
  )
  await releaseDeadJobs(t.db, ['lane'])
}
const names = async (t: TestDatabase, view: 'jobs' | '_private_tasks') =>
  (
    await t.db.execute<{ name: string }>(
      sql`select ${sql.identifier(view === 'jobs' ? 'task_identifier' : 'identifier')} as name from graphile_worker.${sql.identifier(view)} order by id`,
    )
  ).rows.map(({ name }) => name)

test('a job runs alone only after its workers died twice, and has no record before', async () => {
  await using t = await database()
  await queue(t)
  await die(t, 'profile')
  expect((await names(t, '_private_tasks')).filter((name) => name.startsWith('alone:'))).toEqual([])
  expect(await isAloneDue(t.db)).toBe(false)
  await die(t, 'profile')
  expect(await names(t, 'jobs')).toEqual(['alone:profile', 'deliver'])
  expect(await isAloneDue(t.db)).toBe(true)
})

test('a job that replaces one that must run alone runs alone, too', async () => {
  await using t = await database()
  await queue(t)
  await die(t, 'profile')
  await die(t, 'profile')
  await queue(t)
  expect(await names(t, 'jobs')).toEqual(['alone:profile', 'deliver', 'deliver'])
  await die(t, 'alone:profile')
  await queue(t)
  expect(await names(t, 'jobs')).toEqual(['alone:profile', 'deliver', 'deliver', 'alone:profile', 'deliver'])
})

test('the queue is read for jobs that must run alone only after jobs of a dead worker were released', async () => {
  await using t = await database()
  await queue(t)
  const { db, statements } = connectExplaining(t.url, 1)
  const reads = () =>
    statements.filter(({ plan }) => nodesOf(plan).some((node) => node['Relation Name'] === '_private_jobs')).length
  try {
    await using alone = aloneProcess({ config: t.app.config, db })
    await alone.check(false)
    for (let n = 0; n < 5; n++) await alone.check(false)
    const afterwards = reads()
    expect(afterwards).toBe(1)
    await alone.check(true)
    expect(reads()).toBe(afterwards + 1)
  } finally {
    await db.$client.end()
  }
})
