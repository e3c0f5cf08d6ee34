/** Rules about mail domains: nobody signs up with an address of theirs or of their subdomains, or only with approval. */
import { desc, eq } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { emailDomainBlocks } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { normalizeDomain } from '../../platform/handle.ts'
import { type Id, newId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'
import { requireRoom } from './limit.ts'

export type MailDomainId = Id<'email-domain-block'>
export type StoredMailDomain = typeof emailDomainBlocks.$inferSelect

const maxMailDomains = 100_000

/**
 * Makes a rule about a mail domain and its subdomains. Accounts that have such an address already keep it.
 *
 * @param domain in any spelling
 * @throws Refusal `not_permitted`; `invalid` for what is no domain, or has a rule already
 */
export async function blockMailDomain(
  tx: Tx,
  staff: Staff,
  domain: string,
  { allowsWithApproval = false } = {},
): Promise<StoredMailDomain> {
  requirePermission(staff, 'manage_blocks')
  const name = mailDomainOf(domain)
  if (name === null) throw refuse('invalid', 'domainInvalid')
  await requireRoom(tx, emailDomainBlocks, maxMailDomains, 'tooManyMailDomains')
  const [stored] = await tx
    .insert(emailDomainBlocks)
    .values({ id: newId<MailDomainId>(), domain: name, allowsWithApproval })
    .onConflictDoNothing()
    .returning()
  if (!stored) throw refuse('invalid', 'domainTaken')
  await audit(tx, staff, 'emailDomainBlock', 'create', { id: stored.id, name }, { allowsWithApproval })
  return stored
}

/** Deletes a rule about a mail domain. @throws Refusal `not_permitted`, `not_found` */
export async function allowMailDomain(tx: Tx, staff: Staff, id: MailDomainId): Promise<StoredMailDomain> {
  requirePermission(staff, 'manage_blocks')
  const [removed] = await tx.delete(emailDomainBlocks).where(eq(emailDomainBlocks.id, id)).returning()
  if (!removed) throw notFound()
  await audit(tx, staff, 'emailDomainBlock', 'delete', { id, name: removed.domain })
  return removed
}

/** The rule about exactly a mail domain. @throws Refusal `not_permitted`, `not_found` */
export async function mailDomainNamed(db: Reader, staff: Staff, domain: string): Promise<StoredMailDomain> {
  return one(db, staff, eq(emailDomainBlocks.domain, mailDomainOf(domain) ?? ''))
}

/** @throws Refusal `not_permitted`, `not_found` */
export const mailDomainById = (db: Reader, staff: Staff, id: MailDomainId): Promise<StoredMailDomain> =>
  one(db, staff, eq(emailDomainBlocks.id, id))

async function one(db: Reader, staff: Staff, where: ReturnType<typeof eq>): Promise<StoredMailDomain> {
  requirePermission(staff, 'manage_blocks')
  const [found] = await db.select().from(emailDomainBlocks).where(where)
  if (!found) throw notFound()
  return found
}

/** A page of the rules about mail domains, the newest first. @throws Refusal `not_permitted` */
export async function mailDomainsPage(db: Reader, staff: Staff, page: Page): Promise<StoredMailDomain[]> {
  requirePermission(staff, 'manage_blocks')
  const { where, orderBy, limit } = slice(emailDomainBlocks.id, page)
  return settle(page, await db.select().from(emailDomainBlocks).where(where).orderBy(orderBy).limit(limit))
}

/** All rules about mail domains, the newest first. @throws Refusal `not_permitted` */
export async function listMailDomains(db: Reader, staff: Staff): Promise<StoredMailDomain[]> {
  requirePermission(staff, 'manage_blocks')
  return db.select().from(emailDomainBlocks).orderBy(desc(emailDomainBlocks.id)).limit(maxMailDomains)
}

/** The stored form of a domain; null for what is none, or has a port. A leading `@` is left out. */
function mailDomainOf(written: string): string | null {
  const domain = normalizeDomain(written.trim().replace(/^@/, ''))
  return domain === null || domain.includes(':') ? null : domain
}
