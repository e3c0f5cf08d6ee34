import type { KvKey, KvStore, KvStoreListEntry } from '@fedify/fedify'
import { listValues, readValue, removeValue, swapValue, writeValue } from '#src/platform/db/kv.ts'
import type { Core } from '../core.ts'

const maxListed = 10_000

/** Fedify's key-value store, in our table of expiring values. */
export function kvStore({ db }: Pick<Core, 'db'>): KvStore {
  return {
    get: async <T>(key: KvKey) => (await readValue(db, toKey(key))) as T | undefined,
    set: (key, value, options) => writeValue(db, toKey(key), value, ttlOf(options)),
    delete: (key) => removeValue(db, toKey(key)),
    cas: (key, expected, next, options) => swapValue(db, toKey(key), expected, next, ttlOf(options)),
    async *list(prefix): AsyncIterable<KvStoreListEntry> {
      for (const { key, value } of await listValues(db, prefix ? toKey(prefix).slice(0, -1) : 'fedify ', maxListed)) {
        const parts = JSON.parse(key.slice('fedify '.length)) as [string, ...string[]]
        if (!prefix || prefix.every((part, i) => parts[i] === part)) yield { key: parts, value }
      }
    },
  }
}

/** Keys are lists of strings; as JSON, a list that another begins with is a prefix of it, but for the bracket. */
const toKey = (key: KvKey): string => `fedify ${JSON.stringify(key)}`

const ttlOf = (options?: { ttl?: Temporal.Duration }): number | null => options?.ttl?.total('millisecond') ?? null
