/** Loads all data of statuses except their authors, in one statement for any number of statuses. */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { jsonRow, revive } from '../../platform/db/json.ts'
import { cards } from '../../platform/db/schema/cards.ts'
import { media } from '../../platform/db/schema/media.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, RelationId, StatusId } from '../../platform/ids.ts'
import { acctOf } from '../../text/acct.ts'
import { type ViewerId, visibleTo } from '../access/visibility.ts'
import { type PollView, pollJson, revivePoll } from './polls.ts'
import { isQuoteBlocked, type QuoteHead, quoteJson } from './quotes.ts'
import { reactedJson, type ReactionView, reactionsJson } from './reactions.ts'

export type MediaView = typeof media.$inferSelect
export type MentionView = {
  id: AccountId
  username: string
  domain: string | null
  acct: string
  url: string
  uri: string
}
export type TagView = { name: string; displayName: string }

/** The viewer's interactions with a status, and relation to its author. */
export type Marks = {
  /** By the viewer's own choice, not only implied by reactions. */
  favourited: boolean
  /** Ids of the reactions, among those of the status, that are the viewer's, too. */
  reacted: RelationId[]
  reblogged: boolean
  bookmarked: boolean
  pinned: boolean
  muted: boolean
  followsAuthor: boolean
  followedByAuthor: boolean
}

export type StatusRow = {
  status: typeof statuses.$inferSelect
  stats: { repliesCount: number; reblogsCount: number; favouritesCount: number; quotesCount: number }
  application: { name: string; website: string | null } | null
  media: MediaView[]
  mentions: MentionView[]
  tags: TagView[]
  poll: PollView | null
  card: typeof cards.$inferSelect | null
  quote: QuoteHead | null
  reactions: ReactionView[]
  marks: Marks
}

/**
 * Rows of statuses, of the statuses they boost, and of the statuses that both quote, unordered, as far as the viewer may see
 * them. Quoted statuses of accounts that the viewer blocks are included if everybody else may see them.
 */
export async function loadStatusRows(
  db: Reader,
  viewer: AccountId | null,
  ids: StatusId[],
): Promise<Map<StatusId, StatusRow>> {
  const rows = await findRows(db, viewer, ids)
  return new Map(rows.map(({ row }) => [row.status.id, reviveAll(row)]))
}

function findRows(db: Reader, viewer: AccountId | null, ids: StatusId[]): Promise<{ row: StatusRow }[]> {
  const [id] = ids
  // PostgreSQL expects 10 ids of a list that it can't see, and would plan a list of one anew each time.
  if (id && ids.length === 1) return viewer === null ? rowForAll(db, { id }) : rowFor(db, { id, viewer })
  const list = arrayOf(ids)
  return viewer === null ? rowsForAll(db, { list }) : rowsFor(db, { list, viewer })
}

/**
 * Rows of reported statuses, whoever may see them, and whether or not their author is suspended; what they boost and quote only as far
 * as everybody may see it. Deleted ones are left out.
 *
 * @param ids those of reports only
 */
export async function loadReportedRows(db: Reader, ids: StatusId[]): Promise<Map<StatusId, StatusRow>> {
  const rows = await rowsForStaff(db, { list: arrayOf(ids) })
  return new Map(rows.map(({ row }) => [row.status.id, reviveAll(row)]))
}

type Row = { row: StatusRow }
const rowsForAll = statement<{ list: string }, Row>('status_rows_for_all', ({ list }) => statusRows(oneOf(list), null))
const rowsFor = statement<{ list: string; viewer: AccountId }, Row>('status_rows_for_viewer', ({ list, viewer }) =>
  statusRows(oneOf(list), viewer),
)
const rowsForStaff = statement<{ list: string }, Row>('status_rows_for_staff', ({ list }) =>
  statusRows(
    oneOf(list),
    null,
    sql`((${statuses.id} ${oneOf(list)} and ${statuses.deletedAt} is null) or ${visibleTo(null)})`,
  ),
)
const rowForAll = statement<{ id: StatusId }, Row>('status_row_for_all', ({ id }) =>
  statusRows(sql`= ${id}::bigint`, null),
)
const rowFor = statement<{ id: StatusId; viewer: AccountId }, Row>('status_row_for_viewer', ({ id, viewer }) =>
  statusRows(sql`= ${id}::bigint`, viewer),
)

const oneOf = (list: string): SQL => sql`= any(${list}::bigint[])`

function reviveAll(row: StatusRow): StatusRow {
  revive(statuses, row.status)
  for (const file of row.media) revive(media, file)
  for (const mention of row.mentions) mention.acct = acctOf(mention)
  if (row.card) revive(cards, row.card)
  if (row.poll) revivePoll(row.poll)
  return row
}

/** @param wanted an SQL condition that follows the id */
function statusRows(wanted: SQL, viewer: AccountId | null, visible = visibleTo(viewer)): SQL {
  return sql`
    with listed as (select s.id, s.reblog_of_id from statuses s where s.id ${wanted}),
    shown as materialized (
      select id, bool_and(of_blocked) as of_blocked from (
        select id, false as of_blocked from listed
        union all select reblog_of_id, false from listed where reblog_of_id is not null
        union all select q.quoted_status_id, ${isQuoteBlocked(viewer)} from listed join quotes q on q.status_id = coalesce(listed.reblog_of_id, listed.id) where q.quoted_status_id is not null
      ) found group by id
    )
    select json_build_object(
      'status', ${jsonRow(statuses)},
      'stats', json_build_object('repliesCount', coalesce(stats.replies_count, 0), 'reblogsCount', greatest(stats.reblogs_count, stats.remote_reblogs_count, 0),
        'favouritesCount', greatest(stats.favourites_count, stats.remote_favourites_count, 0), 'quotesCount', coalesce(stats.quotes_count, 0)),
      'application', (select json_build_object('name', name, 'website', website) from applications where applications.id = ${statuses.applicationId}),
      'media', case when ${statuses.hasMedia} then ${mediaJson} else '[]' end,
      'mentions', ${mentionsJson},
      'tags', ${tagsJson},
      'poll', ${pollJson(viewer)},
      'card', (select ${jsonRow(cards)} from status_cards join cards on cards.id = status_cards.card_id where status_cards.status_id = ${statuses.id} and cards.is_usable),
      'quote', ${quoteJson(viewer)},
      'reactions', case when stats.favourites_count > 0 then ${reactionsJson(viewer)} else '[]' end,
      'marks', ${marksJson(viewer)}
    ) as row
    from shown join statuses on ${statuses.id} = shown.id
    left join status_stats stats on stats.status_id = ${statuses.id}
    where ${visible} ${viewer === null ? sql`` : sql`or (shown.of_blocked and ${visibleTo(null)})`}`
}

const mediaJson = sql`(
  select coalesce(json_agg(${jsonRow(media)} order by media.position), '[]') from media where media.status_id = ${statuses.id} and media.position is not null)`

const mentionsJson = sql`(
  select coalesce(json_agg(json_build_object('id', a.id::text, 'username', a.username, 'domain', a.domain, 'url', a.url, 'uri', a.uri) order by m.position), '[]')
  from mentions m join accounts a on a.id = m.account_id where m.status_id = ${statuses.id} and m.position >= 0)`

const tagsJson = sql`(
  select coalesce(json_agg(json_build_object('name', t.name, 'displayName', t.display_name) order by t.id), '[]')
  from status_tags st join tags t on t.id = st.tag_id where st.status_id = ${statuses.id})`

const noMarks = sql.raw(
  `'{"favourited":false,"reacted":[],"reblogged":false,"bookmarked":false,"pinned":false,"muted":false,"followsAuthor":false,"followedByAuthor":false}'::json`,
)

/** SQL: the `Marks` of a row of `statuses` as JSON. */
export function marksJson(viewer: ViewerId | null): SQL {
  if (viewer === null) return noMarks
  return sql`json_build_object(
    'favourited', exists (select from favourites x where x.account_id = ${viewer} and x.status_id = ${statuses.id} and not x.is_implied),
    'reacted', ${reactedJson(viewer)},
    'reblogged', exists (select from statuses x where x.account_id = ${viewer} and x.reblog_of_id = ${statuses.id} and x.deleted_at is null),
    'bookmarked', exists (select from bookmarks x where x.account_id = ${viewer} and x.status_id = ${statuses.id}),
    'pinned', exists (select from pins x where x.account_id = ${viewer} and x.status_id = ${statuses.id}),
    'muted', exists (select from thread_mutes x where x.account_id = ${viewer} and x.thread_id = ${statuses.threadId}),
    'followsAuthor', exists (select from follows x where x.follower_id = ${viewer} and x.target_id = ${statuses.accountId}),
    'followedByAuthor', exists (select from follows x where x.target_id = ${viewer} and x.follower_id = ${statuses.accountId}))`
}
