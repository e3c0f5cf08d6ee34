/** Public posts, without boosts, for figures: in the order of time, by server and by hashtag. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { dayOfId, literal, maxRows, type TimeSpan } from '../../platform/db/sample.ts'
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

/** Parts of a span that are each read for themselves, so that posts of all of them are known. */
const maxParts = 400

/**
 * The public posts with a hashtag in a span. Of a hashtag with very many posts only the first ones of each part of the span are read,
 * so that they are no more than 20,000. Each day of the span has at least one part.
 */
export async function taggedPosts(db: Reader, tagId: TagId, { from, to }: TimeSpan): Promise<TaggedPost[]> {
  const days = Math.ceil((to - from) / dayMs)
  const parts = days * Math.max(1, Math.floor(maxParts / days))
  const each = Math.floor(maxRows / parts)
  const { rows } = await db.execute<TaggedPost>(sql`
    select ${dayOfId(sql`s.id`)} as day, s.account_id as "accountId", (select a.domain from accounts a where a.id = s.account_id) as domain, s.language
    from generate_series(0, ${parts - 1}::int) part
    cross join lateral (select (${from}::bigint + part * ${to - from}::bigint / ${parts}::bigint) << 16 as starts, (${from}::bigint + (part + 1) * ${to - from}::bigint / ${parts}::bigint) << 16 as ends) p
    cross join lateral (
      select status_id from status_tags where tag_id = ${tagId} and status_id >= p.starts and status_id < p.ends
      order by status_id limit ${literal(each)}) used
    join statuses s on s.id = used.status_id
    where s.visibility = 'public' and s.reblog_of_id is null and s.deleted_at is null and ${isReleased('s')} and not s.is_local_only`)
  return rows
}
