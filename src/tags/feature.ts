/** Hashtags that profiles show, with how often their accounts used them. */
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../db/index.ts'
import { tags } from '../db/schema/interactions.ts'
import { featuredTags } from '../db/schema/lists.ts'
import { notFound, Refusal } from '../errors.ts'
import { type AccountId, newId, type RelationId, type TagId } from '../ids.ts'
import { limits } from '../instance/limits.ts'
import { tagUse, usedTags } from '../statuses/tag-use.ts'
import { type Hashtag, tagIds } from '../statuses/tags.ts'

/** `name` as the account wrote it; `key` is the hashtag's. */
export type FeaturedTag = { id: RelationId; key: string; name: string; statusesCount: number; lastStatusAt: Date | null }

/**
 * Shows a hashtag on an account's profile, which may be new here.
 *
 * @returns its place there
 * @throws Refusal `unprocessable` when too many are shown
 */
export async function featureTag(tx: Tx, accountId: AccountId, tag: Hashtag): Promise<RelationId> {
  const [tagId] = await tagIds(tx, [tag])
  if (!tagId) throw notFound()
  const id = newId<RelationId>()
  const use = await tagUse(tx, accountId, tagId)
  const added = await tx
    .insert(featuredTags)
    .values({ id, accountId, tagId, name: tag.displayName, statusesCount: use.count, lastStatusAt: use.lastAt })
    .onConflictDoNothing()
    .returning({ id: featuredTags.id })
  const rows = await tx.select({ id: featuredTags.id, tagId: featuredTags.tagId }).from(featuredTags).where(eq(featuredTags.accountId, accountId))
  if (added.length > 0 && rows.length > limits.account.maxFeaturedTags) {
    throw new Refusal('unprocessable', 'Validation failed: You have already featured the maximum number of hashtags')
  }
  return rows.find((row) => row.tagId === tagId)?.id ?? id
}

/** Takes a hashtag off an account's profile. One that isn't there is fine. */
export async function unfeatureTag(tx: Tx, accountId: AccountId, { name }: Pick<Hashtag, 'name'>): Promise<void> {
  const named = tx.select({ id: tags.id }).from(tags).where(eq(tags.name, name))
  await tx.delete(featuredTags).where(and(eq(featuredTags.accountId, accountId), inArray(featuredTags.tagId, named)))
}

/**
 * The same, by its place on the profile.
 *
 * @throws Refusal `not_found` when the account has no such place
 */
export async function removeFeaturedTag(tx: Tx, accountId: AccountId, id: RelationId): Promise<void> {
  const removed = await tx.delete(featuredTags).where(and(eq(featuredTags.id, id), eq(featuredTags.accountId, accountId))).returning({ id: featuredTags.id })
  if (removed.length === 0) throw notFound()
}

/** The hashtags of an account's profile, the most used first. */
export async function loadFeaturedTags(db: Reader, accountId: AccountId): Promise<FeaturedTag[]> {
  return db
    .select({ id: featuredTags.id, key: tags.name, name: featuredTags.name, statusesCount: featuredTags.statusesCount, lastStatusAt: featuredTags.lastStatusAt })
    .from(featuredTags)
    .innerJoin(tags, eq(tags.id, featuredTags.tagId))
    .where(eq(featuredTags.accountId, accountId))
    .orderBy(sql`${featuredTags.statusesCount} desc`, asc(featuredTags.id))
}

/** Hashtags that an account used most in its latest statuses, and doesn't show yet. */
export const suggestedTags = (db: Reader, accountId: AccountId): Promise<TagId[]> => usedTags(db, accountId, 10)
