/** A few suggestions beside other pages. Finding them takes too long for each page, so they are kept for some minutes. */
import { LRUCache } from 'lru-cache'
import type { App } from '../../platform/app.ts'
import { perDatabase } from '../../platform/db/per-database.ts'
import type { AccountId } from '../../platform/ids.ts'
import { minuteMs } from '../../platform/time.ts'
import { stillNewTo, suggest } from './suggest.ts'

/** More than a page shows, as people follow or dismiss some of them meanwhile. */
const kept = 20

const keptOf = perDatabase(() => new LRUCache<AccountId, AccountId[]>({ max: 5_000, ttl: 10 * minuteMs }))

/** The first suggestions for a viewer, without people whom they followed, blocked or dismissed since. */
export async function fewSuggestions(
  app: Pick<App, 'db' | 'uris'>,
  viewer: AccountId,
  limit: number,
): Promise<AccountId[]> {
  const cache = keptOf(app)
  const known = cache.get(viewer)
  if (known) return (await stillNewTo(app.db, viewer, known)).slice(0, limit)
  const found = (await suggest(app.db, app.uris, viewer, kept)).map(({ accountId }) => accountId)
  cache.set(viewer, found)
  return found.slice(0, limit)
}
