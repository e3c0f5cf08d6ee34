/** The rules about mail addresses: by their domain, and by their canonical form. */
import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { canonicalEmailBlocks, emailDomainBlocks } from '../../platform/db/schema/moderation.ts'
import type { Id } from '../../platform/ids.ts'
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
  /** The rules about its domain and those above. */
  domainRules: Id<'email-domain-block'>[]
}

/** What the rules say about a mail address. Those about a domain hold for its subdomains, too; the strictest counts. */
export async function mailRule(db: Reader, email: string): Promise<MailRule> {
  // A form may send a text of any length, which is checked later; each of its dots would make another domain to look up.
  if (email.length > maxAddressLength) return { verdict: 'open', domainRules: [] }
  const host = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  const [found, [canonical]] = await Promise.all([
    db
      .select({ id: emailDomainBlocks.id, allowsWithApproval: emailDomainBlocks.allowsWithApproval })
      .from(emailDomainBlocks)
      .where(isOneOf(emailDomainBlocks.domain, coveringDomains(host))),
    db
      .select({ id: canonicalEmailBlocks.id })
      .from(canonicalEmailBlocks)
      .where(eq(canonicalEmailBlocks.hash, canonicalHash(email))),
  ])
  const isBlocked = canonical !== undefined || found.some(({ allowsWithApproval }) => !allowsWithApproval)
  return {
    verdict: isBlocked ? 'blocked' : found.length > 0 ? 'approval' : 'open',
    domainRules: found.map(({ id }) => id),
  }
}
