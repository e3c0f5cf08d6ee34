import { sql } from 'drizzle-orm'
import type { App } from '../app.ts'
import { Refusal } from '../errors.ts'
import type { AccountId } from '../ids.ts'

/** So many in so many minutes; the window starts with the first. */
export type Allowance = { count: number; minutes: number }

/**
 * Counts an attempt at something that is limited over all processes, such as a log-in.
 *
 * @param key what is limited, and whom for, as in `login 192.0.2.1`
 * @throws Refusal `too_many` when there were too many
 */
export async function countAttempt(app: App, key: string, { count, minutes }: Allowance): Promise<void> {
  const { rows } = await app.db.execute<{ count: string }>(sql`
    insert into attempts (key, count, expires_at) values (${key}, 1, now() + ${minutes} * interval '1 minute')
    on conflict (key) do update set
      count = case when attempts.expires_at < now() then 1 else attempts.count + 1 end,
      expires_at = case when attempts.expires_at < now() then excluded.expires_at else attempts.expires_at end
    returning count`)
  if (Number(rows[0]?.count) > Math.max(1, count * app.config.rateLimitFactor)) throw new Refusal('too_many', 'Too many requests')
}

/** What a person may do how often, on the website and through apps together. */
const allowances = {
  statuses: { count: 300, minutes: 180 },
  deletions: { count: 30, minutes: 30 },
  follows: { count: 400, minutes: 1_440 },
  reports: { count: 400, minutes: 1_440 },
  profiles: { count: 30, minutes: 30 },
  uploads: { count: 30, minutes: 30 },
} as const satisfies Record<string, Allowance>

export type ActionKind = keyof typeof allowances

/** Counts what somebody does of one kind, or refuses it as `countAttempt` does. */
export const countAction = (app: App, kind: ActionKind, accountId: AccountId): Promise<void> => countAttempt(app, `${kind} of ${accountId}`, allowances[kind])
