import type { AsyncRefresh } from '#src/platform/async-refreshes.ts'
import type { ApiContext } from '../env.ts'

/** Seconds after which an app may ask for the state. */
const retrySeconds = 3

/** Adds the header by which apps ask for the state of work that continues after the answer. */
export function linkRefresh(c: ApiContext, { id, resultCount }: AsyncRefresh): void {
  c.header('Mastodon-Async-Refresh', `id="${id}", retry=${retrySeconds}, result_count=${resultCount}`)
}
