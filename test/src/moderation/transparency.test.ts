import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadTransparency } from '#src/moderation/transparency.ts'
import { firstIdAt } from '#src/platform/ids.ts'
import { localAccount, remoteAccount } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'

/** Noon of the 10th day, some months ago. */
function monthsAgo(months: number): Date {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 10, 12))
}
const nameOf = (date: Date): string => date.toISOString().slice(0, 7)

async function insertReports(
  t: TestDatabase,
  at: Date,
  count: number,
  {
    by,
    about,
    category = 'spam',
    hours = null,
  }: { by: string | null; about: string; category?: string; hours?: number | null },
) {
  await t.db.execute(sql`
    insert into reports (id, account_id, target_id, category, created_at, resolved_at)
    select ${firstIdAt(at)}::bigint + ${Math.floor(Math.random() * 1e6)}::int + n, ${by}, ${about}, ${category}, ${at.toISOString()}::timestamptz,
      ${at.toISOString()}::timestamptz + ${hours}::float8 * interval '1 hour'
    from generate_series(1, ${count}) n`)
}

async function insertAudit(t: TestDatabase, at: Date, count: number, kind: string, action: string, details = {}) {
  await t.db.execute(sql`
    insert into audit_log (id, actor_name, action, target_kind, target_id, details, created_at)
    select ${firstIdAt(at)}::bigint + ${Math.floor(Math.random() * 1e6)}::int * 100 + n, 'mod', ${action}, ${kind}, '1', ${JSON.stringify(details)}::jsonb, ${at.toISOString()}::timestamptz
    from generate_series(1, ${count}) n`)
}

test('figures are by month and origin, rounded to fives; small ones and those of the present month are not told', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const [last, before, present, old] = [monthsAgo(1), monthsAgo(2), monthsAgo(0), monthsAgo(13)]
  await insertReports(t, last, 13, { by: alice, about: bob, hours: 6 })
  await insertReports(t, last, 4, { by: carol, about: bob, category: 'violation' })
  await insertReports(t, last, 5, { by: null, about: bob, category: 'legal' })
  await insertReports(t, before, 2, { by: alice, about: bob, hours: 50 })
  await insertReports(t, present, 20, { by: alice, about: bob })
  await insertReports(t, old, 20, { by: alice, about: bob })
  await insertAudit(t, last, 7, 'account', 'warn', { action: 'none' })
  await insertAudit(t, last, 30, 'account', 'warn', { action: 'delete_statuses' })
  await insertAudit(t, last, 8, 'account', 'suspend')
  await insertAudit(t, last, 3, 'account', 'silence')
  await insertAudit(t, last, 5, 'account', 'unsuspend')
  await insertAudit(t, before, 5, 'status', 'delete')
  await insertAudit(t, before, 1, 'status', 'delete', { count: 40 })
  await insertAudit(t, before, 6, 'status', 'removeFile')
  await insertAudit(t, before, 6, 'account', 'removeFile')
  await insertAudit(t, before, 5, 'account', 'liftStrike')
  await insertAudit(t, before, 6, 'account', 'reject')
  await insertAudit(t, before, 9, 'appeal', 'approve')
  await insertAudit(t, present, 50, 'account', 'suspend')
  await t.db.execute(sql`
    insert into domain_rules (domain, severity, created_at) select 'x' || n || '.test', 'suspend', ${before.toISOString()}::timestamptz from generate_series(1, 6) n`)

  const { months, total } = await loadTransparency(t.db)
  expect(months.map(({ month }) => month)).toEqual(Array.from({ length: 12 }, (_, n) => nameOf(monthsAgo(12 - n))))
  expect(months.at(-1)).toMatchObject({
    reports: { local: 15, remote: null, visitors: 5 },
    categories: { spam: 15, violation: null, legal: 5, other: 0 },
    resolved: 15,
    medianHours: 6,
    actions: { warnings: 5, suspended: 10, limited: null, lifted: 5, postsDeleted: 0 },
    signUpsRejected: 0,
  })
  expect(months.at(-2)).toMatchObject({
    reports: { local: null, remote: 0, visitors: 0 },
    resolved: null,
    medianHours: null,
    actions: { suspended: 0, postsDeleted: 45, filesRemoved: 5, lifted: 5 },
    signUpsRejected: 5,
    appeals: { made: 0, approved: 10, rejected: 0 },
    servers: { limited: 0, suspended: 5 },
  })
  expect(total).toMatchObject({ reports: { local: 15 }, resolved: 15, medianHours: 6, actions: { suspended: 10 } })
})

test('an appeal counts in its own month, though the action is of the month before', async () => {
  await using t = await database()
  const bob = await localAccount(t, 'bob')
  const now = new Date()
  const struck = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 12, 1) - 86_400_000)
  const appealed = new Date(struck.getTime() + 2 * 86_400_000)
  await t.db.execute(sql`
    insert into strikes (id, account_id, action, created_at) select ${firstIdAt(struck)}::bigint + n, ${bob}, 'none', ${struck.toISOString()}::timestamptz from generate_series(1, 5) n`)
  await t.db.execute(
    sql`insert into appeals (strike_id, text, created_at) select id, 'Please', ${appealed.toISOString()}::timestamptz from strikes`,
  )
  const { months } = await loadTransparency(t.db)
  expect(months[0]?.appeals.made).toBe(5)
})
