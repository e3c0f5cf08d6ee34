import type { AsyncRefresh } from '#src/platform/async-refreshes.ts'
import type { Asked } from '../env.ts'

/** Seconds after which an app may ask how it goes. */
const retrySeconds = 3

/** Tells apps where to ask about work that goes on after this answer. */
export function linkRefresh(c: Asked, { id, resultCount }: AsyncRefresh): void {
  c.header('Mastodon-Async-Refresh', `id="${id}", retry=${retrySeconds}, result_count=${resultCount}`)
}
