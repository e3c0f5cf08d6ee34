/** Public lists of recommended accounts (FEP-7aa9). */
import { and, asc, eq, sql } from 'drizzle-orm'
import { type Holder, loadRoles, roleOf } from '../../accounts/roles/roles.ts'
import { notifyEach } from '../../notices/notify.ts'
import { emit, emitAll } from '../../outbox/emit.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { collectionItems, collections } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type CollectionId, newId } from '../../platform/ids.ts'
import { openTagIds } from '../../statuses/tags.ts'
import { cleanName, countGraphemes } from '../../text/clean.ts'
import { parseHashtag } from '../../text/hashtag.ts'
import { languageTag } from '../../text/language-tag.ts'
import { refuse } from '../../text/refusals.ts'
import { forgetCollections } from './forget.ts'
import { lockOwner } from './locks.ts'

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

export const collectionLimits = { items: 25, nameLength: 40, descriptionLength: 100 }

/**
 * Makes an empty collection for a local account.
 *
 * @throws Refusal `invalid` for an invalid field, and when the account has too many
 */
export async function createCollection(tx: Tx, accountId: AccountId, input: CollectionInput): Promise<CollectionId> {
  const values = await checkedNew(tx, accountId, input)
  const id = newId<CollectionId>()
  await tx.insert(collections).values({ name: '', ...values, id, accountId })
  await emit(tx, { type: 'collection.created', collectionId: id })
  return id
}

/**
 * The values of a new collection.
 *
 * @throws Refusal as `createCollection`
 */
export async function checkedNew(
  tx: Tx,
  accountId: AccountId,
  input: CollectionInput,
): Promise<Partial<typeof collections.$inferInsert>> {
  const values = await checked(tx, { ...input, name: input.name ?? '' })
  if (!(await lockOwner(tx, accountId))) throw notFound()
  const { rows } = await tx.execute<Holder & { count: number }>(sql`
    select role, role_id::text as "roleId", (select count(*)::int from collections where account_id = users.account_id) as count
    from users where account_id = ${accountId}`)
  const [owner] = rows
  if (!owner) throw notFound()
  const max = roleOf(await loadRoles(tx), owner).limits.maxCollections
  if (owner.count >= max) throw refuse('invalid', 'tooManyCollections', { max })
  return values
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
  const before = await ownCollection(tx, accountId, id)
  const [after] = await tx
    .update(collections)
    .set({ ...(await checked(tx, input)), updatedAt: sql`now()` })
    .where(eq(collections.id, id))
    .returning()
  if (after) await notifyOfChange(tx, before, after)
  await emit(tx, { type: 'collection.updated', collectionId: id, wasListed: before.isDiscoverable })
}

type Row = typeof collections.$inferSelect

/** Notifies the local accounts in a collection when what it says of them changed: its name, description or hashtag. */
export async function notifyOfChange(tx: Tx, before: Row, after: Row): Promise<void> {
  if (before.name === after.name && before.description === after.description && before.tagId === after.tagId) return
  const members = await tx
    .select({ accountId: collectionItems.accountId })
    .from(collectionItems)
    .where(and(eq(collectionItems.collectionId, after.id), eq(collectionItems.state, 'accepted')))
  await notifyEach(
    tx,
    { type: 'collection_update', from: after.accountId, collectionId: after.id },
    members.map((member) => member.accountId),
  )
}

/** @throws Refusal `not_found` when the account has no such collection */
export async function deleteCollection(tx: Tx, accountId: AccountId, id: CollectionId): Promise<void> {
  if ((await deleteCollections(tx, accountId, [id])).length === 0) throw notFound()
}

/**
 * Deletes collections of an account. Those that it does not have are left out of the result. A remote account's are only deleted
 * here: its server may send them again. The consents of the local accounts in them end.
 */
export async function deleteCollections(
  tx: Tx,
  accountId: AccountId,
  ids: readonly CollectionId[],
): Promise<{ id: CollectionId; name: string }[]> {
  if (ids.length === 0) return []
  // Nobody may be added between the reading of the members and the deletion.
  const found = await tx
    .select()
    .from(collections)
    .where(
      and(eq(collections.accountId, accountId), isOneOfIds(collections.id, ids), eq(collections.isForgotten, false)),
    )
    .orderBy(asc(collections.id))
    .for('update')
  const [own, received] = [found.filter(({ uri }) => uri === null), found.filter(({ uri }) => uri !== null)]
  const members = await tx
    .select({ collectionId: collectionItems.collectionId, accountId: collectionItems.accountId })
    .from(collectionItems)
    .where(
      isOneOfIds(
        collectionItems.collectionId,
        own.map(({ id }) => id),
      ),
    )
  await tx.delete(collections).where(
    isOneOfIds(
      collections.id,
      own.map(({ id }) => id),
    ),
  )
  const consents = await forgetCollections(
    tx,
    received.map(({ id }) => id),
  )
  await emitAll(tx, [
    ...consents.map((consent) => ({ type: 'feature.revoked' as const, ...consent, ownerId: accountId })),
    ...own.map(({ id, isDiscoverable }) => ({
      type: 'collection.deleted' as const,
      collectionId: id,
      accountId,
      wasListed: isDiscoverable,
      memberIds: members.flatMap((member) => (member.collectionId === id ? [member.accountId] : [])),
    })),
  ])
  return found.map(({ id, name }) => ({ id, name }))
}

/** Locks a collection of an account. @throws Refusal `not_found` */
export async function ownCollection(tx: Tx, accountId: AccountId, id: CollectionId): Promise<Row> {
  const [found] = await tx
    .select()
    .from(collections)
    .where(and(eq(collections.id, id), eq(collections.accountId, accountId)))
    .for('update')
  if (!found) throw notFound()
  return found
}

async function checked(
  tx: Tx,
  { name, description, language, tagName, isSensitive, isDiscoverable }: CollectionInput,
): Promise<Partial<typeof collections.$inferInsert>> {
  return {
    ...(name === undefined ? {} : { name: text('name', name, collectionLimits.nameLength, true) }),
    ...(description === undefined
      ? {}
      : { description: text('description', description, collectionLimits.descriptionLength) }),
    ...(language === undefined ? {} : { language: tagOf(language) }),
    ...(tagName === undefined ? {} : { tagId: tagName.trim() === '' ? null : await hashtag(tx, tagName) }),
    ...(isSensitive === undefined ? {} : { isSensitive }),
    ...(isDiscoverable === undefined ? {} : { isDiscoverable }),
  }
}

function text(field: 'name' | 'description', value: string, maxLength: number, isNeeded = false): string {
  // Strangers read the text: no control character in it may reorder the text that follows.
  const written = cleanName(value, maxLength + 2)
  if (isNeeded && written === '') throw refuse('invalid', 'nameBlank')
  if (countGraphemes(written) > maxLength) throw refuse('invalid', 'collectionTooLong', { field, max: maxLength })
  return written
}

function tagOf(language: string): string | null {
  const tag = languageTag(language)
  if (language !== '' && tag === null) throw refuse('invalid', 'languageInvalid')
  return tag
}

async function hashtag(tx: Tx, name: string) {
  const tag = parseHashtag(name)
  if (!tag) throw refuse('invalid', 'tagInvalid')
  const [id] = await openTagIds(tx, [tag])
  return id ?? null
}
