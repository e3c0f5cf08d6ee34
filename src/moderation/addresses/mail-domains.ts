/** Changes the mail domains that nobody signs up with, or only with approval. A rule holds for the subdomains, too. */
import { eq } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { emailDomainBlocks } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { normalizeDomain } from '../../platform/handle.ts'
import { type Id, newId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'

export type MailDomainRule = typeof emailDomainBlocks.$inferSelect
export type MailDomainRuleId = Id<'email-domain-block'>

/**
 * Blocks a mail domain.
 *
 * @param allowsWithApproval whether people with this domain may sign up, and a moderator approves them
 * @throws Refusal `not_permitted`, `invalid` for a malformed domain and for one that has a rule
 */
export async function blockMailDomain(
  tx: Tx,
  staff: Staff,
  written: string,
  allowsWithApproval = false,
): Promise<MailDomainRule> {
  requirePermission(staff, 'manage_blocks')
  const domain = normalizeDomain(written)
  if (domain === null || domain.includes(':')) throw refuse('invalid', 'domainInvalid')
  const [added] = await tx
    .insert(emailDomainBlocks)
    .values({ id: newId<MailDomainRuleId>(), domain, allowsWithApproval })
    .onConflictDoNothing()
    .returning()
  if (!added) throw refuse('invalid', 'mailDomainListed', { domain })
  await audit(tx, staff, 'emailDomainBlock', 'create', { id: added.id, name: domain }, { allowsWithApproval })
  return added
}

/** @throws Refusal `not_permitted`, `not_found` */
export async function unblockMailDomain(tx: Tx, staff: Staff, id: MailDomainRuleId): Promise<void> {
  requirePermission(staff, 'manage_blocks')
  const [removed] = await tx.delete(emailDomainBlocks).where(eq(emailDomainBlocks.id, id)).returning()
  if (!removed) throw notFound()
  await audit(tx, staff, 'emailDomainBlock', 'delete', { id, name: removed.domain })
}

/** @throws Refusal `not_found` */
export async function mailDomainRule(db: Reader, id: MailDomainRuleId): Promise<MailDomainRule> {
  const [rule] = await db.select().from(emailDomainBlocks).where(eq(emailDomainBlocks.id, id))
  if (!rule) throw notFound()
  return rule
}

/** A page of rules, newest first. */
export async function pageOfMailDomainRules(db: Reader, page: Page): Promise<MailDomainRule[]> {
  const { where, orderBy, limit } = slice(emailDomainBlocks.id, page)
  return settle(page, await db.select().from(emailDomainBlocks).where(where).orderBy(orderBy).limit(limit))
}
