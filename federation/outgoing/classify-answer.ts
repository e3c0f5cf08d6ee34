/** Decides what an answer, or no answer, means for the delivery and for its host: done, retry or give up; host up or down. */
import type { DueDelivery, Outcome } from '#src/outgoing/leases.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
/** Pauses between attempts of one delivery, and of a host that is down. The last one is repeated. */
const pauses = [10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour, 24 * hour]
const maxHostPauseMs = 2 * hour
const maxRetryAfterMs = 24 * hour
/** Attempts of a delivery that its host refuses. 404 and 410 are final at once. */
const maxRefusals = 3
/** With these pauses the last attempt comes after 69 hours ± 20%. */
const maxTries = pauses.length + 2

/** The result of an attempt. A host that is not up gets no further request for `waitMs`; null: the attempt says nothing about the host. */
export type Attempt = { outcome: Outcome; isUp: boolean | null; error: string | null; waitMs: number }

/** @param failures failures of the host in a row before this attempt */
export function classifyAnswer(
  delivery: DueDelivery,
  { status, headers }: { status: number; headers: Headers },
  failures: number,
): Attempt {
  if (status >= 200 && status < 300) return settled(delivery, 'delivered', status, null)
  const error = `Answered with status ${status}`
  if (status === 429 || isOutage(status))
    return hostDown(delivery, status, error, Math.max(retryAfter(headers.get('retry-after')), hostPause(failures)))
  const isRefusal = status < 500 && status !== 408 && status !== 425
  const isFinal = status === 404 || status === 410 || delivery.attempts + 1 >= (isRefusal ? maxRefusals : maxTries)
  return isFinal
    ? settled(delivery, 'failed', status, error)
    : settled(delivery, 'pending', status, error, pauseOf(delivery.attempts))
}

/** Statuses of a server that is not up, or of a proxy in front of it: 520 to 530 are Cloudflare's. */
const isOutage = (status: number): boolean => (status >= 502 && status <= 504) || (status >= 520 && status <= 530)

/** For a request without an answer. */
export const classifySilence = (delivery: DueDelivery, error: string, failures: number): Attempt =>
  hostDown(delivery, null, error, hostPause(failures))

/** For a delivery that can never be sent: the host was not asked. */
export const impossible = (delivery: DueDelivery, error: string): Attempt => ({
  ...settled(delivery, 'failed', null, error),
  isUp: null,
})

/** The host answered, so it is up, whatever the state of this delivery. */
function settled(
  { activityId, inboxUrl }: DueDelivery,
  state: Outcome['state'],
  status: number | null,
  error: string | null,
  retryMs: number | null = null,
): Attempt {
  return {
    outcome: { activityId, inboxUrl, state, status, error, retryMs, counts: true },
    isUp: true,
    error: null,
    waitMs: 0,
  }
}

/** The host gets no further request for a while. This delivery is the first one after that; the attempt doesn't count. */
function hostDown(
  { activityId, inboxUrl }: DueDelivery,
  status: number | null,
  error: string,
  waitMs: number,
): Attempt {
  return {
    outcome: { activityId, inboxUrl, state: 'pending', status, error, retryMs: 0, counts: false },
    isUp: false,
    error,
    waitMs,
  }
}

const hostPause = (failures: number): number => pauseOf(failures, maxHostPauseMs)

/** The pause after a number of failures, ± 20%, so that not all senders come back at once. */
function pauseOf(failures: number, max = Number.POSITIVE_INFINITY): number {
  const pause = Math.min(pauses[Math.min(failures, pauses.length - 1)] ?? hour, max)
  return Math.round(pause * (0.8 + Math.random() * 0.4))
}

/** Milliseconds that a Retry-After header asks for, at most a day. */
function retryAfter(header: string | null): number {
  if (header === null) return 0
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * second : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), maxRetryAfterMs)
}
