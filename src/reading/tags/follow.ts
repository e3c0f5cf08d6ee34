/** Followed hashtags: their public statuses are shown on the account's home timeline. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { tagFollows } from '../../platform/db/schema/lists.ts'
import { type AccountId, newId, type RelationId, type TagId } from '../../platform/ids.ts'
import { type Hashtag, tagIds } from '../../statuses/tags.ts'
import { refuse } from '../../text/refusals.ts'
import { maxFollowedTags } from '../timelines/home-rule.ts'

/**
 * Follows a hashtag, which may be new to this server. Doing it again changes nothing.
 *
 * @throws Refusal `invalid` when too many are followed
 */
export async function followTag(tx: Tx, accountId: AccountId, tag: Hashtag): Promise<void> {
  const [tagId] = await tagIds(tx, [tag])
  if (!tagId) return
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from tag_follows where account_id = ${accountId} and tag_id <> ${tagId}`,
  )
  if ((rows[0]?.count ?? 0) >= maxFollowedTags) throw refuse('invalid', 'tooManyFollowedTags', { max: maxFollowedTags })
  await tx.insert(tagFollows).values({ id: newId(), accountId, tagId }).onConflictDoNothing()
}

/** Unfollows a hashtag. Ignores one that isn't followed. */
export const unfollowTag = (tx: Tx, accountId: AccountId, { name }: Pick<Hashtag, 'name'>): Promise<void> =>
  unfollowTags(tx, accountId, [name])

/** Unfollows hashtags by their keys. Ignores those that aren't followed. */
export async function unfollowTags(tx: Tx, accountId: AccountId, names: readonly string[]): Promise<void> {
  const named = tx.select({ id: tags.id }).from(tags).where(isOneOf(tags.name, names))
  await tx.delete(tagFollows).where(and(eq(tagFollows.accountId, accountId), inArray(tagFollows.tagId, named)))
}

/** A page of the hashtags that an account follows, latest follow first. The cursor is the id of the follow. */
export async function followedTags(
  db: Reader,
  accountId: AccountId,
  page: Page,
): Promise<{ id: RelationId; tagId: TagId }[]> {
  const { where, orderBy, limit } = slice(tagFollows.id, page)
  const rows = await db
    .select({ id: tagFollows.id, tagId: tagFollows.tagId })
    .from(tagFollows)
    .where(and(eq(tagFollows.accountId, accountId), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}
