import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { statementTimeoutMs } from '#src/platform/db/index.ts'
import { database } from '../../../database.ts'

test('PostgreSQL cancels every statement of requests and jobs that exceeds the time limit', async () => {
  await using t = await database()
  const {
    rows: [limit],
  } = await t.db.execute<{ ms: number }>(
    sql`select setting::int as ms from pg_settings where name = 'statement_timeout'`,
  )
  expect(limit?.ms).toBe(statementTimeoutMs)
  expect(statementTimeoutMs).toBeLessThanOrEqual(30_000)
})
