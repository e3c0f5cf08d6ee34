/** Figures that were computed a short while ago, so that a dashboard that is opened often costs no more than one that is opened once. */
import { LRUCache } from 'lru-cache'
import type { Db } from '../../platform/db/index.ts'
import { perDatabase } from '../../platform/db/per-database.ts'
import { minuteMs } from '../../platform/time.ts'

const keptMs = 5 * minuteMs

const kept = perDatabase(() => new LRUCache<string, Promise<object>>({ max: 1_000, ttl: keptMs }))

/**
 * A figure, at most five minutes old. Those who ask at the same time share one computation.
 *
 * @param key of all that the figure depends on
 */
export function recent<T extends object>(db: Db, key: readonly unknown[], compute: () => Promise<T>): Promise<T> {
  const figures = kept({ db })
  const name = JSON.stringify(key)
  const known = figures.get(name) as Promise<T> | undefined
  if (known) return known
  const value = compute()
  figures.set(name, value)
  value.catch(() => figures.delete(name))
  return value
}
