/**
 * Limits of answers that are streamed on. A reader may be slow on purpose and holds a connection meanwhile: so the number of
 * streams from a server is limited, and so is the duration of each.
 */
import { finished, pipeline, type Readable, Transform } from 'node:stream'
import { minuteMs } from '../time.ts'

export type StreamLimits = {
  /** At once, from one origin. */
  perOrigin: number
  /** How long the reader may pause. */
  idleMs: number
  /** From the beginning of the answer to its end. */
  totalMs: number
}

export const streamLimits: StreamLimits = { perOrigin: 8, idleMs: minuteMs, totalMs: 10 * minuteMs }

/** A slot among the streams of an origin; it moves along with redirects. */
export type Slot = {
  /** Whether the origin has a free slot; otherwise no slot is held. */
  moveTo(origin: string): boolean
  leave(): void
}

export function streamSlots(perOrigin: number): () => Slot {
  const streams = new Map<string, number>()
  return () => {
    let current: string | null = null
    const leave = () => {
      if (current === null) return
      const left = (streams.get(current) ?? 1) - 1
      if (left > 0) streams.set(current, left)
      else streams.delete(current)
      current = null
    }
    return {
      leave,
      moveTo(origin) {
        leave()
        const before = streams.get(origin) ?? 0
        if (before >= perOrigin) return false
        streams.set(origin, before + 1)
        current = origin
        return true
      },
    }
  }
}

/** The same bytes, broken off when they take too long. The client itself notices an origin that sends nothing. */
export function withLimits(body: Readable, { idleMs, totalMs }: StreamLimits, whenOver: () => void): Readable {
  const watched: Transform = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      idle.refresh()
      done(null, chunk)
    },
  })
  const idle = setTimeout(() => watched.destroy(new Error('Nobody reads the answer')), idleMs)
  const whole = setTimeout(() => watched.destroy(new Error('The answer takes too long')), totalMs)
  finished(body, () => whenOver())
  pipeline(
    body.on('error', () => {}),
    watched,
    () => {},
  )
  watched.once('close', () => {
    clearTimeout(idle)
    clearTimeout(whole)
  })
  return watched
}
