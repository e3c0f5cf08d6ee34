/**
 * Limits how the jobs of this process use hosts: mail and push servers, peers, pages. A job that can't use its
 * host now frees its place in the lane (`HostUnavailable`) instead of waiting in it:
 *
 * - few jobs at a time use the same host: fewer than the lane has places, so that no host takes them all;
 * - while a request to a host is unanswered for some seconds, no further one begins;
 * - a host that failed several times in a row gets no requests for a while (its circuit is open), then one job tries it.
 */
import { LRUCache } from 'lru-cache'
import type { App } from '../app.ts'
import { perDatabase } from '../db/per-database.ts'
import { HttpError } from '../http/client.ts'
import { minuteMs } from '../time.ts'
import { type Lane, placesOf } from './lanes.ts'

/** After this many failures in a row a host counts as down. */
const maxFailures = 3
const firstPauseMs = 30_000
const maxPauseMs = 30 * minuteMs
/** A request that is unanswered for longer shows that its host hangs. */
const slowMs = 2_000
/** Jobs that can't use a host are postponed by this, and each further one by a little more, so that they come back one by one. */
const postponeMs = 1_000
const spreadMs = 100
const maxPostponeMs = minuteMs
const maxBackMs = 5_000

/** The request was not sent, since its host is busy or down. A job that ends with this error runs again at `until`, without a counted try. */
export class HostUnavailable extends HttpError {
  readonly host: string
  readonly until: Date

  constructor(host: string, until: number, reason: string) {
    super(reason)
    this.host = host
    this.until = new Date(until)
  }

  /** Whether the wait is short, since the host is only busy or was down for the first time: it is worth it even if other work depends on it. */
  get isBrief(): boolean {
    return this.until.getTime() <= Date.now() + maxPostponeMs
  }
}

/** How long a host that is down gets no requests: at first, and at most. */
type Pauses = { firstPauseMs: number; maxPauseMs: number }
type Circuit = { failures: number; until: number }
type Busy = {
  /** The start times of unanswered requests. */
  asked: Set<number>
  jobs: number
  /** When the last of the postponed jobs runs again. */
  lastBack: number
}

const states = perDatabase(() => ({
  circuits: new LRUCache<string, Circuit>({ max: 10_000, ttl: 2 * maxPauseMs }),
  busy: new Map<string, Busy>(),
}))

/** The host of a URL, with a port that is not its scheme's own: servers on one machine fail independently. */
export const hostKey = (url: string): string => URL.parse(url)?.host || url

/**
 * Acquires a host for a job of a lane, until it is disposed of. It does not check whether the host is down: the job does
 * (`checkHostUp`), unless its request is optional and not worth the wait.
 *
 * @throws HostUnavailable when the job can't use the host now
 */
export function acquireHost(app: Pick<App, 'db' | 'config'>, lane: Lane, url: string): Disposable {
  const host = hostKey(url)
  checkAnswering(app, host)
  const { circuits } = states(app)
  const entry = busyOf(app, host)
  const most = circuits.has(host) ? 1 : Math.max(1, Math.floor(placesOf(app.config.workerConcurrency)[lane] / 2))
  if (entry.jobs >= most) throw unavailable(entry, host, `Other jobs ask ${host} at the moment`)
  entry.jobs += 1
  return {
    [Symbol.dispose]() {
      entry.jobs -= 1
      forgetIdle(app, host, entry)
    },
  }
}

/** @throws HostUnavailable while a host is down */
export function checkHostUp(app: Pick<App, 'db'>, host: string): void {
  const until = states(app).circuits.get(host)?.until ?? 0
  // Waiting jobs come back spread over the following seconds, not at once.
  if (until > Date.now())
    throw new HostUnavailable(host, until + Math.random() * maxBackMs, `${host} does not answer at the moment`)
}

/** @throws HostUnavailable while a host leaves a request unanswered */
export function checkAnswering(app: Pick<App, 'db'>, host: string): void {
  const entry = states(app).busy.get(host)
  if (entry && isHanging(entry)) throw unavailable(entry, host, `${host} does not answer`)
}

/** The error for a host with too many requests already. */
export const tooBusy = (app: Pick<App, 'db'>, host: string): HostUnavailable =>
  unavailable(busyOf(app, host), host, `Too many requests to ${host} at once`)

type Asking<T> = Partial<Pauses> & {
  /** Whether an answer shows that the host has trouble. */
  isTroubled?: (answer: T) => boolean
  /** Whether an error shows that the host is well. */
  isAnswer?: (error: unknown) => boolean
  signal?: AbortSignal
}

/** Whether this server refused the request itself, which says nothing about the host. */
const isOwnRefusal = (error: unknown): boolean => error instanceof HttpError && error.isPermanent

/** Makes a request to a host, and records success or failure in the host's circuit. */
export async function askHost<T>(
  app: Pick<App, 'db'>,
  host: string,
  request: () => Promise<T>,
  { isTroubled = () => false, isAnswer = () => false, signal, ...pauses }: Asking<T> = {},
): Promise<T> {
  const { circuits } = states(app)
  const entry = busyOf(app, host)
  const began = performance.now() + Math.random() / 1_000
  entry.asked.add(began)
  try {
    const answer = await request()
    if (isTroubled(answer)) countFailure(circuits, host, pauses)
    else circuits.delete(host)
    return answer
  } catch (error) {
    // A request that was aborted says nothing about the host.
    if (isAnswer(error)) circuits.delete(host)
    else if (!signal?.aborted && !isOwnRefusal(error)) countFailure(circuits, host, pauses)
    throw error
  } finally {
    entry.asked.delete(began)
    forgetIdle(app, host, entry)
  }
}

function countFailure(circuits: LRUCache<string, Circuit>, host: string, pauses: Partial<Pauses>): void {
  const { firstPauseMs: first = firstPauseMs, maxPauseMs: longest = maxPauseMs } = pauses
  const failures = (circuits.get(host)?.failures ?? 0) + 1
  const pause = failures < maxFailures ? 0 : Math.min(first * 2 ** Math.min(failures - maxFailures, 20), longest)
  circuits.set(host, { failures, until: Date.now() + pause })
}

function busyOf(app: Pick<App, 'db'>, host: string): Busy {
  const { busy } = states(app)
  const entry = busy.get(host) ?? { asked: new Set(), jobs: 0, lastBack: 0 }
  busy.set(host, entry)
  return entry
}

function forgetIdle(app: Pick<App, 'db'>, host: string, entry: Busy): void {
  if (entry.jobs === 0 && entry.asked.size === 0) states(app).busy.delete(host)
}

function isHanging({ asked }: Busy): boolean {
  const [oldest] = asked
  return oldest !== undefined && performance.now() - oldest > slowMs
}

function unavailable(entry: Busy, host: string, reason: string): HostUnavailable {
  const now = Date.now()
  entry.lastBack = Math.min(Math.max(entry.lastBack, now + postponeMs) + spreadMs, now + maxPostponeMs)
  return new HostUnavailable(host, entry.lastBack, reason)
}

/** Whether an answer shows that a server has trouble. */
export const isTrouble = ({ status }: { status: number }): boolean => status === 429 || status >= 500
