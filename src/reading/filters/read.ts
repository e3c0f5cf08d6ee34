/** The filters of a person as apps manage them, including expired ones. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, FilterId, RelationId, StatusId } from '../../platform/ids.ts'
import type { FilterHead } from '../../statuses/views/filters.ts'

export type KeywordView = { id: RelationId; keyword: string; isWholeWord: boolean }
export type NamedStatus = { id: RelationId; statusId: StatusId }
export type FilterView = FilterHead & { keywords: KeywordView[]; statuses: NamedStatus[] }

/** All filters of a person, oldest first, in one query. */
export async function loadFilterViews(
  db: Reader,
  accountId: AccountId,
  only: FilterId | null = null,
): Promise<FilterView[]> {
  const { rows } = await db.execute<Omit<FilterView, 'expiresAt'> & { expiresAt: string | null }>(sql`
    select f.id, f.title, f.contexts, f.action, f.expires_at as "expiresAt",
      coalesce((select json_agg(json_build_object('id', k.id::text, 'keyword', k.keyword, 'isWholeWord', k.is_whole_word) order by k.id)
        from filter_keywords k where k.filter_id = f.id), '[]') as keywords,
      coalesce((select json_agg(json_build_object('id', s.id::text, 'statusId', s.status_id::text) order by s.id) from filter_statuses s where s.filter_id = f.id), '[]') as statuses
    from filters f where f.account_id = ${accountId} ${only ? sql`and f.id = ${only}` : sql``} order by f.id`)
  return rows.map((row) => ({ ...row, expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt) }))
}

/** @throws Refusal `not_found` where the person has no such filter */
export async function loadFilterView(db: Reader, accountId: AccountId, id: FilterId): Promise<FilterView> {
  const [view] = await loadFilterViews(db, accountId, id)
  if (!view) throw notFound()
  return view
}

/** A keyword of a person, with its filter. @throws Refusal `not_found` */
export async function loadKeyword(
  db: Reader,
  accountId: AccountId,
  id: RelationId,
): Promise<{ filter: FilterView; keyword: KeywordView }> {
  const { rows } = await db.execute<{ filterId: FilterId }>(sql`
    select f.id as "filterId" from filter_keywords k join filters f on f.id = k.filter_id where k.id = ${id} and f.account_id = ${accountId}`)
  const filter = rows[0] && (await loadFilterView(db, accountId, rows[0].filterId))
  const keyword = filter?.keywords.find((one) => one.id === id)
  if (!filter || !keyword) throw notFound()
  return { filter, keyword }
}

/** A status that a filter of a person lists. @throws Refusal `not_found` */
export async function loadNamedStatus(db: Reader, accountId: AccountId, id: RelationId): Promise<NamedStatus> {
  const { rows } = await db.execute<NamedStatus>(sql`
    select s.id, s.status_id as "statusId" from filter_statuses s join filters f on f.id = s.filter_id where s.id = ${id} and f.account_id = ${accountId}`)
  if (!rows[0]) throw notFound()
  return rows[0]
}
