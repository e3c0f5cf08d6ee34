import { keyedLimiter } from '#src/platform/limiter.ts'
import type { Core } from '../core.ts'

/** Bodies of one client that are read at once. Each has a time limit, but many slow ones add up. */
const maxPerClient = 128

class TooManyBodies extends Error {}

const perClient = keyedLimiter({ concurrency: maxPerClient, maxWaiting: 0, overflow: () => new TooManyBodies() })

/** Reads a client's body; null when too many bodies of that client are being read. */
export async function withinClientLimit<T>(
  core: Pick<Core, 'db'>,
  client: string,
  read: () => Promise<T>,
): Promise<T | null> {
  return perClient(core, client, read).catch((error: unknown) => {
    if (error instanceof TooManyBodies) return null
    throw error
  })
}
