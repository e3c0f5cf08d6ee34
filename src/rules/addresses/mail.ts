/** The rules about mail addresses: by their domain, and by their canonical form. */
import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { canonicalEmailBlocks, emailDomainBlocks } from '../../platform/db/schema/moderation.ts'
import { normalizeDomain } from '../../platform/handle.ts'
import type { Id } from '../../platform/ids.ts'
import { mailServersOf } from '../../platform/mail-servers.ts'
import { coveringDomains } from '../servers/rulebook.ts'

/**
 * The SHA-256 of the canonical form of a mail address, as Mastodon makes it: in lower case, the part before the `@` without dots, and
 * without what follows a plus. So variants by which many providers deliver to one mailbox count as one address.
 */
export function canonicalHash(email: string): string {
  const [local = '', ...host] = email.trim().toLowerCase().split('@')
  const [bare = ''] = local.replaceAll('.', '').split('+')
  return createHash('sha256')
    .update([bare, ...host].join('@'))
    .digest('hex')
}

/** Longer texts are no mail addresses. */
const maxAddressLength = 254

export type MailRule = {
  verdict: 'open' | 'approval' | 'blocked'
  /** The rules about its domain and those above, and about the servers of its mail. */
  domainRules: Id<'email-domain-block'>[]
}

/**
 * What the rules say about a mail address. Those about a domain hold for its subdomains, too, and for domains whose mail a server of
 * theirs takes: whoever has many domains for spam often has one mail server. The strictest counts. It may ask the DNS, so it is not
 * called within a transaction.
 */
export async function mailRule({ config, db }: Pick<App, 'config' | 'db'>, email: string): Promise<MailRule> {
  // A form may send a text of any length, which is checked later; each of its dots would make another domain to look up.
  if (email.length > maxAddressLength) return { verdict: 'open', domainRules: [] }
  const host = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  const [named, [canonical]] = await Promise.all([
    rulesAbout(db, [host]),
    db
      .select({ id: canonicalEmailBlocks.id })
      .from(canonicalEmailBlocks)
      .where(eq(canonicalEmailBlocks.hash, canonicalHash(email))),
  ])
  const isSettled = canonical !== undefined || named.some(blocks)
  const found = isSettled ? named : [...named, ...(await rulesAboutServers({ config, db }, host))]
  const isBlocked = canonical !== undefined || found.some(blocks)
  return {
    verdict: isBlocked ? 'blocked' : found.length > 0 ? 'approval' : 'open',
    domainRules: [...new Set(found.map(({ id }) => id))],
  }
}

type Found = { id: Id<'email-domain-block'>; allowsWithApproval: boolean }

const blocks = ({ allowsWithApproval }: Found): boolean => !allowsWithApproval

const rulesAbout = (db: Reader, hosts: readonly string[]): Promise<Found[]> =>
  db
    .select({ id: emailDomainBlocks.id, allowsWithApproval: emailDomainBlocks.allowsWithApproval })
    .from(emailDomainBlocks)
    .where(isOneOf(emailDomainBlocks.domain, [...new Set(hosts.flatMap(coveringDomains))]))

/** The DNS learns of a sign-up only where there is a rule to find. */
async function rulesAboutServers({ config, db }: Pick<App, 'config' | 'db'>, host: string): Promise<Found[]> {
  const domain = normalizeDomain(host)
  if (domain === null || domain.includes(':')) return []
  const some = await db.select({ id: emailDomainBlocks.id }).from(emailDomainBlocks).limit(1)
  return some.length === 0 ? [] : rulesAbout(db, await mailServersOf(config, domain))
}
