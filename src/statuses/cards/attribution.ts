import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { parseHandle } from '../../platform/handle.ts'
import type { AccountId } from '../../platform/ids.ts'

/**
 * The account that a page names as its author. The account has to list the page's site, as any page can name any account. May
 * reach the network.
 *
 * @param creator a handle, as in `<meta name="fediverse:creator">`
 */
export async function authorOf(app: App, creator: string, pageUrl: string): Promise<AccountId | null> {
  const handle = parseHandle(creator.trim())
  if (!handle) return null
  const id = await app.remote.account(handle.domain === null ? handle.username : `${handle.username}@${handle.domain}`)
  if (!id) return null
  const [account] = await app.db
    .select({ domains: accounts.attributionDomains })
    .from(accounts)
    .where(eq(accounts.id, id))
  const { hostname } = new URL(pageUrl)
  return account?.domains.some((domain) => isWithin(hostname, domain.toLowerCase())) ? id : null
}

/** A domain includes its subdomains. */
const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)
