/** An account's use of hashtags in public and unlisted statuses. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { AccountId, TagId } from '../../platform/ids.ts'
import { isReleased, isPublicOrUnlisted } from '../access/visibility.ts'

/** How often an account used a hashtag, and when it last did. */
export async function tagUse(
  db: Reader,
  accountId: AccountId,
  tagId: TagId,
): Promise<{ count: number; lastAt: Date | null }> {
  const { rows } = await db.execute<{ count: number; lastMs: number | null }>(sql`
    select count(*)::int as count, extract(epoch from max(s.created_at))::float8 * 1000 as "lastMs"
    from status_tags t join statuses s on s.id = t.status_id
    where t.tag_id = ${tagId} and s.account_id = ${accountId} and s.deleted_at is null and ${isPublicOrUnlisted('s')} and ${isReleased('s')} and not s.is_local_only`)
  const { count = 0, lastMs = null } = rows[0] ?? {}
  return { count, lastAt: lastMs === null ? null : new Date(lastMs) }
}

/** Statuses of an account that are read for its most used hashtags. */
const latest = 1_000

/**
 * The hashtags that an account used in its latest statuses and doesn't feature on its profile, the most used first. Without those that
 * moderators took off the lists.
 */
export async function usedTags(db: Reader, accountId: AccountId, limit: number): Promise<TagId[]> {
  const { rows } = await db.execute<{ id: TagId }>(sql`
    select t.tag_id as id
    from (select id, visibility from statuses where account_id = ${accountId} and deleted_at is null and ${isReleased('statuses')} and not is_local_only order by id desc limit ${latest}) s
    join status_tags t on t.status_id = s.id
    where ${isPublicOrUnlisted('s')}
      and not exists (select from featured_tags f where f.account_id = ${accountId} and f.tag_id = t.tag_id)
      and (select tags.is_usable and tags.is_listable from tags where tags.id = t.tag_id)
    group by t.tag_id order by count(*) desc, t.tag_id limit ${limit}`)
  return rows.map(({ id }) => id)
}
