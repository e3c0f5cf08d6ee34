/**
 * Limits how many pieces of work run at once. Further work waits in line, first come, first served; work beyond the length of
 * the line is refused. In memory, so for one process.
 */
import type { App } from './app.ts'
import { perDatabase } from './db/per-database.ts'

export type LimiterOptions = {
  concurrency: number
  /** Pieces of work that may wait. */
  maxWaiting: number
  /** The error for work that may not even wait. */
  overflow: () => Error
}

export type RunOptions = {
  /** A lower limit than the limiter's own, for work without a waiting person. */
  concurrency?: number
  /** Called when the work has to wait. `leave` takes it out of the line with an error. Returns a function that ends the watch. */
  watch?: (leave: (error: unknown) => void) => () => void
}

export type Limiter = {
  run<T>(work: () => Promise<T>, options?: RunOptions): Promise<T>
  /** Whether nothing runs. */
  isIdle(): boolean
}

export function limiter({ concurrency, maxWaiting, overflow }: LimiterOptions): Limiter {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(work, { concurrency: own = concurrency, watch } = {}) {
      if (running < own) running += 1
      else if (waiting.length >= maxWaiting) throw overflow()
      else await placeInLine(waiting, watch)
      try {
        return await work()
      } finally {
        // A place that is handed on stays counted as running.
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
    isIdle: () => running === 0,
  }
}

type Owner = Pick<App, 'db'>
type KeyedOptions = Omit<LimiterOptions, 'overflow'> & { overflow: (app: Owner, key: string) => Error }

/** A limiter for each key, such as a host or an address, kept only while work of that key runs. */
export function keyedLimiter({
  overflow,
  ...options
}: KeyedOptions): <T>(app: Owner, key: string, work: () => Promise<T>, run?: RunOptions) => Promise<T> {
  const limiters = perDatabase(() => new Map<string, Limiter>())
  return async (app, key, work, run) => {
    const all = limiters(app)
    const own = all.get(key) ?? limiter({ ...options, overflow: () => overflow(app, key) })
    all.set(key, own)
    try {
      return await own.run(work, run)
    } finally {
      if (own.isIdle() && all.get(key) === own) all.delete(key)
    }
  }
}

async function placeInLine(waiting: (() => void)[], watch: RunOptions['watch']): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  waiting.push(resolve)
  const stopWatching = watch?.((error) => {
    const place = waiting.indexOf(resolve)
    if (place >= 0) waiting.splice(place, 1)
    reject(error)
  })
  try {
    await promise
  } finally {
    stopWatching?.()
  }
}

/** Maps items by asynchronous work, at most `concurrency` pieces at once. Results have the order of the items. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}
