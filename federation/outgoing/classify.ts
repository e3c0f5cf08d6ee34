/** What an answer, or its lack, means: for the delivery, and for the host. */
import type { DueDelivery, Outcome } from '#src/outgoing/leases.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
/** Between tries of one delivery, and of a host that is down; the last one is repeated. */
const pauses = [10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour, 24 * hour]
const maxHostPauseMs = 2 * hour
const maxRetryAfterMs = 24 * hour
/** A host that answers "no" is asked so often; that a delivery is nothing for it, it says the first time. */
const maxRefusals = 3
/** With these pauses the last try comes after 69 hours, a fifth more or less. */
const maxTries = pauses.length + 2

/** What a try says. Of a host that is not up nothing more is sent until it has waited. */
export type Attempt = { outcome: Outcome; isUp: boolean; error: string | null; waitMs: number }

/** @param failures of the host in a row, so far */
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

/** Said by a server that is not up, or by a proxy before it: 520 to 530 are Cloudflare's. */
const isOutage = (status: number): boolean => (status >= 502 && status <= 504) || (status >= 520 && status <= 530)

/** There was no answer. */
export const classifySilence = (delivery: DueDelivery, error: string, failures: number): Attempt =>
  hostDown(delivery, null, error, hostPause(failures))

/** It can't be sent, and never will be. */
export const impossible = (delivery: DueDelivery, error: string): Attempt => settled(delivery, 'failed', null, error)

/** The host answered: what this delivery makes of it is its own matter. */
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

/** Nothing more is sent to the host for a while; this delivery is the first one then, and as often as before. */
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

/** The pause after so many failures, a little longer or shorter each time, so that not everybody comes back at once. */
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
