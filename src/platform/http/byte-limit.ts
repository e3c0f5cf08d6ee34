import { Transform } from 'node:stream'
import { HttpError } from './client.ts'

/** A stage of a pipeline that fails after a number of bytes. */
export function byteLimit(maxBytes: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done(
        bytes > maxBytes ? new HttpError(`The answer is larger than ${maxBytes} bytes`, { isPermanent: true }) : null,
        chunk,
      )
    },
  })
}
