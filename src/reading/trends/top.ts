/** The few hashtags that trend most, beside other pages. */
import { sql } from 'drizzle-orm'
import { cached } from '../../platform/db/cache.ts'
import { constant, statement } from '../../platform/db/statement.ts'
import { minuteMs } from '../../platform/time.ts'

/** `people`: how many used it today and yesterday, counted for each day. */
export type TopTag = { name: string; displayName: string; people: number }

const most = 5

const findTop = statement<Record<string, never>, TopTag>(
  'top_trending_tags',
  () => sql`
    select t.name, t.display_name as "displayName",
      coalesce((select sum(d.accounts) from tag_days d where d.tag_id = t.id and d.day >= current_date - 1), 0)::int as people
    from (select tag_id, score from trending_tags where is_allowed order by score desc, tag_id limit ${constant(most)}) trend
    join tags t on t.id = trend.tag_id order by trend.score desc, t.id`,
)

/** The same for everybody, and up to a minute old. */
export const topTags = cached(minuteMs, (db) => findTop(db, {}))
