import { type EndedLease, maxHoldingTries, type Outcome, type Lease } from '#src/outgoing/leases.ts'
import type { App } from '#src/platform/app.ts'
import { type Delivery, send } from './send.ts'

/** How long a host is sent to per lease. The rest waits for the next lease. */
const sendingMs = 5_000
/** A host that takes longer than this for an answer is slow. */
const slowMs = 1_000
/** Requests to one host at a time. */
const maxRequests = 2

type Options = {
  /** Whether the host first gets one delivery alone, as a probe. */
  isProbed: boolean
  /** Whether more deliveries may be due than `due` holds. */
  isFull: boolean
  /** Called once, as soon as the host turns out slow. */
  onSlow: () => void
  /** Once aborted, no further delivery is begun. */
  ending: AbortSignal
  /** Once aborted, requests under way are broken off. */
  breaking: AbortSignal
}

/**
 * Sends a host its due deliveries, each inbox in order. Ends early when the host is down or slow, or the time is up. A delivery that
 * has to wait holds back the same sender's later ones to the same inbox, until it was tried `maxHoldingTries` times.
 */
export async function sendDue(
  app: App,
  lease: Lease,
  due: Delivery[],
  { isProbed, isFull, onSlow, ending, breaking }: Options,
): Promise<EndedLease> {
  const outcomes: Outcome[] = []
  const state = { isUp: true, isSlow: false, signature: lease.signature, error: null as string | null, waitMs: 0 }
  let wasAsked = false
  const deadline = performance.now() + sendingMs
  const goesOn = () => state.isUp && !state.isSlow && !ending.aborted && performance.now() < deadline

  const held = new Set<string>()
  const lineOf = ({ inboxUrl, accountId }: Delivery) => `${accountId} ${inboxUrl}`

  const sendOne = async (delivery: Delivery): Promise<void> => {
    const timer = setTimeout(() => {
      if (!state.isSlow) onSlow()
      state.isSlow = true
    }, slowMs)
    const attempt = await send(app, delivery, state.signature, lease.failures, breaking)
    clearTimeout(timer)
    if (!attempt) return
    outcomes.push(attempt.outcome)
    state.signature = attempt.signature
    const { isUp, error, waitMs } = attempt
    if (isUp !== null) wasAsked = true
    // Of two requests at once, the one that failed counts.
    if (isUp !== null && state.isUp) Object.assign(state, { isUp, error, waitMs })
    if (attempt.outcome.state === 'pending' && delivery.attempts + 1 < maxHoldingTries) held.add(lineOf(delivery))
  }

  const queues = Map.groupBy(due, ({ inboxUrl }) => inboxUrl)
  const [first] = due
  if (isProbed && first) {
    queues.get(first.inboxUrl)?.shift()
    await sendOne(first)
  }
  const waiting = [...queues.values()]
  let isUnfinished = false
  const sendQueues = async (): Promise<void> => {
    for (let queue = waiting.shift(); queue; queue = waiting.shift()) {
      for (const delivery of queue) {
        if (!goesOn()) {
          isUnfinished = true
          return
        }
        if (!held.has(lineOf(delivery))) await sendOne(delivery)
      }
    }
  }
  await Promise.all(Array.from({ length: maxRequests }, sendQueues))

  const hostState = !wasAsked ? null : { ...state, isSlow: state.isSlow || !state.isUp }
  return { host: lease.host, hostState, outcomes, hasMore: isFull || isUnfinished }
}
