/**
 * Searches posts by their words. A viewer finds posts of the library (own posts, and posts that mention the viewer or that the
 * viewer favourited, boosted, bookmarked or voted in) and public posts of authors who allow it; always only visible posts.
 *
 * It works in steps, so that neither a common nor a rare word is slow:
 * 1. The newest 2,000 posts are compared with the query one by one.
 * 2. If they don't fill the page, the index finds older posts: the newest 5,000 with the words.
 * 3. If there are more matches and the page is still not full, posts of the library are searched.
 * Each step matches the words first. Then it checks visibility, newest first, until the page is full.
 */
import { and, type SQL, sql } from 'drizzle-orm'
import { accountByHandle } from '../../accounts/find.ts'
import { unprepared } from '../../platform/db/auto-prepare.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { parseHandle } from '../../platform/handle.ts'
import { type AccountId, byAge, firstIdAt, type StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { notMutedBy, visibleTo } from '../access/visibility.ts'
import { markLexeme } from './document.ts'
import { parsePostQuery, type PostQuery, type Term, toTsquery } from './query.ts'

/** `maxId` and `minId` are exclusive. */
export type PostSearch = { limit: number; offset?: number; accountId?: AccountId; maxId?: string; minId?: string }

/** Posts that are compared with a query one by one. */
const recent = 2_000

/** Older matches whose visibility is checked: a word may be in millions of posts whose authors don't allow search. */
const maxOlder = 5_000

/** Ids of the posts that match a query, for a viewer, newest first. */
export async function searchStatuses(
  db: Reader,
  uris: Uris,
  viewer: AccountId,
  text: string,
  search: PostSearch,
): Promise<StatusId[]> {
  const query = parsePostQuery(text)
  const authors = await authorTerms(db, uris, viewer, query, search.accountId)
  if (!authors || isEmpty(query)) return []

  const terms = [...query.terms, ...authors]
  const tsquery = toTsquery(terms)
  const range = rangeOf(query, search)
  const matches = and(range, tsquery === null ? undefined : sql`d.document @@ ${tsquery}::tsquery`)
  const conditions = and(
    visibleTo(viewer),
    notMutedBy(viewer),
    inScope(viewer, query.scope),
    query.plays === null ? undefined : hasPlayer(query.plays),
  )
  const { limit, offset = 0 } = search

  const floor = await floorOf(db, range)
  const ids = await find(
    db,
    and(matches, floor === null ? undefined : sql`d.status_id >= ${floor}`),
    conditions,
    offset + limit,
  )
  const isIndexed = terms.some(({ isNegative }) => !isNegative)
  const missing = offset + limit - ids.length
  if (floor !== null && missing > 0 && (isIndexed || query.scope === 'library')) {
    const older = and(matches, sql`d.status_id < ${floor}`)
    const others = query.scope === 'library' ? null : await findNewest(db, older, conditions, missing)
    // If the newest matches are all matches, they include those of the library.
    const own =
      query.scope === 'public' || others?.isAll
        ? []
        : await find(db, and(older, sql`d.status_id in (${library(viewer)})`), conditions, missing)
    ids.push(...[...new Set([...own, ...(others?.ids ?? [])])].toSorted((a, b) => byAge(b, a)).slice(0, missing))
  }
  return ids.slice(offset)
}

const isEmpty = ({ terms, from, scope, plays, since, until }: PostQuery): boolean =>
  terms.length === 0 && from.length === 0 && scope === 'all' && plays === null && !since && !until

/** The terms for `from:` and `-from:`; null when a wanted author is unknown here. */
async function authorTerms(
  db: Reader,
  uris: Uris,
  viewer: AccountId,
  { from }: PostQuery,
  only: AccountId | undefined,
): Promise<Term[] | null> {
  const terms: Term[] = only ? [{ lexemes: [authorLexeme(only)], isNegative: false }] : []
  const anyOf: string[] = []
  for (const { handle, isNegative } of from) {
    const id = handle.toLowerCase() === 'me' ? viewer : await storedAccount(db, uris, handle)
    if (id && isNegative) terms.push({ lexemes: [authorLexeme(id)], isNegative })
    else if (id) anyOf.push(authorLexeme(id))
    else if (!isNegative) return null
  }
  return anyOf.length > 0 ? [...terms, { lexemes: anyOf, isAnyOf: true, isNegative: false }] : terms
}

const authorLexeme = (id: AccountId): string => markLexeme(`from:${id}`)

async function storedAccount(db: Reader, uris: Uris, text: string): Promise<AccountId | null> {
  const handle = parseHandle(text)
  return handle && accountByHandle(db, uris.localised(handle))
}

/** Ids contain the time, so times become ids. */
function rangeOf({ since, until }: PostQuery, { maxId, minId }: PostSearch): SQL | undefined {
  return and(
    since ? sql`d.status_id >= ${firstIdAt(since)}` : undefined,
    until ? sql`d.status_id < ${firstIdAt(until)}` : undefined,
    maxId ? sql`d.status_id < ${maxId}` : undefined,
    minId ? sql`d.status_id > ${minId}` : undefined,
  )
}

/** The oldest of the `recent` newest posts in a range; null when there are no more posts than that. */
async function floorOf(db: Reader, range: SQL | undefined): Promise<StatusId | null> {
  const { rows } = await db.execute<{ id: StatusId }>(
    sql`select d.status_id as id from status_search d where ${range ?? sql`true`} order by d.status_id desc offset ${recent} limit 1`,
  )
  return rows[0]?.id ?? null
}

async function find(
  db: Reader,
  matches: SQL | undefined,
  conditions: SQL | undefined,
  limit: number,
): Promise<StatusId[]> {
  // `offset 0` keeps PostgreSQL from merging the two: the subquery is sorted by id alone, so that the expensive conditions are
  // evaluated only until the page is full. Not prepared: the best plan for a word in millions of posts is wrong for one in 3.
  const { rows } = await db.execute<{ id: StatusId }>(sql`${sql.raw(unprepared)}
    select found.id from (select d.status_id as id from status_search d where ${matches ?? sql`true`} order by d.status_id desc offset 0) found
    join ${statuses} on ${statuses.id} = found.id where ${conditions} order by found.id desc limit ${limit}`)
  return rows.map(({ id }) => id)
}

/**
 * As `find`, among the newest `maxOlder` matches.
 *
 * @returns `isAll`: no other match belongs on the page
 */
async function findNewest(
  db: Reader,
  matches: SQL | undefined,
  conditions: SQL | undefined,
  limit: number,
): Promise<{ ids: StatusId[]; isAll: boolean }> {
  // The matches are counted only if they didn't fill the page: all of them were read anyway.
  const { rows } = await db.execute<{ id: StatusId | null; isAll: boolean }>(sql`${sql.raw(unprepared)}
    with found as materialized (select d.status_id as id from status_search d where ${matches ?? sql`true`} order by d.status_id desc limit ${maxOlder}),
    shown as materialized (select found.id from found join ${statuses} on ${statuses.id} = found.id where ${conditions} order by found.id desc limit ${limit})
    select id, false as "isAll" from shown
    union all select null, case when (select count(*) from shown) < ${limit} then (select count(*) from found) < ${maxOlder} else true end`)
  return { ids: rows.flatMap(({ id }) => id ?? []), isAll: rows.at(-1)?.isAll === true }
}

function inScope(viewer: AccountId, scope: PostQuery['scope']): SQL {
  const s = statuses
  const isPublic = sql`(${s.visibility} = 'public' and (select author.is_indexable and author.silenced_at is null from accounts author where author.id = ${s.accountId}))`
  const isInLibrary = sql`(${s.accountId} = ${viewer}
    or exists (select from mentions m where m.status_id = ${s.id} and m.account_id = ${viewer})
    or exists (select from favourites f where f.account_id = ${viewer} and f.status_id = ${s.id})
    or exists (select from bookmarks b where b.account_id = ${viewer} and b.status_id = ${s.id})
    or exists (select from statuses r where r.account_id = ${viewer} and r.reblog_of_id = ${s.id} and r.deleted_at is null)
    or exists (select from poll_votes v where v.status_id = ${s.id} and v.account_id = ${viewer}))`
  if (scope === 'public') return isPublic
  return scope === 'library' ? isInLibrary : sql`(${isPublic} or ${isInLibrary})`
}

/** Ids of all posts for which `isInLibrary` can be true. */
const library = (viewer: AccountId): SQL => sql`
  select id from statuses where account_id = ${viewer} and deleted_at is null
  union all select status_id from mentions where account_id = ${viewer}
  union all select status_id from favourites where account_id = ${viewer}
  union all select status_id from bookmarks where account_id = ${viewer}
  union all select reblog_of_id from statuses where account_id = ${viewer} and reblog_of_id is not null and deleted_at is null
  union all select status_id from poll_votes where account_id = ${viewer}`

/** Previews are fetched after the post is indexed, so the index doesn't have them. */
function hasPlayer(isWanted: boolean): SQL {
  const card = sql`exists (select from status_cards sc join cards c on c.id = sc.card_id where sc.status_id = ${statuses.id} and c.is_usable and c.type in ('video', 'rich'))`
  return isWanted ? card : sql`not ${card}`
}
