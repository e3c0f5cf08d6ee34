/** The `deliver` job: sends what is due to one host, in order, over one connection. */
import type { App } from '#src/app.ts'
import { type DueDelivery, dueDeliveries, endTurn, type HostOutcome, type Outcome, queueNext, requeueDue, saveOutcomes, type SignatureKind, takeTurn } from '#src/deliveries/send.ts'
import { HttpError, type HttpResponse } from '#src/http/client.ts'
import type { Jobs } from '#src/outbox.ts'
import { getLogger } from '#src/log.ts'
import { activityType } from './json.ts'
import { type SigningKeys, signingKeys } from './keys.ts'
import { digestOf, signCavage } from './signatures/cavage.ts'
import { signMessage } from './signatures/message.ts'

const log = getLogger('federation')
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const timeoutMs = 10 * second
/** A turn ends when this much has passed, or with a slow answer; the rest is sent in the next one, after what else is to be done. */
const sendingMs = 5 * second
const slowMs = 2 * second
const batchSize = 25
/** Between tries of one delivery, and of a host that is down; the last one is repeated. */
const pauses = [10 * second, minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour, 24 * hour]
const maxHostPauseMs = 2 * hour
const maxRetryAfterMs = 24 * hour
/** A host that answers "no" is asked so often; that a delivery is nothing for it, it says the first time. */
const maxRefusals = 3
/** With these pauses the last try comes after 69 hours, a fifth more or less. */
const maxTries = pauses.length + 2
/** Bytes of an answer that are read, so that its connection can be used again. */
const maxAnswerBytes = 65_536

/** What a try says of the host: that it answers, or that it is to be left alone. */
type Try = { outcome: Outcome; host: Omit<HostOutcome, 'signature'>; signature: SignatureKind }

export async function deliver(app: App, { host }: Jobs['deliver'], signal?: AbortSignal): Promise<void> {
  const turn = await takeTurn(app.db, host)
  if (!turn) return queueNext(app.db, host)

  let state: HostOutcome | null = null
  try {
    let deadline = performance.now() + sendingMs
    while (performance.now() < deadline) {
      const due = await dueDeliveries(app.db, host, batchSize)
      if (due.length === 0 || signal?.aborted) break
      const outcomes: Outcome[] = []
      const held = new Set<string>()
      for (const delivery of due) {
        if (signal?.aborted || performance.now() >= deadline) break
        if (held.has(delivery.inboxUrl)) continue
        const started = performance.now()
        const tried = await send(app, delivery, state?.signature ?? turn.signature, turn.failures)
        outcomes.push(tried.outcome)
        state = { ...tried.host, signature: tried.signature }
        if (tried.outcome.state === 'pending') held.add(delivery.inboxUrl)
        if (performance.now() - started > slowMs) deadline = started
        if (!state.isUp) break
      }
      await saveOutcomes(app.db, outcomes)
      if (!state?.isUp || outcomes.length === 0) break
    }
  } finally {
    await endTurn(app.db, host, state)
  }
}

/** Every minute: queues jobs for what is due, in case a job of a host was lost. */
export async function sweepDeliveries(app: Pick<App, 'db'>): Promise<void> {
  const found = await requeueDue(app.db)
  if (found > 0) log.debug('Deliveries to {found} hosts were due', { found })
}

async function send(app: App, delivery: DueDelivery, preferred: SignatureKind, failures: number): Promise<Try> {
  const keys = await signingKeys(app, delivery.accountId)
  if (!keys) return { ...settled(delivery, 'failed', null, 'There is no key to sign with'), signature: preferred }
  try {
    const first = await post(app, delivery, keys, preferred)
    if (![400, 401, 403].includes(first.status)) return { ...judge(delivery, first, failures), signature: preferred }
    // It may want the other kind of signature. The first answer counts, unless the second is better.
    const other = preferred === 'cavage' ? 'rfc9421' : 'cavage'
    const second = await post(app, delivery, keys, other)
    const isBetter = second.status >= 200 && second.status < 300
    return { ...judge(delivery, isBetter ? second : first, failures), signature: isBetter ? other : preferred }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    log.debug('Delivery to {inbox} failed: {reason}', { inbox: delivery.inboxUrl, reason: error.message })
    if (error.isPermanent) return { ...settled(delivery, 'failed', null, error.message), signature: preferred }
    return { ...hostDown(delivery, null, error.message, pauseOf(failures, maxHostPauseMs)), signature: preferred }
  }
}

async function post(app: App, { inboxUrl, body }: DueDelivery, keys: SigningKeys, kind: SignatureKind): Promise<HttpResponse> {
  const signed = kind === 'cavage' ? (url: URL) => signCavage(keys, 'POST', url, digestOf(body)) : (url: URL) => signMessage(keys, url, body)
  const headers = async (url: URL) => ({ 'content-type': activityType, accept: activityType, ...(await signed(url)) })
  return app.http.request(inboxUrl, { purpose: 'federation', method: 'POST', body, headers, timeoutMs, maxBytes: maxAnswerBytes })
}

function judge(delivery: DueDelivery, { status, headers }: HttpResponse, failures: number): Omit<Try, 'signature'> {
  if (status >= 200 && status < 300) return settled(delivery, 'delivered', status, null)
  const error = `Answered with status ${status}`
  if (status === 429 || status === 503) return hostDown(delivery, status, error, Math.max(retryAfter(headers.get('retry-after')), pauseOf(failures, maxHostPauseMs)))
  const isRefusal = status < 500 && status !== 408 && status !== 425
  const isFinal = status === 404 || status === 410 || delivery.attempts + 1 >= (isRefusal ? maxRefusals : maxTries)
  return isFinal ? settled(delivery, 'failed', status, error) : settled(delivery, 'pending', status, error, pauseOf(delivery.attempts))
}

/** The host answered: what this delivery makes of it is its own matter. */
function settled(delivery: DueDelivery, state: Outcome['state'], status: number | null, error: string | null, retryMs: number | null = null): Omit<Try, 'signature'> {
  return { outcome: { id: delivery.id, state, status, error, retryMs, counts: true }, host: { isUp: true, error: null, waitMs: 0 } }
}

/** Nothing more is sent to the host for a while; this delivery is the first one then, and as often as before. */
function hostDown(delivery: DueDelivery, status: number | null, error: string, waitMs: number): Omit<Try, 'signature'> {
  return { outcome: { id: delivery.id, state: 'pending', status, error, retryMs: 0, counts: false }, host: { isUp: false, error, waitMs } }
}

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
