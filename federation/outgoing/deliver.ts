/**
 * The `deliver` job: sends what is due to whichever hosts it is due to, until nothing is left. There is one engine in a process;
 * workers side by side share the hosts among them, a turn at a time.
 *
 * Fairness: many hosts are sent to at once, each for a few seconds at most. A host that has not answered for a second no longer
 * counts among them, but is one of the slow, and so are those that failed or were slow the last time: they wait for one another
 * in a lane of their own. So however many servers hang or are gone, the others get their deliveries as if those weren't there.
 */
import { LRUCache } from 'lru-cache'
import {
  dueDeliveries,
  type EndedLease,
  endLeases,
  loadBodies,
  sweepHosts,
  acquireLeases,
  type Lease,
  wakeDeliveryLater,
} from '#src/outgoing/leases.ts'
import type { App } from '#src/platform/app.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import type { ActivityId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { within } from '#src/platform/time.ts'
import { digest256 } from '../signatures/message.ts'
import { sendDue } from './send-due.ts'
import type { Body, Delivery } from './send.ts'

const log = getLogger('federation')
type Lane = 'fast' | 'slow'
/** Hosts that are sent to at once. */
const slots: Record<Lane, number> = { fast: 96, slow: 32 }
/** Those that proved slow in the fast lane are counted beyond the slow lane's own, up to so many in all. */
const maxTurns = 512
/** Turns that are taken, and ended, in one statement. */
const batch = 32
/** Of one host, in one turn. */
const perTurn = 16
const flushMs = 100
/** How often others' hosts are looked for while there is something to do. */
const pollMs = 500
/** Bytes of bodies that are kept; most hosts get the same ones. */
const maxBodyBytes = 8 * 1_048_576
/** How long requests may go on when the worker is to end. */
const graceMs = 2_000
const saveTries = 5
const saveAgainMs = 1_000

type Engine = { lookAgain(): void }
const engines = perDatabase(() => ({ running: null as Engine | null }))

/** Sends until nothing is due. Where that is going on already, it is told to look again. */
export async function deliver(app: App, signal: AbortSignal = new AbortController().signal): Promise<void> {
  const { running } = engines(app)
  if (running) return running.lookAgain()
  await runEngine(app, signal)
  await wakeDeliveryLater(app.db)
}

/** Every minute: finds deliveries that nobody would send, should a job have been lost. */
export async function sweepDeliveries(app: Pick<App, 'db'>): Promise<void> {
  const found = await sweepHosts(app.db)
  if (found > 0) log.debug('Deliveries to {found} hosts were due', { found })
}

async function runEngine(app: App, ending: AbortSignal): Promise<void> {
  const breaking = new AbortController()
  const contents = new LRUCache<ActivityId, Body>({
    maxSize: maxBodyBytes,
    sizeCalculation: ({ body }) => body.length + 1,
  })
  const turns: Record<Lane, number> = { fast: 0, slow: 0 }
  const mayHaveMore: Record<Lane, boolean> = { fast: true, slow: true }
  const running = new Set<Promise<void>>()
  let ended: EndedLease[] = []
  let savedAt = performance.now()
  let polledAt = savedAt
  let changed = Promise.withResolvers<void>()

  const lookAgain = () => {
    mayHaveMore.fast = mayHaveMore.slow = true
    changed.resolve()
  }

  const begin = (turn: Lease, due: Delivery[], from: Lane): void => {
    let lane = from
    const onSlow = () => {
      turns[lane] -= 1
      lane = 'slow'
      turns[lane] += 1
      changed.resolve()
    }
    turns[lane] += 1
    const run = async () => {
      const options = {
        isProbed: from === 'slow',
        isFull: due.length >= perTurn,
        onSlow,
        ending,
        breaking: breaking.signal,
      }
      // Where that fails, its minute goes by.
      const turned = await sendDue(app, turn, due, options).catch((error: unknown) =>
        log.error('The turn of {host} failed: {error}', { host: turn.host, error }),
      )
      if (turned) ended.push(turned)
      turns[lane] -= 1
      running.delete(done)
      changed.resolve()
    }
    const done: Promise<void> = run()
    running.add(done)
  }

  /** Takes turns for what is free of a lane, unless that is too little to ask for. */
  const fill = async (lane: Lane): Promise<void> => {
    while (mayHaveMore[lane] && !ending.aborted) {
      const free = Math.min(slots[lane] - turns[lane], maxTurns - running.size, batch)
      if (free < batch / 2 && (turns[lane] > 0 || free <= 0)) return
      const taken = await acquireLeases(app.db, lane, free)
      mayHaveMore[lane] = taken.length === free
      const due = await loadDue(app, taken, contents)
      for (const turn of taken) begin(turn, due.get(turn.host) ?? [], lane)
    }
  }

  const save = async (): Promise<void> => {
    savedAt = performance.now()
    while (ended.length > 0) {
      const part = ended.splice(0, 4 * batch)
      await insistently(() => endLeases(app.db, part))
      if (part.some(({ hasMore }) => hasMore)) mayHaveMore.fast = mayHaveMore.slow = true
    }
  }

  engines(app).running = { lookAgain }
  const broken = () => setTimeout(() => breaking.abort(), graceMs).unref()
  ending.addEventListener('abort', broken, { once: true })
  ending.addEventListener('abort', lookAgain, { once: true })
  try {
    for (;;) {
      changed = Promise.withResolvers()
      await fill('fast')
      await fill('slow')
      if (running.size === 0 || ended.length >= batch || performance.now() - savedAt > flushMs) await save()
      if (running.size === 0 && ended.length === 0 && (ending.aborted || !(mayHaveMore.fast || mayHaveMore.slow)))
        return
      if (running.size > 0) await within(ended.length > 0 ? flushMs : pollMs, changed.promise, undefined)
      if (running.size > 0 && performance.now() - polledAt > pollMs) {
        polledAt = performance.now()
        mayHaveMore.fast = mayHaveMore.slow = true
      }
    }
  } finally {
    engines(app).running = null
    ending.removeEventListener('abort', broken)
    ending.removeEventListener('abort', lookAgain)
    // Only after an error is anything left. Its hosts are free again when their minute is over.
    breaking.abort()
    await Promise.all(running)
  }
}

/** What is due for each host whose turn was taken, with the bodies that all share. */
async function loadDue(
  app: App,
  taken: Lease[],
  contents: LRUCache<ActivityId, Body>,
): Promise<Map<string, Delivery[]>> {
  if (taken.length === 0) return new Map()
  const due = await dueDeliveries(
    app.db,
    taken.map(({ host }) => host),
    perTurn,
  )
  const needed = new Map<ActivityId, Body | undefined>(
    due.map(({ activityId }) => [activityId, contents.get(activityId)]),
  )
  const missing = [...needed].flatMap(([id, content]) => (content ? [] : [id]))
  for (const { id, body } of await loadBodies(app.db, missing)) {
    const content = { body, digest: digest256(body) }
    contents.set(id, content)
    needed.set(id, content)
  }
  const deliveries = due.flatMap((delivery) => {
    const content = needed.get(delivery.activityId)
    return content ? [{ ...delivery, content }] : []
  })
  return Map.groupBy(deliveries, ({ host }) => host)
}

/** The database may be away for a moment; what was sent would be sent again if nobody wrote it down. */
async function insistently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === saveTries) throw error
      await new Promise((resolve) => setTimeout(resolve, saveAgainMs))
    }
  }
}
