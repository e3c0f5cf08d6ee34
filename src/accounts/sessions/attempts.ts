import { sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'

/** `count` attempts in `minutes` minutes; the window starts with the first attempt. */
export type Allowance = { count: number; minutes: number }

/** The state of a limit: attempts allowed in its window, attempts left, and the window's end in milliseconds since 1970. */
export type LimitReport = { limit: number; remaining: number; reset: number }

/** A refusal with the state of the limit, so that the client knows how long to wait. */
export class TooMany extends Refusal {
  readonly report: LimitReport

  constructor(report: LimitReport) {
    super('too_many', 'Too many requests')
    this.report = report
  }
}

/**
 * Counts an attempt at an action that is limited over all processes, such as logging in.
 *
 * @param key the action and the client or account, as in `login 192.0.2.1`
 * @throws TooMany
 */
export async function countAttempt(app: App, key: string, { count, minutes }: Allowance): Promise<LimitReport> {
  const {
    rows: [row],
  } = await app.db.execute<{ count: string; reset: string }>(sql`
    insert into attempts (key, count, expires_at) values (${key}, 1, now() + ${minutes} * interval '1 minute')
    on conflict (key) do update set
      count = case when attempts.expires_at < now() then 1 else attempts.count + 1 end,
      expires_at = case when attempts.expires_at < now() then excluded.expires_at else attempts.expires_at end
    returning count, floor(extract(epoch from expires_at) * 1000) as reset`)
  const limit = Math.max(1, Math.floor(count * app.config.rateLimitFactor))
  // An upsert returns its row.
  const used = Number(row!.count)
  const report = { limit, remaining: Math.max(0, limit - used), reset: Number(row!.reset) }
  if (used > limit) throw new TooMany(report)
  return report
}

/** Limits on a person's actions, on the website and through apps together. */
const allowances = {
  statuses: { count: 300, minutes: 180 },
  deletions: { count: 30, minutes: 30 },
  follows: { count: 400, minutes: 1_440 },
  reports: { count: 400, minutes: 1_440 },
  profiles: { count: 30, minutes: 30 },
  uploads: { count: 30, minutes: 30 },
} as const satisfies Record<string, Allowance>

export type ActionKind = keyof typeof allowances

/** Counts an action of an account. @throws TooMany */
export const countAction = (app: App, kind: ActionKind, accountId: AccountId): Promise<LimitReport> =>
  countAttempt(app, `${kind} of ${accountId}`, allowances[kind])
