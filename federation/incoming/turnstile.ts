import { perDatabase } from '#src/platform/db/per-database.ts'
import type { Core } from '../core.ts'

/** Bodies of one client that may be on their way in at once. They are read in time, but many slow ones add up. */
const maxPerClient = 128

const inside = perDatabase(() => new Map<string, number>())

/** Runs something for a client, unless too much of its is running; null then. */
export async function inTurn<T>(core: Pick<Core, 'db'>, client: string, run: () => Promise<T>): Promise<T | null> {
  const counts = inside(core)
  const others = counts.get(client) ?? 0
  if (others >= maxPerClient) return null
  counts.set(client, others + 1)
  try {
    return await run()
  } finally {
    const left = (counts.get(client) ?? 1) - 1
    if (left > 0) counts.set(client, left)
    else counts.delete(client)
  }
}
