/** Why a person sees a post: by what of their own choices it reaches their timelines, and by which trends they may find it. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId, ListId, StatusId } from '../platform/ids.ts'
import { visibleTo } from '../statuses/access/visibility.ts'
import { actionTarget } from '../statuses/find.ts'

export type Reasons = {
  isOwn: boolean
  isMentioned: boolean
  answersViewer: boolean
  followsAuthor: boolean
  /** Followed accounts that boosted it, the latest first. */
  boosters: AccountId[]
  /** Followed hashtags in it. */
  tags: { name: string; displayName: string }[]
  /** Lists of the viewer with its author. */
  lists: { id: ListId; title: string }[]
  isPublic: boolean
  /** Whether it is among the trending posts, by which people find it whatever they follow. */
  isTrending: boolean
  /** Trending hashtags in it, and its link if that trends. */
  trendingTags: { name: string; displayName: string }[]
  trendingLink: { url: string; title: string } | null
}

const maxBoosters = 5
/** The latest boosts among which boosts of followed accounts are looked for. */
const maxBoostsRead = 2_000
const maxLists = 20

/**
 * Why the viewer sees a status; for a boost, the boosted status.
 *
 * @throws Refusal `not_found` when the viewer may not see it
 */
export async function reasonsFor(
  db: Reader,
  viewer: AccountId,
  id: StatusId,
): Promise<Reasons & { statusId: StatusId }> {
  const status = await actionTarget(db, viewer, id)
  const { rows } = await db.execute<Reasons>(sql`
    select s.account_id = ${viewer} as "isOwn",
      exists (select from mentions m where m.status_id = s.id and m.account_id = ${viewer}) as "isMentioned",
      coalesce(s.in_reply_to_account_id = ${viewer}, false) as "answersViewer",
      exists (select from follows f where f.follower_id = ${viewer} and f.target_id = s.account_id) as "followsAuthor",
      array(select boost.account_id::text from (
          select b.id, b.account_id from statuses b where b.reblog_of_id = s.id and b.deleted_at is null order by b.id desc limit ${maxBoostsRead}) boost
        join follows f on f.follower_id = ${viewer} and f.target_id = boost.account_id and f.shows_reblogs
        join ${statuses} on ${statuses.id} = boost.id and ${visibleTo(viewer)}
        order by boost.id desc limit ${maxBoosters}) as boosters,
      (select coalesce(json_agg(json_build_object('name', t.name, 'displayName', t.display_name) order by t.name), '[]')
        from status_tags st join tag_follows tf on tf.tag_id = st.tag_id and tf.account_id = ${viewer} join tags t on t.id = st.tag_id
        where st.status_id = s.id) as tags,
      (select coalesce(json_agg(json_build_object('id', own.id::text, 'title', own.title) order by own.id), '[]') from (
        select l.id, l.title from lists l join list_accounts m on m.list_id = l.id and m.account_id = s.account_id
        where l.account_id = ${viewer} order by l.id limit ${maxLists}) own) as lists,
      s.visibility = 'public' as "isPublic",
      exists (select from trending_statuses trend where trend.status_id = s.id and trend.is_allowed) as "isTrending",
      (select coalesce(json_agg(json_build_object('name', t.name, 'displayName', t.display_name) order by t.name), '[]')
        from status_tags st join trending_tags trend on trend.tag_id = st.tag_id and trend.is_allowed join tags t on t.id = st.tag_id
        where st.status_id = s.id and s.visibility = 'public') as "trendingTags",
      (select json_build_object('url', card.url, 'title', card.title)
        from status_cards sc join trending_cards trend on trend.card_id = sc.card_id and trend.is_allowed join cards card on card.id = sc.card_id
        where sc.status_id = s.id and s.visibility = 'public' limit 1) as "trendingLink"
    from statuses s where s.id = ${status.id}`)
  const [reasons] = rows
  if (!reasons) throw new Error('A visible status has a row')
  return { ...reasons, statusId: status.id }
}
