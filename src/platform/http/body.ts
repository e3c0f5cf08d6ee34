import { getLogger } from '../log.ts'
import { minuteMs } from '../time.ts'

/** A body could not be read: it is larger than allowed, or it broke off. */
export class BodyError extends Error {
  readonly reason: 'too_large' | 'broken_off'

  constructor(reason: BodyError['reason']) {
    super(`The body is ${reason.replace('_', ' ')}`)
    this.reason = reason
  }
}

const log = getLogger('http')

/** How long a body may take to arrive, by default. */
const defaultMs = minuteMs

/**
 * The bytes of a request's body, counted as they arrive: the announced size counts only if it is too large.
 *
 * @throws BodyError also for one that takes too long
 */
export async function readBytes(request: Request, max: number, maxMs = defaultMs): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers.get('Content-Length') ?? 0) > max) throw new BodyError('too_large')
  if (!request.body) return Buffer.alloc(0)
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    reader.cancel().catch(() => {})
  }, maxMs)
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength
      if (size > max) throw new BodyError('too_large')
      chunks.push(part.value)
    }
    if (isLate) throw new BodyError('broken_off')
  } catch (error) {
    reader.cancel().catch(() => {})
    if (error instanceof BodyError) throw error
    log.debug('A request was broken off: {error}', { error })
    throw new BodyError('broken_off')
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks)
}
