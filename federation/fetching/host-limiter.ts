/**
 * How this process treats the servers that it asks: a few requests at a time to each, and fewer tries where nobody answers
 * (src/platform/queue/hosts.ts). A thread or a trend may bring hundreds of posts of one server at once, which is not to feel that.
 */
import { HttpError, type HttpResponse } from '#src/platform/http/client.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { askHost, checkAnswering, checkUp, hostKey, isTrouble, tooBusy } from '#src/platform/queue/hosts.ts'
import type { Core } from '../core.ts'

const maxAtOnce = 4
/** Of them, what nobody waits for: a server that is silent takes no more places of those who run jobs. */
const maxPatient = 2
const maxWaiting = 100
/** How often those that wait in line look whether their host still answers. */
const lookMs = 500

type Turns = { running: number; waiting: (() => void)[] }

const states = perDatabase(() => new Map<string, Turns>())

/**
 * Makes a request of a host when its turn comes.
 *
 * @param options `isPatient`: whether it is left alone while the host seems to be down; what somebody waits for is tried all the same.
 * `isHasty`: also while it leaves a request unanswered
 * @throws HttpError when there is no answer or too many wait, PutOff when the host is to be left alone
 */
export async function inTurn(core: Core, url: string, { signal, isPatient, isHasty = false }: { signal: AbortSignal; isPatient: boolean; isHasty?: boolean }, request: () => Promise<HttpResponse>): Promise<HttpResponse> {
  const turns = states(core)
  const host = hostKey(url)
  const check = () => {
    if (isPatient) checkUp(core, host)
    if (isHasty) checkAnswering(core, host)
  }
  check()
  const mine = turns.get(host) ?? { running: 0, waiting: [] }
  turns.set(host, mine)
  if (mine.running < (isPatient ? maxPatient : maxAtOnce)) mine.running += 1
  else if (mine.waiting.length >= maxWaiting) throw tooBusy(core, host)
  else await waitInLine(mine, signal, check)
  try {
    return await askHost(core, host, request, { isTroubled: isTrouble, signal })
  } finally {
    const next = mine.waiting.shift()
    if (next) next()
    else if (--mine.running === 0) turns.delete(host)
  }
}

/** What is handed on stays counted as running. `check` throws when waiting is in vain. */
async function waitInLine({ waiting }: Turns, signal: AbortSignal, check: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const leave = (error: unknown) => {
    const place = waiting.indexOf(resolve)
    if (place >= 0) waiting.splice(place, 1)
    reject(error)
  }
  const giveUp = () => leave(new HttpError('No answer in time'))
  if (signal.aborted) throw new HttpError('No answer in time')
  signal.addEventListener('abort', giveUp, { once: true })
  const looking = setInterval(() => {
    try {
      check()
    } catch (error) {
      leave(error)
    }
  }, lookMs)
  waiting.push(resolve)
  try {
    await promise
  } finally {
    clearInterval(looking)
    signal.removeEventListener('abort', giveUp)
  }
}
