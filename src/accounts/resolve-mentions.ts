/**
 * Resolves the mentions of a text to accounts. Accounts that this server does not know are looked up on their own
 * servers.
 */
import { and, inArray, isNull } from 'drizzle-orm'
import type { App } from '../platform/app.ts'
import type { Reader } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'
import { within } from '../platform/time.ts'
import { acctOf } from '../text/acct.ts'
import type { Mentioned } from '../text/extract.ts'
import type { Resolved } from '../text/render.ts'
import { handleMatches, isPresent } from './find.ts'

/** How long the author waits for other servers; a mention that is not resolved by then stays text. */
const lookupMs = 5_000
/** Mentions of one status that are looked up on other servers. */
const maxUnknownMentions = 10

/** The ids of the mentioned accounts, and the data of their links by the handle as it was written. */
export async function resolveMentions(
  app: App,
  mentioned: Mentioned[],
): Promise<{ ids: AccountId[]; links: Resolved['mentions'] }> {
  if (mentioned.length === 0) return { ids: [], links: new Map() }
  const mentions = mentioned.map(app.uris.localised)
  const byAcct = await storedAccounts(app.db, mentions)

  const unknown = mentions
    .filter((mention) => mention.domain !== null && !byAcct.has(mention.acct))
    .slice(0, maxUnknownMentions)
  const fetched = await Promise.all(
    unknown.map((mention) =>
      within(
        lookupMs,
        app.remote.account(mention.acct).catch(() => null),
        null,
      ),
    ),
  )
  const fetchedIds = fetched.flatMap((id) => id ?? [])
  if (fetchedIds.length > 0) {
    const rows = await app.db
      .select(linkColumns)
      .from(accounts)
      .where(and(inArray(accounts.id, fetchedIds), isNull(accounts.suspendedAt)))
    for (const [i, mention] of unknown.entries()) {
      const row = rows.find((row) => row.id === fetched[i])
      if (row) byAcct.set(mention.acct, row)
    }
  }

  const links = new Map(
    [...byAcct].map(([acct, row]) => [acct, { url: row.url, username: row.username, acct: acctOf(row) }]),
  )
  const ids = mentioned.flatMap((mention) => byAcct.get(mention.acct)?.id ?? [])
  return { ids: [...new Set(ids)], links }
}

const linkColumns = { id: accounts.id, username: accounts.username, domain: accounts.domain, url: accounts.url }

async function storedAccounts(db: Reader, wanted: Mentioned[]) {
  const rows = await db
    .select(linkColumns)
    .from(accounts)
    .where(and(handleMatches(wanted), isNull(accounts.suspendedAt), isPresent))
  const entries = wanted.flatMap((mention) => {
    const row = rows.find(
      (row) => row.username.toLowerCase() === mention.username.toLowerCase() && row.domain === mention.domain,
    )
    return row ? [[mention.acct, row] as const] : []
  })
  return new Map(entries)
}
