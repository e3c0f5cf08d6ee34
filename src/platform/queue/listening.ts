import { EventEmitter } from 'node:events'
import type { Pool, PoolClient } from 'pg'

/**
 * A pool for a runner of graphile-worker that is woken in another way (`lanesChannel`). Each runner would keep one of
 * the pool's connections to listen on, and each job would wake the workers of all lanes. So `connect` with a callback, which is
 * used only for listening, returns a client that never gets notifications.
 */
export function withoutListening(pool: Pool): Pool {
  const connect = (listen?: (error: undefined, client: PoolClient, release: () => void) => void) => {
    if (!listen) return pool.connect()
    listen(undefined, Object.assign(new EventEmitter(), { query: async () => {} }) as unknown as PoolClient, () => {})
  }
  return new Proxy(pool, {
    get(target, name) {
      const value: unknown = name === 'connect' ? connect : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
