/** Values that are loaded from the database and kept in memory. */
import { stateOf, type Topic } from './changes.ts'
import type { Reader } from './index.ts'

type Entry<T> = { loadedAt: number; state: object | null; value: Promise<T> }

/**
 * Makes a function that caches a value and loads it again when it is older than a number of milliseconds: for values that
 * anybody may ask for, that cost something, and that may be a little old. Calls during a load share its result.
 *
 * @param load gets the value before, or null
 */
export function cached<T>(ms: number, load: (db: Reader, before: T | null) => Promise<T>): (db: Reader) => Promise<T> {
  return cache(ms, load, () => null)
}

/** A notification that is lost on an open connection delays a change by no more than this. */
const maxAgeMs = 60_000

/**
 * Makes a function that caches a value until its topic changes. Without notifications of changes, that is in transactions,
 * commands and jobs that have a process of their own, the value is loaded each time.
 */
export function cachedUntilChanged<T>(topic: Topic, load: (db: Reader) => Promise<T>): (db: Reader) => Promise<T> {
  const fromCache = cache(maxAgeMs, load, (db) => stateOf(db, topic))
  return (db) => (stateOf(db, topic) ? fromCache(db) : load(db))
}

function cache<T>(
  ms: number,
  load: (db: Reader, before: T | null) => Promise<T>,
  stateNow: (db: Reader) => object | null,
): (db: Reader) => Promise<T> {
  const entries = new WeakMap<Reader, Entry<T>>()
  return (db) => {
    const entry = entries.get(db)
    // Read before the load: a change during the load makes the next call load again.
    const state = stateNow(db)
    if (entry && entry.state === state && Date.now() - entry.loadedAt < ms) return entry.value
    const value = (async () => load(db, (await entry?.value.catch(() => null)) ?? null))()
    const next = { loadedAt: Date.now(), state, value }
    entries.set(db, next)
    value.catch(() => entries.get(db) === next && entries.delete(db))
    return value
  }
}
