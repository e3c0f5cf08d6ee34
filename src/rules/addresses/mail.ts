/** Rules about mail addresses: of a domain with its subdomains, and of single addresses. */
import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { canonicalEmailBlocks, emailDomainBlocks } from '../../platform/db/schema/moderation.ts'
import { normalizeDomain } from '../../platform/handle.ts'
import { coveringDomains } from '../servers/rulebook.ts'

/** The form in which spellings of one mailbox are the same: lower case, without dots and a `+…` part before the `@`. */
export function canonicalAddress(email: string): string {
  const [local = '', domain = ''] = splitAddress(email)
  return `${local.toLowerCase().split('+')[0]?.replaceAll('.', '')}@${domain}`
}

/** The SHA-256 of the canonical form, in hexadecimal digits. */
export const canonicalHash = (email: string): string =>
  createHash('sha256').update(canonicalAddress(email)).digest('hex')

function splitAddress(email: string): [local: string, domain: string] {
  const written = email.trim()
  const at = written.lastIndexOf('@')
  const domain = written.slice(at + 1)
  return [written.slice(0, Math.max(at, 0)), normalizeDomain(domain) ?? domain.toLowerCase()]
}

/** What the rules say to a mail address: nobody signs up with this domain or this address, or only with approval. */
export type MailRule = 'domain' | 'address' | 'approval'

/** The strictest rule about a mail address; null without one. */
export async function mailRule(db: Reader, email: string): Promise<MailRule | null> {
  const [local, domain] = splitAddress(email)
  // Domains have 253 characters at most; there is no rule about a text that is no address.
  if (local === '' || domain.length > 253) return null
  const domains = await db
    .select({ allowsWithApproval: emailDomainBlocks.allowsWithApproval })
    .from(emailDomainBlocks)
    .where(isOneOf(emailDomainBlocks.domain, coveringDomains(domain)))
  if (domains.some(({ allowsWithApproval }) => !allowsWithApproval)) return 'domain'
  const addresses = await db
    .select({ id: canonicalEmailBlocks.id })
    .from(canonicalEmailBlocks)
    .where(eq(canonicalEmailBlocks.hash, canonicalHash(email)))
  if (addresses.length > 0) return 'address'
  return domains.length > 0 ? 'approval' : null
}
