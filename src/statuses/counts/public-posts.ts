/** Public posts, without boosts, for figures: in the order of time, by server and by hashtag. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { dayOfId, maxRows, type TimeSpan } from '../../platform/db/sample.ts'
import type { TagId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import type { AccountStream } from '../../rules/servers/rows.ts'
import { isReleased } from '../access/visibility.ts'

/** The condition is that of the index `statuses_public`. */
export const publicPosts: AccountStream = {
  table: sql`statuses`,
  columns: sql`account_id, language`,
  where: sql`visibility = 'public' and reblog_of_id is null and deleted_at is null`,
  account: sql`account_id`,
}

/** A public post with a hashtag. `day`: in days since 1970; `domain`: null for local accounts. */
export type TaggedPost = { day: number; accountId: string; domain: string | null; language: string | null }

/**
 * The public posts with a hashtag of each day in a span, which begins and ends with a day. Of a day with very many posts only the first
 * ones are read, so that all days together are no more than 20,000.
 */
export async function taggedPosts(db: Reader, tagId: TagId, { from, to }: TimeSpan): Promise<TaggedPost[]> {
  const each = Math.max(1, Math.floor(maxRows / ((to - from) / dayMs)))
  const { rows } = await db.execute<TaggedPost>(sql`
    select ${dayOfId(sql`s.id`)} as day, s.account_id as "accountId", (select a.domain from accounts a where a.id = s.account_id) as domain, s.language
    from generate_series(${from}::bigint, ${to - dayMs}::bigint, ${dayMs}::bigint) ms
    cross join lateral (
      select status_id from status_tags where tag_id = ${tagId} and status_id >= ms << 16 and status_id < (ms + ${dayMs}::bigint) << 16
      order by status_id limit ${each}) used
    join statuses s on s.id = used.status_id
    where s.visibility = 'public' and s.reblog_of_id is null and s.deleted_at is null and ${isReleased('s')} and not s.is_local_only`)
  return rows
}
