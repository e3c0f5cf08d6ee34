/** The `end-strikes` job: lifts strikes whose time is over, and tells staff of those that come up for review. */
import { sql } from 'drizzle-orm'
import { schedule } from '../../accounts/roles/staff.ts'
import type { Db, Tx } from '../../platform/db/index.ts'
import { readValue, writeValue } from '../../platform/db/kv.ts'
import type { StrikeId } from '../../platform/ids.ts'
import { jobParts } from '../../platform/queue/parts.ts'
import { tellStaff } from '../staff-mail.ts'
import { liftStrike } from './strike.ts'

const atATime = 100
const toldUntil = 'staff told of reviews until'

/** A strike that can't be lifted does not stop the others. */
export async function endStrikes(db: Db, signal?: AbortSignal): Promise<void> {
  const parts = jobParts(signal)
  await parts.run('deleted accounts', () => forgetDates(db))
  for (let count = atATime, after = ''; count === atATime;) {
    signal?.throwIfAborted()
    const { rows } = await db.execute<{ id: StrikeId; endsAt: string }>(sql`
      select id, ends_at::text as "endsAt" from strikes
      where ends_at <= now() and lifted_at is null ${after === '' ? sql`` : sql`and ends_at > ${after}::timestamptz`}
      order by ends_at limit ${atATime}`)
    for (const { id } of rows)
      await parts.run(`strike ${id}`, () => db.transaction((tx) => liftStrike(tx, schedule, id)))
    count = rows.length
    after = rows.at(-1)?.endsAt ?? after
  }
  await parts.run('reviews', () => db.transaction(announceReviews))
  parts.end()
}

/** Nothing can be lifted for accounts that were deleted since. */
async function forgetDates(db: Db): Promise<void> {
  for (const column of ['ends_at', 'review_at'] as const)
    await db.execute(sql`
      update strikes set ${sql.identifier(column)} = null
      where ${sql.identifier(column)} <= now() and lifted_at is null and (select a.deleted_at is not null from accounts a where a.id = strikes.account_id)`)
}

/** Staff are told once of each date. */
async function announceReviews(tx: Tx): Promise<void> {
  const last = await readValue(tx, toldUntil)
  const { rows } = await tx.execute<{ now: string; isDue: boolean }>(sql`
    select now()::text as now, exists (
      select from strikes where review_at <= now() and review_at > coalesce(${typeof last === 'string' ? last : null}::timestamptz, '-infinity') and lifted_at is null) as "isDue"`)
  const [found] = rows
  if (!found?.isDue) return
  await writeValue(tx, toldUntil, found.now, null)
  await tellStaff(tx, 'reviews')
}
