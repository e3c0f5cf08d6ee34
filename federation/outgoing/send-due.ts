import { type EndedLease, maxHoldingTries, type Outcome, type Lease } from '#src/outgoing/leases.ts'
import type { App } from '#src/platform/app.ts'
import { type Delivery, send } from './send.ts'

/** When a turn stops sending; what is left waits for the next one. */
const sendingMs = 5_000
/** A host that takes longer for an answer is slow. */
const slowMs = 1_000
/** Requests to one host at a time. */
const maxRequests = 2

type Options = {
  /** Whether the host is tried with one delivery before it gets the rest. */
  isProbed: boolean
  /** Whether `due` may be only a part of what is due. */
  isFull: boolean
  /** Called once, as soon as the host proves slow. */
  onSlow: () => void
  /** No further delivery is begun. */
  ending: AbortSignal
  /** What is under way is broken off. */
  breaking: AbortSignal
}

/**
 * Sends a host what is due, to each inbox in order. It ends early when the host is down or slow, or gives no end; a delivery that
 * has to wait holds back those of the same sender behind it, to the same inbox, unless it was tried often enough.
 */
export async function sendDue(
  app: App,
  turn: Lease,
  due: Delivery[],
  { isProbed, isFull, onSlow, ending, breaking }: Options,
): Promise<EndedLease> {
  const outcomes: Outcome[] = []
  const state = { isUp: true, isSlow: false, signature: turn.signature, error: null as string | null, waitMs: 0 }
  const deadline = performance.now() + sendingMs
  const goesOn = () => state.isUp && !state.isSlow && !ending.aborted && performance.now() < deadline

  const held = new Set<string>()
  const line = ({ inboxUrl, accountId }: Delivery) => `${accountId} ${inboxUrl}`

  const sendOne = async (delivery: Delivery): Promise<void> => {
    const timer = setTimeout(() => {
      if (!state.isSlow) onSlow()
      state.isSlow = true
    }, slowMs)
    const tried = await send(app, delivery, state.signature, turn.failures, breaking)
    clearTimeout(timer)
    if (!tried) return
    outcomes.push(tried.outcome)
    state.signature = tried.signature
    // Of two requests at once, the one that failed counts.
    if (state.isUp) Object.assign(state, { isUp: tried.isUp, error: tried.error, waitMs: tried.waitMs })
    if (tried.outcome.state === 'pending' && delivery.attempts + 1 < maxHoldingTries) held.add(line(delivery))
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
        if (!held.has(line(delivery))) await sendOne(delivery)
      }
    }
  }
  await Promise.all(Array.from({ length: maxRequests }, sendQueues))

  const hostState = outcomes.length === 0 ? null : { ...state, isSlow: state.isSlow || !state.isUp }
  return { host: turn.host, hostState, outcomes, hasMore: isFull || isUnfinished }
}
