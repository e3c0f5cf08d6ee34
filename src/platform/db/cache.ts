import { stateOf, type Topic } from './changes.ts'
import type { Reader } from './index.ts'

type Remembered<T> = { at: number; state: object | null; found: Promise<T> }

/**
 * Makes a function that loads something anew only when it is older than so many milliseconds: for what anybody may ask for,
 * costs something, and need not be of this moment. Whoever asks while it is loaded waits for the same.
 *
 * @param load is given what it found before, if it did
 */
export function cached<T>(ms: number, load: (db: Reader, before: T | null) => Promise<T>): (db: Reader) => Promise<T> {
  return keeping(ms, load, () => null)
}

/** A notification that got lost, though the connection stands, delays a change by no more than this. */
const lostMs = 60_000

/**
 * Makes a function that loads something anew only after a change of its topic. Where changes are not heard of, which is in
 * transactions, jobs of their own process and commands, it is loaded each time.
 */
export function cachedUntilChanged<T>(topic: Topic, load: (db: Reader) => Promise<T>): (db: Reader) => Promise<T> {
  const kept = keeping(lostMs, load, (db) => stateOf(db, topic))
  return (db) => (stateOf(db, topic) ? kept(db) : load(db))
}

function keeping<T>(
  ms: number,
  load: (db: Reader, before: T | null) => Promise<T>,
  stateNow: (db: Reader) => object | null,
): (db: Reader) => Promise<T> {
  const remembered = new WeakMap<Reader, Remembered<T>>()
  return (db) => {
    const known = remembered.get(db)
    // Before it is loaded: what changes meanwhile is loaded again.
    const state = stateNow(db)
    if (known && known.state === state && Date.now() - known.at < ms) return known.found
    const found = (async () => load(db, (await known?.found.catch(() => null)) ?? null))()
    const next = { at: Date.now(), state, found }
    remembered.set(db, next)
    found.catch(() => remembered.get(db) === next && remembered.delete(db))
    return found
  }
}
