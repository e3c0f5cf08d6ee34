/**
 * Limits this process's requests to a host: a few at a time, and none for a while to a host that doesn't answer
 * (src/platform/queue/hosts.ts). A thread or a trend may bring hundreds of posts of one server at once, which must not overload it.
 */
import { HttpError, type HttpResponse } from '#src/platform/http/client.ts'
import { keyedLimiter } from '#src/platform/limiter.ts'
import { askHost, checkAnswering, checkHostUp, hostKey, isTrouble, tooBusy } from '#src/platform/queue/hosts.ts'
import type { Core } from '../core.ts'

const maxAtOnce = 4
/** Patient requests among them: a silent server occupies no more slots of the job lanes. */
const maxPatient = 2
const maxWaiting = 100
/** How often waiting requests check whether their host still answers. */
const lookMs = 500

const perHost = keyedLimiter({ concurrency: maxAtOnce, maxWaiting, overflow: tooBusy })

type Options = {
  signal: AbortSignal
  /** Whether the host is left alone while it seems to be down. A request that a person waits for is made all the same. */
  isPatient: boolean
  /** Whether the host is also left alone while it leaves a request unanswered. */
  isHasty?: boolean
}

/**
 * Makes a request within its host's limit.
 *
 * @throws HttpError when there is no answer or too many wait, HostUnavailable when the host is to be left alone
 */
export async function requestOfHost(
  core: Core,
  url: string,
  { signal, isPatient, isHasty = false }: Options,
  request: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const host = hostKey(url)
  const check = () => {
    if (isPatient) checkHostUp(core, host)
    if (isHasty) checkAnswering(core, host)
  }
  check()
  return perHost(core, host, () => askHost(core, host, request, { isTroubled: isTrouble, signal }), {
    concurrency: isPatient ? maxPatient : maxAtOnce,
    watch: (leave) => watchLine(signal, check, leave),
  })
}

/** Ends the waiting when the time is over, or when `check` throws. */
function watchLine(signal: AbortSignal, check: () => void, leave: (error: unknown) => void): () => void {
  const giveUp = () => leave(new HttpError('No answer in time'))
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  const looking = setInterval(() => {
    try {
      check()
    } catch (error) {
      leave(error)
    }
  }, lookMs)
  return () => {
    clearInterval(looking)
    signal.removeEventListener('abort', giveUp)
  }
}
