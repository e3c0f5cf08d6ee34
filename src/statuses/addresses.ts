/** Turns page addresses, as people copy them from their browsers, into ActivityPub ids. */
import { and } from 'drizzle-orm'
import { handleMatches, isPresent } from '../accounts/find.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { Handle } from '../platform/handle.ts'
import type { StatusId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'

/**
 * The ActivityPub ids of the statuses and accounts with pages at these addresses on this server, local and remote ones. Unknown
 * addresses are left out. Takes at most 2 queries.
 */
export async function idsBehind(db: Reader, uris: Uris, addresses: Iterable<string>): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  const pages: { address: string; id: StatusId }[] = []
  const profiles: { address: string; handle: Handle }[] = []
  for (const address of addresses) {
    const own = uris.parse(address)
    if (own?.type === 'account') ids.set(address, uris.account(own.id))
    else if (own?.type === 'collection') ids.set(address, uris.collection(own.id))
    else if (own?.type === 'profile') profiles.push({ address, handle: own })
    else if (own && uris.isPage(address)) pages.push({ address, id: own.id })
    else if (own) ids.set(address, uris.status(own.id))
  }
  const statusRows =
    pages.length > 0
      ? await db
          .select({ id: statuses.id, uri: statuses.uri })
          .from(statuses)
          .where(
            isOneOfIds(
              statuses.id,
              pages.map(({ id }) => id),
            ),
          )
      : []
  for (const { address, id } of pages) {
    const status = statusRows.find((row) => row.id === id)
    if (status) ids.set(address, status.uri)
  }
  const accountRows =
    profiles.length > 0
      ? await db
          .select({ username: accounts.username, domain: accounts.domain, uri: accounts.uri })
          .from(accounts)
          .where(and(handleMatches(profiles.map(({ handle }) => handle)), isPresent))
      : []
  for (const { address, handle } of profiles) {
    const account = accountRows.find(
      ({ username, domain }) => username.toLowerCase() === handle.username && domain === handle.domain,
    )
    if (account) ids.set(address, account.uri)
  }
  return ids
}
