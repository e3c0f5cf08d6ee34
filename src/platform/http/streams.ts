/**
 * What is passed on while it comes in. Whoever reads it may be slow on purpose, and holds a connection meanwhile: so there are
 * only so many at once to a server, and each has an end.
 */
import { finished, pipeline, type Readable, Transform } from 'node:stream'
import { minuteMs } from '../time.ts'

export type StreamLimits = {
  /** At once, from one origin. */
  perOrigin: number
  /** How long nobody may take anything of what is there. */
  idleMs: number
  /** From the beginning of the answer to its end. */
  totalMs: number
}

export const streamLimits: StreamLimits = { perOrigin: 8, idleMs: minuteMs, totalMs: 10 * minuteMs }

/** A place among the streams of one origin after another, as redirects lead on. */
export type Place = {
  /** Whether there is room; without it no place is held. */
  moveTo(origin: string): boolean
  leave(): void
}

export function openPlaces(perOrigin: number): () => Place {
  const taken = new Map<string, number>()
  return () => {
    let held: string | null = null
    const leave = () => {
      if (held === null) return
      const left = (taken.get(held) ?? 1) - 1
      if (left > 0) taken.set(held, left)
      else taken.delete(held)
      held = null
    }
    return {
      leave,
      moveTo(origin) {
        leave()
        const before = taken.get(origin) ?? 0
        if (before >= perOrigin) return false
        taken.set(origin, before + 1)
        held = origin
        return true
      },
    }
  }
}

/** The same bytes, which break off when they take too long. That the other side sends nothing is noticed by the client. */
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
