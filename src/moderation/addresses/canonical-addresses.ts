/** Changes the mail addresses that nobody signs up with. Only hashes of their canonical forms are stored. */
import { eq } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { isPlaceholder } from '../../accounts/sign-up/placeholder-address.ts'
import { isMailAddress } from '../../accounts/sign-up/register.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { canonicalEmailBlocks } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type Id, newId } from '../../platform/ids.ts'
import { canonicalHash } from '../../rules/addresses/mail.ts'
import { refuse } from '../../text/refusals.ts'

export type AddressBlock = typeof canonicalEmailBlocks.$inferSelect
export type AddressBlockId = Id<'canonical-email-block'>

/** A mail address, or the hash of its canonical form. */
export type BlockedAddress = { email: string } | { hash: string }

/**
 * Blocks a mail address, with its other spellings. Neither the address nor its hash stands in the audit log, which is kept for good.
 *
 * @throws Refusal `not_permitted`, `invalid` for what is neither an address nor a hash, and for an address that is blocked
 */
export async function blockAddress(tx: Tx, staff: Staff, address: BlockedAddress): Promise<AddressBlock> {
  requirePermission(staff, 'manage_blocks')
  const [added] = await tx
    .insert(canonicalEmailBlocks)
    .values({ id: newId<AddressBlockId>(), hash: hashIn(address) })
    .onConflictDoNothing()
    .returning()
  if (!added) throw refuse('invalid', 'mailAddressListed')
  await audit(tx, staff, 'canonicalEmailBlock', 'create', { id: added.id, name: '' })
  return added
}

function hashIn(address: BlockedAddress): string {
  if ('email' in address) {
    if (!isMailAddress(address.email.trim())) throw refuse('invalid', 'notMailAddress', { subject: 'Email' })
    return canonicalHash(address.email)
  }
  const hash = address.hash.trim().toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(hash)) throw refuse('invalid', 'hashInvalid')
  return hash
}

/** @throws Refusal `not_permitted`, `not_found` */
export async function unblockAddress(tx: Tx, staff: Staff, id: AddressBlockId): Promise<AddressBlock> {
  requirePermission(staff, 'manage_blocks')
  const [removed] = await tx.delete(canonicalEmailBlocks).where(eq(canonicalEmailBlocks.id, id)).returning()
  if (!removed) throw notFound()
  await audit(tx, staff, 'canonicalEmailBlock', 'delete', { id, name: '' })
  return removed
}

/** @throws Refusal `not_found` */
export async function addressBlock(db: Reader, id: AddressBlockId): Promise<AddressBlock> {
  const [block] = await db.select().from(canonicalEmailBlocks).where(eq(canonicalEmailBlocks.id, id))
  if (!block) throw notFound()
  return block
}

/** A page of blocks, newest first. */
export async function pageOfAddressBlocks(db: Reader, page: Page): Promise<AddressBlock[]> {
  const { where, orderBy, limit } = slice(canonicalEmailBlocks.id, page)
  return settle(page, await db.select().from(canonicalEmailBlocks).where(where).orderBy(orderBy).limit(limit))
}

/** The blocks that hold for a mail address. */
export async function blocksOfAddress(db: Reader, email: string): Promise<AddressBlock[]> {
  return db
    .select()
    .from(canonicalEmailBlocks)
    .where(eq(canonicalEmailBlocks.hash, canonicalHash(email)))
}

/** Blocks the mail address of a local account, which is suspended. */
export async function blockAddressOf(tx: Tx, accountId: AccountId): Promise<void> {
  const [user] = await tx.select({ email: users.email }).from(users).where(eq(users.accountId, accountId))
  if (!user || isPlaceholder(user.email)) return
  await tx
    .insert(canonicalEmailBlocks)
    .values({ id: newId<AddressBlockId>(), hash: canonicalHash(user.email), accountId })
    // A block that staff made stays theirs, and outlasts the suspension.
    .onConflictDoNothing()
}

/** Lifts the block that a suspension made. */
export async function unblockAddressOf(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.delete(canonicalEmailBlocks).where(eq(canonicalEmailBlocks.accountId, accountId))
}
