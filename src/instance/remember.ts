import type { Reader } from '../db/index.ts'

/**
 * Makes a function that loads something anew only when it is older than so many milliseconds: for what anybody may ask for,
 * costs something, and need not be of this moment. Whoever asks while it is loaded waits for the same.
 */
export function remembering<T>(ms: number, load: (db: Reader) => Promise<T>): (db: Reader) => Promise<T> {
  const remembered = new WeakMap<Reader, { at: number; found: Promise<T> }>()
  return (db) => {
    const known = remembered.get(db)
    if (known && Date.now() - known.at < ms) return known.found
    const found = load(db)
    remembered.set(db, { at: Date.now(), found })
    found.catch(() => remembered.delete(db))
    return found
  }
}
