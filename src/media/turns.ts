import { Refusal } from '../platform/errors.ts'

/** Lets only so many pieces of work run at once; the others wait in line. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/**
 * @param atOnce how many run at the same time
 * @param waiting how many may wait; more are refused as `unavailable`
 */
export function turns(atOnce: number, waiting: number): Turns {
  const line: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (line.length >= waiting) throw new Refusal('unavailable', 'Too many files are being worked on at the moment')
      await new Promise<void>((go) => line.push(go))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = line.shift()
      if (next) next()
      else running -= 1
    }
  }
}
