import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { type Page, settle, slice } from '../db/page.ts'
import { statusTags, tags } from '../db/schema/interactions.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { notMutedBy, visibleTo } from '../statuses/visibility.ts'

export type PublicFilter = { from?: 'local' | 'remote'; onlyMedia?: boolean }

/** Ids of a page of public statuses, newest first, without boosts, and without those of accounts that moderators limit. */
export async function publicTimeline(db: Reader, viewer: AccountId | null, filter: PublicFilter, page: Page): Promise<StatusId[]> {
  const { where, orderBy } = slice(statuses.id, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(listed(viewer), filtered(filter), where))
    .orderBy(orderBy)
    .limit(page.limit)
  return settle(page, rows).map(({ id }) => id)
}

/**
 * Ids of a page of public statuses with a hashtag, newest first.
 *
 * @param name the tag's normalised key
 */
export async function tagTimeline(db: Reader, viewer: AccountId | null, name: string, filter: PublicFilter, page: Page): Promise<StatusId[]> {
  const { where, orderBy } = slice(statusTags.statusId, page)
  const rows = await db
    .select({ id: statuses.id })
    .from(tags)
    .innerJoin(statusTags, eq(statusTags.tagId, tags.id))
    .innerJoin(statuses, eq(statuses.id, statusTags.statusId))
    .where(and(eq(tags.name, name), listed(viewer), filtered(filter), where))
    .orderBy(orderBy)
    .limit(page.limit)
  return settle(page, rows).map(({ id }) => id)
}

const listed = (viewer: AccountId | null) =>
  and(
    eq(statuses.visibility, 'public'),
    isNull(statuses.reblogOfId),
    isNull(statuses.deletedAt),
    visibleTo(viewer),
    sql`not exists (select from accounts author where author.id = ${statuses.accountId} and author.silenced_at is not null)`,
    viewer ? notMutedBy(viewer) : undefined,
  )

const filtered = ({ from, onlyMedia }: PublicFilter) =>
  and(
    from && eq(statuses.isLocal, from === 'local'),
    onlyMedia ? sql`${statuses.hasMedia}` : undefined,
  )
