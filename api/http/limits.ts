/**
 * Rate limits of requests, in the memory of each process: fixed windows of the clock. Every answer reports the limit
 * with the fewest requests left. `RATE_LIMIT_FACTOR` scales all of them. The core counts people's actions, for all
 * entry points together.
 */
import type { MiddlewareHandler } from 'hono'
import { LRUCache } from 'lru-cache'
import { type ActionKind, countAction, type LimitReport } from '#src/accounts/sessions/attempts.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { dayMs, minuteMs } from '#src/platform/time.ts'
import { type Adding, type C, clientGroup, type Env } from '../env.ts'
import { ApiError } from './errors.ts'

/** Requests per window, for each account, token or address. */
const limits = {
  account: { count: 1_500, minutes: 5 },
  token: { count: 300, minutes: 5 },
  address: { count: 300, minutes: 5 },
  paging: { count: 300, minutes: 15 },
} as const
type LimitName = keyof typeof limits

const counters = new WeakMap<App, LRUCache<string, number>>()

/** Counts a request for its client, and reports the limits on the answer. */
export const limitRequests: MiddlewareHandler<Env> = async (c, next) => {
  const { access } = c.var
  c.set('limits', null)
  if (access) count(c, 'token', access.tokenId)
  // Anybody can get any number of app tokens, so these are counted by address.
  if (access?.viewer) count(c, 'account', access.viewer.accountId)
  else count(c, 'address', clientGroup(c))
  if (['max_id', 'min_id', 'since_id', 'page'].some((name) => c.req.query(name))) count(c, 'paging', clientOf(c))
  await next()
  setHeaders(c)
}

/** Counts a person's actions of one kind. */
export const limited =
  (kind: ActionKind): Adding<{ accountId: AccountId }> =>
  async (c, next) => {
    c.set('limits', tighter(c.var.limits, await countAction(c.var.app, kind, c.var.accountId)))
    await next()
  }

const clientOf = (c: C): string => c.var.access?.viewer?.accountId ?? clientGroup(c)

function count(c: C, name: LimitName, client: string): void {
  const { app } = c.var
  const windowMs = limits[name].minutes * minuteMs
  const limit = Math.max(1, Math.floor(limits[name].count * app.config.rateLimitFactor))
  const now = Date.now()
  const start = now - (now % windowMs)
  const key = `${name} ${client} ${start}`

  const windows = counters.get(app) ?? new LRUCache<string, number>({ max: 200_000, ttl: dayMs })
  counters.set(app, windows)
  const used = (windows.get(key) ?? 0) + 1
  windows.set(key, used, { ttl: start + windowMs - now })

  const report = { limit, remaining: Math.max(0, limit - used), reset: start + windowMs }
  c.set('limits', tighter(c.var.limits, report))
  if (used > limit) {
    setHeaders(c)
    throw new ApiError(429, 'Too many requests', { 'Retry-After': String(Math.ceil((report.reset - now) / 1_000)) })
  }
}

/** The limit with fewer requests left. */
const tighter = (other: LimitReport | null, report: LimitReport): LimitReport =>
  other && other.remaining <= report.remaining ? other : report

function setHeaders(c: C): void {
  const report = c.var.limits
  if (!report) return
  c.header('X-RateLimit-Limit', String(report.limit))
  c.header('X-RateLimit-Remaining', String(report.remaining))
  // Mastodon's form, which some apps parse: microseconds.
  c.header('X-RateLimit-Reset', new Date(report.reset).toISOString().replace('Z', '000Z'))
}
