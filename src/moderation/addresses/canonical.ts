/** Blocked mail addresses: nobody signs up with one of them, or with a variant of it that has the same canonical form. */
import { desc, eq, isNotNull, sql } from 'drizzle-orm'
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

export type CanonicalId = Id<'canonical-email-block'>
export type StoredCanonical = typeof canonicalEmailBlocks.$inferSelect

/** Rows that the command line lists; the API has pages. */
const maxListed = 100_000

/**
 * Blocks a mail address, with its variants. Only a hash is stored.
 *
 * @param input the address, or the hash of its canonical form, 64 hexadecimal digits
 * @throws Refusal `not_permitted`; `invalid` for what is neither, or is blocked already
 */
export async function blockAddress(
  tx: Tx,
  staff: Staff,
  input: { email: string } | { hash: string },
): Promise<StoredCanonical> {
  requirePermission(staff, 'manage_blocks')
  const [stored] = await tx
    .insert(canonicalEmailBlocks)
    .values({ id: newId<CanonicalId>(), hash: hashOf(input) })
    // A block that came with a suspension outlives it from now on.
    .onConflictDoUpdate({
      target: canonicalEmailBlocks.hash,
      set: { accountId: null },
      setWhere: isNotNull(canonicalEmailBlocks.accountId),
    })
    .returning()
  if (!stored) throw refuse('invalid', 'canonicalTaken')
  // The log is kept for good, and a hash of an address can be guessed.
  await audit(tx, staff, 'canonicalEmailBlock', 'create', { id: stored.id, name: '' })
  return stored
}

function hashOf(input: { email: string } | { hash: string }): string {
  if ('email' in input) {
    if (!isMailAddress(input.email.trim())) throw refuse('invalid', 'emailInvalid')
    return canonicalHash(input.email)
  }
  const hash = input.hash.trim().toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(hash)) throw refuse('invalid', 'canonicalInvalid')
  return hash
}

/** Lifts the block of a mail address. @throws Refusal `not_permitted`, `not_found` */
export async function allowAddress(tx: Tx, staff: Staff, id: CanonicalId): Promise<StoredCanonical> {
  requirePermission(staff, 'manage_blocks')
  const [removed] = await tx.delete(canonicalEmailBlocks).where(eq(canonicalEmailBlocks.id, id)).returning()
  if (!removed) throw notFound()
  await audit(tx, staff, 'canonicalEmailBlock', 'delete', { id, name: '' })
  return removed
}

/** The blocks that hold for a mail address: one, or none. @throws Refusal `not_permitted` */
export async function blocksOf(db: Reader, staff: Staff, email: string): Promise<StoredCanonical[]> {
  requirePermission(staff, 'manage_blocks')
  return db
    .select()
    .from(canonicalEmailBlocks)
    .where(eq(canonicalEmailBlocks.hash, canonicalHash(email)))
}

/** @throws Refusal `not_permitted`, `not_found` */
export async function canonicalById(db: Reader, staff: Staff, id: CanonicalId): Promise<StoredCanonical> {
  requirePermission(staff, 'manage_blocks')
  const [found] = await db.select().from(canonicalEmailBlocks).where(eq(canonicalEmailBlocks.id, id))
  if (!found) throw notFound()
  return found
}

/** A page of the blocked addresses, the newest first. @throws Refusal `not_permitted` */
export async function canonicalPage(db: Reader, staff: Staff, page: Page): Promise<StoredCanonical[]> {
  requirePermission(staff, 'manage_blocks')
  const { where, orderBy, limit } = slice(canonicalEmailBlocks.id, page)
  return settle(page, await db.select().from(canonicalEmailBlocks).where(where).orderBy(orderBy).limit(limit))
}

/** All blocked addresses, the newest first. @throws Refusal `not_permitted` */
export async function listCanonical(db: Reader, staff: Staff): Promise<StoredCanonical[]> {
  requirePermission(staff, 'manage_blocks')
  return db.select().from(canonicalEmailBlocks).orderBy(desc(canonicalEmailBlocks.id)).limit(maxListed)
}

/** Blocks the address of a suspended account, as part of the suspension. It stays blocked when the account's data is deleted. */
export async function blockAddressOf(tx: Tx, accountId: AccountId): Promise<void> {
  const [user] = await tx.select({ email: users.email }).from(users).where(eq(users.accountId, accountId))
  if (!user || isPlaceholder(user.email)) return
  await tx
    .insert(canonicalEmailBlocks)
    .values({ id: newId<CanonicalId>(), hash: canonicalHash(user.email), accountId })
    .onConflictDoNothing()
}

/**
 * Lifts the block that came with a suspension. One that staff made stays, and so does that of an address of which another variant
 * belongs to an account that is still suspended.
 */
export async function freeAddressOf(tx: Tx, accountId: AccountId): Promise<void> {
  const { rows } = await tx.execute<{ email: string; other: AccountId | null }>(sql`
    select mine.email, (
      select u.account_id::text from users u join accounts a on a.id = u.account_id
      where a.suspended_at is not null and a.deleted_at is null and a.id <> mine.account_id and ${canonicalOf('u')} = ${canonicalOf('mine')} limit 1) as other
    from users mine where mine.account_id = ${accountId}::bigint`)
  const other = rows[0]?.other ?? null
  const held = eq(canonicalEmailBlocks.accountId, accountId)
  await (other === null
    ? tx.delete(canonicalEmailBlocks).where(held)
    : tx.update(canonicalEmailBlocks).set({ accountId: other }).where(held))
}

/** SQL: the canonical form of a user's mail address, as `canonicalHash` makes it. */
const canonicalOf = (table: 'u' | 'mine') => {
  const email = sql.raw(`lower(${table}.email)`)
  return sql`replace(split_part(split_part(${email}, '@', 1), '+', 1), '.', '') || '@' || split_part(${email}, '@', 2)`
}
