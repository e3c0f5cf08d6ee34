/** Which trends everybody sees: moderators' decisions, and the setting for those without one. */
import { type SQL, sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { loadSettings } from '../../rules/settings.ts'

/** The host of a page, as publishers of links are named. */
export const hostOfPage = (url: SQL): SQL => sql`split_part(${url}, '/', 3)`

/** What can trend, with the decision about it. A hashtag that is out of use, or off the lists, is rejected, whatever the decision. */
const candidates = {
  tags: sql`select id, case when is_usable and is_listable then is_trendable else false end as is_trendable, null as language from tags`,
  // That about a single page comes before that about its publisher.
  links: sql`
    select cards.id, coalesce(cards.is_trendable, publisher.is_trendable) as is_trendable, cards.language
    from cards left join link_publishers publisher on publisher.domain = ${hostOfPage(sql`cards.url`)}
    where cards.is_usable and cards.title <> ''`,
}

/** A subquery `about` with columns `id`, `language` and `is_trendable`, which is null where nobody decided. */
export const aboutCandidates = (kind: keyof typeof candidates): SQL => sql`(${candidates[kind]}) about`

/** Whether everybody sees a row of `about` as a trend. */
export const isAllowed = (needReview: boolean): SQL =>
  needReview ? sql`(about.is_trendable is true)` : sql`(about.is_trendable is distinct from false)`

const trends = {
  tags: { table: sql`trending_tags`, column: sql`tag_id` },
  links: { table: sql`trending_cards`, column: sql`card_id` },
}

/** Lets a decision take effect at once on what trends now, which are a few hundred rows. */
export async function applyDecisions(tx: Tx, kind: keyof typeof trends): Promise<void> {
  const { trendsNeedReview } = await loadSettings(tx)
  const { table, column } = trends[kind]
  await tx.execute(sql`
    update ${table} trend set is_allowed = ${isAllowed(trendsNeedReview)} from ${aboutCandidates(kind)}
    where about.id = trend.${column} and trend.is_allowed <> ${isAllowed(trendsNeedReview)}`)
}
