/**
 * How the jobs of this process share the hosts that they ask: mail and push servers, peers, pages. A job that can't have its
 * host now gives its place back (`PutOff`), instead of waiting in it:
 *
 * - a few jobs at a time ask the same host: fewer than the lane has places, so that no host takes them all;
 * - while a request to a host is unanswered for some seconds, no further one begins;
 * - a host that failed several times in a row is left alone for a while (the circuit is open), then tried with one job.
 */
import { LRUCache } from 'lru-cache'
import type { App } from '../app.ts'
import { perDatabase } from '../db/per-database.ts'
import { HttpError } from '../http/client.ts'
import { minuteMs } from '../time.ts'
import { type Lane, placesOf } from './lanes.ts'

/** After so many failures in a row a host counts as down. */
const maxFailures = 3
const firstPauseMs = 30_000
const maxPauseMs = 30 * minuteMs
/** A request that is unanswered for longer shows that its host hangs. */
const slowMs = 2_000
/** Jobs that can't have a host are put off by this, and each further one by a little more, so that they come back one by one. */
const putOffMs = 1_000
const spreadMs = 100
const maxPutOffMs = minuteMs
const maxBackMs = 5_000

/** The host was not asked, as it is busy or down. A job that ends with this is run again at `until`, as if it had not been tried. */
export class PutOff extends HttpError {
  readonly host: string
  readonly until: Date

  constructor(host: string, until: number, reason: string) {
    super(reason)
    this.host = host
    this.until = new Date(until)
  }

  /** Whether the host is but busy, or was down for the first time: it is worth the wait also where something else hangs on it. */
  get isBrief(): boolean {
    return this.until.getTime() <= Date.now() + maxPutOffMs
  }
}

/** How long a host is left alone that is down: at first, and at most. */
type Pauses = { firstPauseMs: number; maxPauseMs: number }
type Circuit = { failures: number; until: number }
type Busy = {
  /** When the requests began that are not answered yet. */
  asked: Set<number>
  jobs: number
  /** When the last of the jobs that were put off comes back. */
  lastBack: number
}

const states = perDatabase(() => ({
  circuits: new LRUCache<string, Circuit>({ max: 10_000, ttl: 2 * maxPauseMs }),
  busy: new Map<string, Busy>(),
}))

/** The host of a URL, with the port if it is not its scheme's own: servers on one machine fail by themselves. */
export const hostKey = (url: string): string => URL.parse(url)?.host || url

/**
 * Takes a host for a job of a lane, until it is disposed of. Whether the host is down is up to the job (`checkUp`): what can
 * be left out is not worth waiting for it.
 *
 * @throws PutOff when the job can't have it now
 */
export function takeHost(app: Pick<App, 'db' | 'config'>, lane: Lane, url: string): Disposable {
  const host = hostKey(url)
  checkAnswering(app, host)
  const { circuits } = states(app)
  const mine = busyOf(app, host)
  const most = circuits.has(host) ? 1 : Math.max(1, Math.floor(placesOf(app.config.workerConcurrency)[lane] / 2))
  if (mine.jobs >= most) throw putOff(mine, host, `Other jobs ask ${host} at the moment`)
  mine.jobs += 1
  return {
    [Symbol.dispose]() {
      mine.jobs -= 1
      forgetIdle(app, host, mine)
    },
  }
}

/** @throws PutOff while a host is down */
export function checkUp(app: Pick<App, 'db'>, host: string): void {
  const until = states(app).circuits.get(host)?.until ?? 0
  // Those that wait come back in the seconds after, not at once.
  if (until > Date.now())
    throw new PutOff(host, until + Math.random() * maxBackMs, `${host} does not answer at the moment`)
}

/** @throws PutOff while a host leaves a request unanswered */
export function checkAnswering(app: Pick<App, 'db'>, host: string): void {
  const mine = states(app).busy.get(host)
  if (mine && isHanging(mine)) throw putOff(mine, host, `${host} does not answer`)
}

/** What to throw where too much is being asked of a host already. */
export const tooBusy = (app: Pick<App, 'db'>, host: string): PutOff =>
  putOff(busyOf(app, host), host, `Too many requests to ${host} at once`)

type Asking<T> = Partial<Pauses> & {
  /** Answers that show that the host has trouble. */
  isTroubled?: (answer: T) => boolean
  /** Errors that show that the host is well. */
  isAnswer?: (error: unknown) => boolean
  signal?: AbortSignal
}

/** What we refuse to ask says nothing about the host. */
const isOurs = (error: unknown): boolean => error instanceof HttpError && error.isPermanent

/** Makes a request of a host, and learns from it how the host is. */
export async function askHost<T>(
  app: Pick<App, 'db'>,
  host: string,
  request: () => Promise<T>,
  { isTroubled = () => false, isAnswer = () => false, signal, ...pauses }: Asking<T> = {},
): Promise<T> {
  const { circuits } = states(app)
  const mine = busyOf(app, host)
  const began = performance.now() + Math.random() / 1_000
  mine.asked.add(began)
  try {
    const answer = await request()
    if (isTroubled(answer)) countFailure(circuits, host, pauses)
    else circuits.delete(host)
    return answer
  } catch (error) {
    // What stops by itself says nothing about the host.
    if (isAnswer(error)) circuits.delete(host)
    else if (!signal?.aborted && !isOurs(error)) countFailure(circuits, host, pauses)
    throw error
  } finally {
    mine.asked.delete(began)
    forgetIdle(app, host, mine)
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
  const mine = busy.get(host) ?? { asked: new Set(), jobs: 0, lastBack: 0 }
  busy.set(host, mine)
  return mine
}

function forgetIdle(app: Pick<App, 'db'>, host: string, mine: Busy): void {
  if (mine.jobs === 0 && mine.asked.size === 0) states(app).busy.delete(host)
}

function isHanging({ asked }: Busy): boolean {
  const [oldest] = asked
  return oldest !== undefined && performance.now() - oldest > slowMs
}

function putOff(mine: Busy, host: string, reason: string): PutOff {
  const now = Date.now()
  mine.lastBack = Math.min(Math.max(mine.lastBack, now + putOffMs) + spreadMs, now + maxPutOffMs)
  return new PutOff(host, mine.lastBack, reason)
}

/** Answers that show that a server has trouble. */
export const isTrouble = ({ status }: { status: number }): boolean => status === 429 || status >= 500
