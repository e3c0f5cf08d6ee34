/** Public lists of accounts that somebody recommends (FEP-7aa9). */
import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { collections } from '../../platform/db/schema/lists.ts'
import { notFound, Refusal } from '../../platform/errors.ts'
import { type AccountId, type CollectionId, newId } from '../../platform/ids.ts'
import { openTagIds } from '../../statuses/tags.ts'
import { cleanName, countGraphemes } from '../../text/clean.ts'
import { parseHashtag } from '../../text/hashtag.ts'
import { languageTag } from '../../text/language-tag.ts'

/** An undefined field stays as it is. */
export type CollectionInput = {
  name?: string
  /** Plain text. */
  description?: string
  /** BCP 47; empty for none. */
  language?: string
  /** The hashtag that the collection is about, with or without `#`; empty for none. */
  tagName?: string
  isSensitive?: boolean
  /** Whether profiles list it for others than its owner and members. Anybody with its link can open it. */
  isDiscoverable?: boolean
}

export const collectionLimits = { ofAccount: 10, items: 25, nameLength: 40, descriptionLength: 100 }

/**
 * Makes an empty collection for a local account.
 *
 * @throws Refusal `invalid` for an invalid field, and when the account has too many
 */
export async function createCollection(tx: Tx, accountId: AccountId, input: CollectionInput): Promise<CollectionId> {
  const values = await checked(tx, { ...input, name: input.name ?? '' })
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from collections where account_id = ${accountId}`,
  )
  if ((rows[0]?.count ?? 0) >= collectionLimits.ofAccount)
    throw new Refusal('invalid', `You can’t have more than ${collectionLimits.ofAccount} collections`)
  const id = newId<CollectionId>()
  await tx.insert(collections).values({ name: '', ...values, id, accountId })
  return id
}

/**
 * Changes the given fields of a collection.
 *
 * @throws Refusal `not_found` when the account has no such collection, `invalid` for an invalid field
 */
export async function updateCollection(
  tx: Tx,
  accountId: AccountId,
  id: CollectionId,
  input: CollectionInput,
): Promise<void> {
  await ownCollection(tx, accountId, id)
  await tx
    .update(collections)
    .set({ ...(await checked(tx, input)), updatedAt: sql`now()` })
    .where(eq(collections.id, id))
}

/** @throws Refusal `not_found` when the account has no such collection */
export async function deleteCollection(tx: Tx, accountId: AccountId, id: CollectionId): Promise<void> {
  await ownCollection(tx, accountId, id)
  await tx.delete(collections).where(eq(collections.id, id))
}

/** Locks a collection of an account. @throws Refusal `not_found` */
export async function ownCollection(tx: Tx, accountId: AccountId, id: CollectionId): Promise<void> {
  const found = await tx
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.id, id), eq(collections.accountId, accountId)))
    .for('update')
  if (found.length === 0) throw notFound()
}

async function checked(
  tx: Tx,
  { name, description, language, tagName, isSensitive, isDiscoverable }: CollectionInput,
): Promise<Partial<typeof collections.$inferInsert>> {
  return {
    ...(name === undefined ? {} : { name: text('Name', name, collectionLimits.nameLength, true) }),
    ...(description === undefined
      ? {}
      : { description: text('Description', description, collectionLimits.descriptionLength) }),
    ...(language === undefined ? {} : { language: tagOf(language) }),
    ...(tagName === undefined ? {} : { tagId: tagName.trim() === '' ? null : await hashtag(tx, tagName) }),
    ...(isSensitive === undefined ? {} : { isSensitive }),
    ...(isDiscoverable === undefined ? {} : { isDiscoverable }),
  }
}

function text(field: string, value: string, maxLength: number, isNeeded = false): string {
  // Strangers read the text: no control character in it may reorder the text that follows.
  const written = cleanName(value, maxLength + 2)
  if (isNeeded && written === '') throw new Refusal('invalid', `${field} can’t be blank`)
  if (countGraphemes(written) > maxLength)
    throw new Refusal('invalid', `${field} is too long (maximum is ${maxLength} characters)`)
  return written
}

function tagOf(language: string): string | null {
  const tag = languageTag(language)
  if (language !== '' && tag === null) throw new Refusal('invalid', 'Language is invalid')
  return tag
}

async function hashtag(tx: Tx, name: string) {
  const tag = parseHashtag(name)
  if (!tag) throw new Refusal('invalid', 'Tag is invalid')
  const [id] = await openTagIds(tx, [tag])
  return id ?? null
}
