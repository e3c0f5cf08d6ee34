import { getLogger } from '../log.ts'

/** Why a body could not be read: it is larger than allowed, or its sender went away in the middle of it. */
export class BodyError extends Error {
  readonly reason: 'too_large' | 'broken_off'

  constructor(reason: BodyError['reason']) {
    super(`The body is ${reason.replace('_', ' ')}`)
    this.reason = reason
  }
}

const log = getLogger('http')

/**
 * The bytes of a request's body, counted as they come: what the sender says of its size is only believed where it is too much.
 *
 * @throws BodyError
 */
export async function readBytes(request: Request, max: number): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers.get('Content-Length') ?? 0) > max) throw new BodyError('too_large')
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > max) throw new BodyError('too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof BodyError) throw error
    log.debug('A request was broken off: {error}', { error })
    throw new BodyError('broken_off')
  }
  return Buffer.concat(chunks)
}
