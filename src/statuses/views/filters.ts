/**
 * Matches a person's filters against statuses. Filters are read once per page and matched in memory; the text of a status is not
 * sent to the database.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type FilterContext, filterContexts } from '../../platform/db/schema/filters.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, FilterId, StatusId } from '../../platform/ids.ts'
import { safeHtmlToText } from '../../text/html/to-text.ts'
import { findsWord, folded } from './filter-words.ts'

export { type FilterContext, filterContexts }
export const filterActions = ['warn', 'hide', 'blur'] as const
export type FilterAction = (typeof filterActions)[number]

/** A filter without its rules. */
export type FilterHead = {
  id: FilterId
  title: string
  contexts: FilterContext[]
  action: FilterAction
  expiresAt: Date | null
}

type Keyword = { keyword: string; folded: string; isWholeWord: boolean }
export type ActiveFilter = FilterHead & { keywords: Keyword[]; statusIds: ReadonlySet<StatusId> }

/** A filter that matches a status, with the keywords and status ids that match. */
export type FilterMatch = { filter: FilterHead; keywords: string[]; statusIds: StatusId[] }

/** The parts of a status that filters read. */
export type Filterable = {
  id: StatusId
  accountId: AccountId
  reblogOfId: StatusId | null
  /** Safe HTML. */
  content: string
  spoilerText: string
  media: readonly { description: string }[]
  poll: { options: readonly { title: string }[] } | null
}

/** The unexpired filters of a viewer, in one query; none for a visitor. */
export async function loadFilters(db: Reader, viewer: AccountId | null): Promise<ActiveFilter[]> {
  return viewer === null ? [] : ((await loadFiltersOf(db, [viewer])).get(viewer) ?? [])
}

/** `expiresAt` comes as a Date, or within a transaction as text. */
type Row = Omit<FilterHead, 'expiresAt'> & {
  accountId: AccountId
  expiresAt: Date | string | null
  keywords: { keyword: string; isWholeWord: boolean }[]
  statusIds: StatusId[]
}

const filtersOf = (wanted: SQL): SQL => sql`
  select f.id, f.account_id as "accountId", f.title, f.contexts, f.action, f.expires_at as "expiresAt",
    coalesce((select json_agg(json_build_object('keyword', k.keyword, 'isWholeWord', k.is_whole_word) order by k.id) from filter_keywords k where k.filter_id = f.id), '[]') as keywords,
    array(select s.status_id::text from filter_statuses s where s.filter_id = f.id) as "statusIds"
  from filters f where f.account_id ${wanted} and (f.expires_at is null or f.expires_at > now()) order by f.id`

const findFilters = statement<{ viewers: string }, Row>('filters_of', ({ viewers }) =>
  filtersOf(sql`= any(${viewers}::bigint[])`),
)
// PostgreSQL expects 10 ids of a list that it can't see, and would plan a list of one anew each time.
const findFiltersOfOne = statement<{ viewer: AccountId }, Row>('filters_of_one', ({ viewer }) =>
  filtersOf(sql`= ${viewer}::bigint`),
)

/** The unexpired filters of several viewers, in one query. Viewers without filters are left out. */
export async function loadFiltersOf(
  db: Reader,
  viewers: readonly AccountId[],
): Promise<Map<AccountId, ActiveFilter[]>> {
  const [first, ...others] = viewers
  if (!first) return new Map()
  const rows =
    others.length === 0
      ? await findFiltersOfOne(db, { viewer: first })
      : await findFilters(db, { viewers: arrayOf(viewers) })
  const active = new Map<AccountId, ActiveFilter[]>()
  for (const { accountId, expiresAt, keywords, statusIds, ...head } of rows) {
    const filter = {
      ...head,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      keywords: keywords.map((rule) => ({ ...rule, folded: folded(rule.keyword) })),
      statusIds: new Set(statusIds),
    }
    active.set(accountId, [...(active.get(accountId) ?? []), filter])
  }
  return active
}

/**
 * The filters that match a status, for any context. A boost matches by the boosted status; the viewer's own statuses match no
 * filter.
 *
 * @param boosted the boosted status, if it is a boost
 */
export function matchFilters(
  filters: readonly ActiveFilter[],
  viewer: AccountId | null,
  status: Filterable,
  boosted: Filterable | null = null,
): FilterMatch[] {
  const proper = boosted ?? status
  if (filters.length === 0 || proper.accountId === viewer) return []
  const words = folded(textOf(proper))
  return filters.flatMap(({ keywords, statusIds, ...filter }) => {
    const match = {
      filter,
      keywords: keywords
        .filter((rule) => findsWord(words, rule.folded, rule.isWholeWord))
        .map(({ keyword }) => keyword),
      statusIds: [...new Set([status.id, proper.id])].filter((id) => statusIds.has(id)),
    }
    return match.keywords.length + match.statusIds.length > 0 ? [match] : []
  })
}

const textOf = ({ content, spoilerText, media, poll }: Filterable): string =>
  [
    spoilerText,
    safeHtmlToText(content),
    ...(poll?.options ?? []).map(({ title }) => title),
    ...media.map(({ description }) => description),
  ].join('\n')

/** Whether a filter hides a status in a context. */
export const hides = (matches: readonly FilterMatch[], context: FilterContext): boolean =>
  matches.some(({ filter }) => filter.action === 'hide' && filter.contexts.includes(context))

/** The filters that put a warning before a status in a context. */
export const warningFilters = (matches: readonly FilterMatch[], context: FilterContext): FilterHead[] =>
  matches
    .filter(({ filter }) => filter.action === 'warn' && filter.contexts.includes(context))
    .map(({ filter }) => filter)

/** Their titles. */
export const warningsOf = (matches: readonly FilterMatch[], context: FilterContext): string[] =>
  warningFilters(matches, context).map(({ title }) => title)

/** Whether a filter blurs the files of a status in a context. */
export const blurs = (matches: readonly FilterMatch[], context: FilterContext): boolean =>
  matches.some(({ filter }) => filter.action === 'blur' && filter.contexts.includes(context))

/** The views without those that a filter of the viewer hides in a context. */
export const withoutHidden = <View extends { filtered: FilterMatch[] }>(
  views: View[],
  context: FilterContext,
): View[] => views.filter(({ filtered }) => !hides(filtered, context))

/** The views with filters that only warn instead of hiding: for posts that a person kept, who could not find them again otherwise. */
export const warned = <View extends { filtered: FilterMatch[] }>(views: readonly View[]): View[] =>
  views.map((view) => ({
    ...view,
    filtered: view.filtered.map(({ filter, ...match }) => ({
      ...match,
      filter: { ...filter, action: filter.action === 'hide' ? 'warn' : filter.action },
    })),
  }))
