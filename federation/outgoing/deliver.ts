/**
 * The `deliver` job: sends all due deliveries until none is left. A process has one engine; several workers share the hosts by leases.
 *
 * Fairness: many hosts are sent to at once, each for a few seconds per lease. A host that has not answered for a second moves from the
 * fast lane to the slow lane. Hosts that failed or were slow the last time start in the slow lane. So servers that hang or are gone
 * delay only each other, however many they are.
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
import { digest256 } from '../signatures/sign-request.ts'
import { sendDue } from './send-due.ts'
import type { Body, Delivery } from './send.ts'

const log = getLogger('federation')
type Lane = 'fast' | 'slow'
/** Hosts per lane that are sent to at once. */
const slots: Record<Lane, number> = { fast: 96, slow: 32 }
/** Leases in both lanes. Hosts that turn out slow in the fast lane add to the slow lane's own, up to this sum. */
const maxLeases = 512
/** Leases that are acquired, and ended, in one statement. */
const batch = 32
/** Deliveries per lease. */
const perLease = 16
const flushMs = 100
/** How often the engine looks for further due hosts while it is sending. */
const pollMs = 500
/** Bytes of bodies in memory; most hosts get the same ones. */
const maxBodyBytes = 8 * 1_048_576
/** How long requests may go on once the worker is to end. */
const graceMs = 2_000
const saveTries = 5
const saveAgainMs = 1_000

type Engine = { lookAgain(): void }
const engines = perDatabase(() => ({ running: null as Engine | null }))

/** Sends until nothing is due. If this process's engine is running already, tells it to look again. */
export async function deliver(app: App, signal: AbortSignal = new AbortController().signal): Promise<void> {
  const { running } = engines(app)
  if (running) return running.lookAgain()
  await runEngine(app, signal)
  await wakeDeliveryLater(app.db)
}

/** Every minute: finds due deliveries whose `deliver` job was lost. */
export async function sweepDeliveries(app: Pick<App, 'db'>): Promise<void> {
  const hosts = await sweepHosts(app.db)
  if (hosts > 0) log.debug('Deliveries to {hosts} hosts were due', { hosts })
}

async function runEngine(app: App, ending: AbortSignal): Promise<void> {
  const breaking = new AbortController()
  const bodies = new LRUCache<ActivityId, Body>({
    maxSize: maxBodyBytes,
    sizeCalculation: ({ body }) => body.length + 1,
  })
  const leases: Record<Lane, number> = { fast: 0, slow: 0 }
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

  const begin = (lease: Lease, due: Delivery[], from: Lane): void => {
    let lane = from
    const onSlow = () => {
      leases[lane] -= 1
      lane = 'slow'
      leases[lane] += 1
      changed.resolve()
    }
    leases[lane] += 1
    const run = async () => {
      const options = {
        isProbed: from === 'slow',
        isFull: due.length >= perLease,
        onSlow,
        ending,
        breaking: breaking.signal,
      }
      // After an error the lease runs out by itself, within a minute.
      const result = await sendDue(app, lease, due, options).catch((error: unknown) =>
        log.error('Sending to {host} failed: {error}', { host: lease.host, error }),
      )
      if (result) ended.push(result)
      leases[lane] -= 1
      running.delete(done)
      changed.resolve()
    }
    const done: Promise<void> = run()
    running.add(done)
  }

  /** Acquires leases for the free slots of a lane, unless these are too few to be worth a statement. */
  const fill = async (lane: Lane): Promise<void> => {
    while (mayHaveMore[lane] && !ending.aborted) {
      const free = Math.min(slots[lane] - leases[lane], maxLeases - running.size, batch)
      if (free < batch / 2 && (leases[lane] > 0 || free <= 0)) return
      const acquired = await acquireLeases(app.db, lane, free)
      mayHaveMore[lane] = acquired.length === free
      const due = await loadDue(app, acquired, bodies)
      for (const lease of acquired) begin(lease, due.get(lease.host) ?? [], lane)
    }
  }

  const save = async (): Promise<void> => {
    savedAt = performance.now()
    while (ended.length > 0) {
      const part = ended.splice(0, 4 * batch)
      await withRetries(() => endLeases(app.db, part))
      if (part.some(({ hasMore }) => hasMore)) mayHaveMore.fast = mayHaveMore.slow = true
    }
  }

  engines(app).running = { lookAgain }
  const breakLater = () => setTimeout(() => breaking.abort(), graceMs).unref()
  ending.addEventListener('abort', breakLater, { once: true })
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
    ending.removeEventListener('abort', breakLater)
    ending.removeEventListener('abort', lookAgain)
    // Requests are left only after an error. The leases of their hosts run out within a minute.
    breaking.abort()
    await Promise.all(running)
  }
}

/** Due deliveries by leased host, with their shared bodies. */
async function loadDue(
  app: App,
  acquired: Lease[],
  bodies: LRUCache<ActivityId, Body>,
): Promise<Map<string, Delivery[]>> {
  if (acquired.length === 0) return new Map()
  const due = await dueDeliveries(
    app.db,
    acquired.map(({ host }) => host),
    perLease,
  )
  const needed = new Map<ActivityId, Body | undefined>(
    due.map(({ activityId }) => [activityId, bodies.get(activityId)]),
  )
  const missing = [...needed].flatMap(([id, content]) => (content ? [] : [id]))
  for (const { id, body } of await loadBodies(app.db, missing)) {
    const content = { body, digest: digest256(body) }
    bodies.set(id, content)
    needed.set(id, content)
  }
  const deliveries = due.flatMap((delivery) => {
    const content = needed.get(delivery.activityId)
    return content ? [{ ...delivery, content }] : []
  })
  return Map.groupBy(deliveries, ({ host }) => host)
}

/** Retries while the database is away for a moment: deliveries whose outcome is not saved would be sent again. */
async function withRetries(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === saveTries) throw error
      await new Promise((resolve) => setTimeout(resolve, saveAgainMs))
    }
  }
}
