import { sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
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
export async function countAttempt(app: App, key: string, allowance: Allowance): Promise<LimitReport> {
  const counted = await addAttempts(app.db, [{ key, ...allowance }])
  // An upsert returns its row.
  const { count, reset } = counted.get(key)!
  const limit = scaled(app, allowance.count)
  const report = { limit, remaining: Math.max(0, limit - count), reset }
  if (count > limit) throw new TooMany(report)
  return report
}

/** A limit at its place: the action and the client or account, and what is allowed there. */
export type Limit = Allowance & { key: string }

/**
 * Counts an attempt at several limits at once, or at none of them: call it in a transaction, which an exceeded limit rolls back. So a
 * client that has to wait uses up nobody else's attempts.
 *
 * @returns the number of attempts at each limit, this one included
 * @throws TooMany for the limit that takes longest
 */
export async function countAttempts(
  app: App,
  tx: Pick<Reader, 'execute'>,
  limits: Limit[],
): Promise<Map<string, number>> {
  const counted = await addAttempts(tx, limits)
  const exceeded = limits
    .map(({ key, count }) => ({ limit: scaled(app, count), ...counted.get(key)! }))
    .filter(({ limit, count }) => count > limit)
    .toSorted((a, b) => b.reset - a.reset)[0]
  if (exceeded) throw new TooMany({ limit: exceeded.limit, remaining: 0, reset: exceeded.reset })
  return new Map([...counted].map(([key, { count }]) => [key, count]))
}

/** Takes back one attempt at each limit, as it turned out to be none that counts. */
export async function uncountAttempts(db: Pick<Reader, 'execute'>, keys: string[]): Promise<void> {
  // A count can't be 0: the window of a single attempt ends instead. Rows are locked in the order in which they are counted.
  await db.execute(sql`
    update attempts set count = greatest(count - 1, 1), expires_at = case when count = 1 then now() else expires_at end
    where key in (select key from attempts where ${isOneOf(sql`key`, keys)} and expires_at > now() order by key collate "C" for update)`)
}

/** A number of attempts, as an instance under test multiplies it. */
export const scaled = (app: App, count: number): number => Math.max(1, Math.floor(count * app.config.rateLimitFactor))

type Counted = { count: number; reset: number }

/** Adds an attempt at each limit. Rows are locked in the order of their keys; two clients would deadlock otherwise. */
async function addAttempts(db: Pick<Reader, 'execute'>, limits: Limit[]): Promise<Map<string, Counted>> {
  const { rows } = await db.execute<{ key: string; count: string; reset: string }>(sql`
    insert into attempts (key, count, expires_at)
    select key, 1, now() + minutes * interval '1 minute'
    from jsonb_to_recordset(${JSON.stringify(limits)}::jsonb) as wanted (key text, minutes int) order by key collate "C"
    on conflict (key) do update set
      count = case when attempts.expires_at < now() then 1 else attempts.count + 1 end,
      expires_at = case when attempts.expires_at < now() then excluded.expires_at else attempts.expires_at end
    returning key, count, floor(extract(epoch from expires_at) * 1000) as reset`)
  return new Map(rows.map(({ key, count, reset }) => [key, { count: Number(count), reset: Number(reset) }]))
}

/** Limits on a person's actions, on the website and through apps together. */
const allowances = {
  statuses: { count: 300, minutes: 180 },
  deletions: { count: 30, minutes: 30 },
  follows: { count: 400, minutes: 1_440 },
  reports: { count: 400, minutes: 1_440 },
  profiles: { count: 30, minutes: 30 },
  uploads: { count: 30, minutes: 30 },
  tokens: { count: 20, minutes: 60 },
  recoveryCodes: { count: 10, minutes: 60 },
} as const satisfies Record<string, Allowance>

export type ActionKind = keyof typeof allowances

/** Counts an action of an account. @throws TooMany */
export const countAction = (app: App, kind: ActionKind, accountId: AccountId): Promise<LimitReport> =>
  countAttempt(app, `${kind} of ${accountId}`, allowances[kind])
