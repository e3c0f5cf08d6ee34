/**
 * How this process treats the servers that it asks: a few requests at a time to each, and fewer tries where nobody answers.
 * A thread or a trend may bring hundreds of posts of one server at once, which is not to feel that.
 */
import { LRUCache } from 'lru-cache'
import { HttpError, type HttpResponse } from '#src/http/client.ts'
import { perDatabase } from '#src/per-database.ts'
import type { Core } from './core.ts'

const maxAtOnce = 4
const maxWaiting = 100
/** After so many failures in a row a server counts as down. */
const maxFailures = 3
const firstPauseMs = 30_000
const maxPauseMs = 30 * 60_000

type Turns = { running: number; waiting: (() => void)[] }
type Down = { failures: number; until: number }

const states = perDatabase(() => ({ turns: new Map<string, Turns>(), down: new LRUCache<string, Down>({ max: 10_000, ttl: 2 * maxPauseMs }) }))

/** The host wasn't even asked. */
export class NotAsked extends HttpError {}

/**
 * Makes a request of a host when its turn comes.
 *
 * @param options `isPatient`: whether it is left alone while the host seems to be down; what somebody waits for is tried all the same
 * @throws HttpError when there is no answer, NotAsked when too many wait or the host is to be left alone
 */
export async function inTurn(core: Core, url: string, { signal, isPatient }: { signal: AbortSignal; isPatient: boolean }, request: () => Promise<HttpResponse>): Promise<HttpResponse> {
  const { turns, down } = states(core)
  const host = URL.parse(url)?.origin ?? ''
  if (isPatient && (down.get(host)?.until ?? 0) > Date.now()) throw new NotAsked(`${host} does not answer at the moment`)
  const mine = turns.get(host) ?? { running: 0, waiting: [] }
  turns.set(host, mine)
  await takeTurn(mine, host, signal)
  try {
    const response = await request()
    if (isTroubled(response.status)) countFailure(down, host)
    else down.delete(host)
    return response
  } catch (error) {
    // What stops by itself, as its own time is over, says nothing about the host; nor does what we refuse.
    if (!signal.aborted && error instanceof HttpError && !error.isPermanent) countFailure(down, host)
    throw error
  } finally {
    const next = mine.waiting.shift()
    if (next) next()
    else if (--mine.running === 0) turns.delete(host)
  }
}

/** What is handed on stays counted as running. */
async function takeTurn(turns: Turns, host: string, signal: AbortSignal): Promise<void> {
  if (turns.running < maxAtOnce) return void turns.running++
  if (turns.waiting.length >= maxWaiting) throw new NotAsked(`Too many requests to ${host} at once`)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = () => {
    const place = turns.waiting.indexOf(resolve)
    if (place >= 0) turns.waiting.splice(place, 1)
    reject(new HttpError('No answer in time'))
  }
  if (signal.aborted) throw new HttpError('No answer in time')
  signal.addEventListener('abort', giveUp, { once: true })
  turns.waiting.push(resolve)
  await promise
  signal.removeEventListener('abort', giveUp)
}

const isTroubled = (status: number): boolean => status === 429 || status >= 500

function countFailure(down: LRUCache<string, Down>, host: string): void {
  const failures = (down.get(host)?.failures ?? 0) + 1
  const pause = failures < maxFailures ? 0 : Math.min(firstPauseMs * 2 ** Math.min(failures - maxFailures, 20), maxPauseMs)
  down.set(host, { failures, until: Date.now() + pause })
}
