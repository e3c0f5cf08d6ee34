import type { App } from '#src/app.ts'
import type { EndedTurn, Outcome, Turn } from '#src/deliveries/turns.ts'
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
 * has to wait holds up those behind it to the same inbox.
 */
export async function runTurn(app: App, turn: Turn, due: Delivery[], { isProbed, isFull, onSlow, ending, breaking }: Options): Promise<EndedTurn> {
  const outcomes: Outcome[] = []
  const state = { isUp: true, isSlow: false, signature: turn.signature, error: null as string | null, waitMs: 0 }
  const deadline = performance.now() + sendingMs
  const goesOn = () => state.isUp && !state.isSlow && !ending.aborted && performance.now() < deadline

  /** False when what follows to the same inbox has to wait. */
  const sendOne = async (delivery: Delivery): Promise<boolean> => {
    const timer = setTimeout(() => {
      if (!state.isSlow) onSlow()
      state.isSlow = true
    }, slowMs)
    const tried = await send(app, delivery, state.signature, turn.failures, breaking)
    clearTimeout(timer)
    if (!tried) return false
    outcomes.push(tried.outcome)
    state.signature = tried.signature
    // Of two requests at once, the one that failed counts.
    if (state.isUp) Object.assign(state, { isUp: tried.isUp, error: tried.error, waitMs: tried.waitMs })
    return tried.outcome.state !== 'pending'
  }

  const queues = Map.groupBy(due, ({ inboxUrl }) => inboxUrl)
  const [first] = due
  if (isProbed && first) {
    queues.get(first.inboxUrl)?.shift()
    if (!(await sendOne(first))) queues.delete(first.inboxUrl)
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
        if (!(await sendOne(delivery))) break
      }
    }
  }
  await Promise.all(Array.from({ length: maxRequests }, sendQueues))

  const verdict = outcomes.length === 0 ? null : { ...state, isSlow: state.isSlow || !state.isUp }
  return { host: turn.host, verdict, outcomes, hasMore: isFull || isUnfinished }
}
