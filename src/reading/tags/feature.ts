/** Featured hashtags: those that profiles show, with how often the account used them. */
import { and, asc, eq, inArray, notInArray, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { featuredTags } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, newId, type RelationId, type TagId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { tagUse, usedTags } from '../../statuses/counts/tag-use.ts'
import { type Hashtag, openTagIds } from '../../statuses/tags.ts'
import { refuse } from '../../text/refusals.ts'

/** `name` is the account's spelling; `key` is the hashtag's. */
export type FeaturedTag = {
  id: RelationId
  key: string
  name: string
  statusesCount: number
  lastStatusAt: Date | null
}

/** Featured hashtags kept for a remote account. */
const maxRemoteTags = 20

/**
 * Shows a hashtag, which may be new to this server, on an account's profile.
 *
 * @returns the id of its entry on the profile
 * @throws Refusal `invalid` when too many are shown
 */
export async function featureTag(tx: Tx, accountId: AccountId, tag: Hashtag): Promise<RelationId> {
  const { id, tagId, isNew } = await addPlace(tx, accountId, tag)
  if (!isNew) return id
  if ((await countPlaces(tx, accountId)) > limits.account.maxFeaturedTags) {
    throw refuse('invalid', 'tooManyFeaturedTags')
  }
  await emit(tx, { type: 'tag.featured', accountId, tagId, name: tag.displayName })
  return id
}

async function addPlace(
  tx: Tx,
  accountId: AccountId,
  tag: Hashtag,
): Promise<{ id: RelationId; tagId: TagId; isNew: boolean }> {
  const [tagId] = await openTagIds(tx, [tag])
  if (!tagId) throw notFound()
  const id = newId<RelationId>()
  const use = await tagUse(tx, accountId, tagId)
  const added = await tx
    .insert(featuredTags)
    .values({ id, accountId, tagId, name: tag.displayName, statusesCount: use.count, lastStatusAt: use.lastAt })
    .onConflictDoNothing()
    .returning({ id: featuredTags.id })
  if (added.length > 0) return { id, tagId, isNew: true }
  const [existing] = await tx
    .select({ id: featuredTags.id })
    .from(featuredTags)
    .where(and(eq(featuredTags.accountId, accountId), eq(featuredTags.tagId, tagId)))
  return { id: existing?.id ?? id, tagId, isNew: false }
}

async function countPlaces(db: Reader, accountId: AccountId): Promise<number> {
  return (await db.select({ id: featuredTags.id }).from(featuredTags).where(eq(featuredTags.accountId, accountId)))
    .length
}

export async function isFeatured(db: Reader, accountId: AccountId, tagId: TagId): Promise<boolean> {
  return (
    (
      await db
        .select({ id: featuredTags.id })
        .from(featuredTags)
        .where(and(eq(featuredTags.accountId, accountId), eq(featuredTags.tagId, tagId)))
    ).length > 0
  )
}

/** Shows a hashtag on the profile of a remote account, as its server says. Ignores hashtags beyond the limit. */
export async function receiveFeaturedTag(tx: Tx, accountId: AccountId, tag: Hashtag): Promise<void> {
  if ((await countPlaces(tx, accountId)) < maxRemoteTags) await addPlace(tx, accountId, tag)
}

/** Takes a hashtag off the profile of a remote account, without an event. */
export async function removeReceivedTag(tx: Tx, accountId: AccountId, { name }: Pick<Hashtag, 'name'>): Promise<void> {
  await removeNamed(tx, accountId, name)
}

/** Shows exactly the hashtags on the profile of a remote account that its server lists. */
export async function receiveFeaturedTags(tx: Tx, accountId: AccountId, found: readonly Hashtag[]): Promise<void> {
  const kept = tx
    .select({ id: tags.id })
    .from(tags)
    .where(
      inArray(
        tags.name,
        found.map(({ name }) => name),
      ),
    )
  await tx
    .delete(featuredTags)
    .where(
      and(eq(featuredTags.accountId, accountId), found.length > 0 ? notInArray(featuredTags.tagId, kept) : undefined),
    )
  for (const tag of found.slice(0, maxRemoteTags)) await receiveFeaturedTag(tx, accountId, tag)
}

/** Takes a hashtag off an account's profile. Ignores one that isn't there. */
export async function unfeatureTag(tx: Tx, accountId: AccountId, { name }: Pick<Hashtag, 'name'>): Promise<void> {
  await tellRemoved(tx, accountId, await removeNamed(tx, accountId, name))
}

/**
 * The same, by the id of its entry on the profile.
 *
 * @throws Refusal `not_found` when the account has no such entry
 */
export async function removeFeaturedTag(tx: Tx, accountId: AccountId, id: RelationId): Promise<void> {
  const removed = await tx
    .delete(featuredTags)
    .where(and(eq(featuredTags.id, id), eq(featuredTags.accountId, accountId)))
    .returning(place)
  if (removed.length === 0) throw notFound()
  await tellRemoved(tx, accountId, removed)
}

const place = { tagId: featuredTags.tagId, name: featuredTags.name }
type Place = { tagId: TagId; name: string }

async function removeNamed(tx: Tx, accountId: AccountId, name: string): Promise<Place[]> {
  const named = tx.select({ id: tags.id }).from(tags).where(eq(tags.name, name))
  return tx
    .delete(featuredTags)
    .where(and(eq(featuredTags.accountId, accountId), inArray(featuredTags.tagId, named)))
    .returning(place)
}

async function tellRemoved(tx: Tx, accountId: AccountId, removed: Place[]): Promise<void> {
  for (const gone of removed) await emit(tx, { type: 'tag.unfeatured', accountId, ...gone })
}

/** The hashtags of an account's profile, most used first. */
export async function loadFeaturedTags(db: Reader, accountId: AccountId): Promise<FeaturedTag[]> {
  return db
    .select({
      id: featuredTags.id,
      key: tags.name,
      name: featuredTags.name,
      statusesCount: featuredTags.statusesCount,
      lastStatusAt: featuredTags.lastStatusAt,
    })
    .from(featuredTags)
    .innerJoin(tags, eq(tags.id, featuredTags.tagId))
    .where(eq(featuredTags.accountId, accountId))
    .orderBy(sql`${featuredTags.statusesCount} desc`, asc(featuredTags.id))
}

/** The hashtags that an account used most in its latest statuses and doesn't feature yet. */
export const suggestedTags = (db: Reader, accountId: AccountId): Promise<TagId[]> => usedTags(db, accountId, 10)
