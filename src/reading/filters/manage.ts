/** Changes of filters. Open apps are notified of each change, and read all filters anew. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import {
  type FilterContext,
  filterContexts,
  filterKeywords,
  filters,
  filterStatuses,
} from '../../platform/db/schema/filters.ts'
import { notFound, type RefusalText } from '../../platform/errors.ts'
import { type AccountId, type FilterId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { visibleStatus } from '../../statuses/find.ts'
import type { FilterAction } from '../../statuses/views/filters.ts'
import { refuse } from '../../text/refusals.ts'

/** A keyword to add, or, with an id, one to change or remove. An undefined field stays as it is. */
export type KeywordInput = { id?: RelationId; keyword?: string; isWholeWord?: boolean; isRemoved?: boolean }

/** An undefined field stays as it is. For a new filter it has its default: a warning that does not expire. */
export type FilterInput = {
  title?: string
  contexts?: readonly string[]
  action?: FilterAction
  expiresAt?: Date | null
  keywords?: readonly KeywordInput[]
}

/** Every status that a person reads is compared with all of that person's filters. */
export const filterLimits = { titleLength: 256, keywordLength: 512, filters: 300, keywords: 300, statuses: 500 }

/**
 * @throws Refusal `invalid` for an invalid title, context or keyword, and for too many filters; so do the other
 * functions here
 */
export async function createFilter(
  tx: Tx,
  accountId: AccountId,
  { title = '', contexts = [], action = 'warn', expiresAt = null, keywords = [] }: FilterInput,
): Promise<FilterId> {
  const id = newId<FilterId>()
  await assertRoom(tx, sql`filters where account_id = ${accountId}`, filterLimits.filters, 'tooManyFilters')
  await tx
    .insert(filters)
    .values({ id, accountId, title: checkedTitle(title), contexts: checkedContexts(contexts), action, expiresAt })
  await changeKeywords(tx, id, keywords)
  await emit(tx, { type: 'filters.changed', accountId })
  return id
}

/** @throws Refusal `not_found` where the person has no such filter, or it has no such keyword */
export async function updateFilter(
  tx: Tx,
  accountId: AccountId,
  id: FilterId,
  { title, contexts, action, expiresAt, keywords = [] }: FilterInput,
): Promise<void> {
  await assertOwn(tx, accountId, id)
  const changes = {
    ...(title === undefined ? {} : { title: checkedTitle(title) }),
    ...(contexts === undefined ? {} : { contexts: checkedContexts(contexts) }),
    ...(action === undefined ? {} : { action }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
  if (Object.keys(changes).length > 0) await tx.update(filters).set(changes).where(eq(filters.id, id))
  await changeKeywords(tx, id, keywords)
  await emit(tx, { type: 'filters.changed', accountId })
}

/** @throws Refusal `not_found` */
export async function deleteFilter(tx: Tx, accountId: AccountId, id: FilterId): Promise<void> {
  const removed = await tx
    .delete(filters)
    .where(and(eq(filters.id, id), eq(filters.accountId, accountId)))
    .returning({ id: filters.id })
  if (removed.length === 0) throw notFound()
  await emit(tx, { type: 'filters.changed', accountId })
}

/** @throws Refusal `not_found` where the person has no such filter */
export async function addKeyword(
  tx: Tx,
  accountId: AccountId,
  filterId: FilterId,
  keyword: string,
  isWholeWord = true,
): Promise<RelationId> {
  await assertOwn(tx, accountId, filterId)
  const [id] = await insertKeywords(tx, filterId, [{ keyword, isWholeWord }])
  if (!id) throw notFound()
  await emit(tx, { type: 'filters.changed', accountId })
  return id
}

/** @throws Refusal `not_found` */
export async function updateKeyword(
  tx: Tx,
  accountId: AccountId,
  id: RelationId,
  changes: Pick<KeywordInput, 'keyword' | 'isWholeWord'>,
): Promise<void> {
  const filterId = await filterOf(tx, accountId, id)
  await changeKeywords(tx, filterId, [{ ...changes, id }])
  await emit(tx, { type: 'filters.changed', accountId })
}

/**
 * @param options.andFilter whether a filter without any rule left is deleted, too
 * @throws Refusal `not_found`
 */
export async function deleteKeyword(
  tx: Tx,
  accountId: AccountId,
  id: RelationId,
  { andFilter = false } = {},
): Promise<void> {
  const filterId = await filterOf(tx, accountId, id)
  await tx.delete(filterKeywords).where(eq(filterKeywords.id, id))
  if (andFilter) {
    await tx.execute(sql`delete from filters f where f.id = ${filterId} and not exists (select from filter_keywords k where k.filter_id = f.id)
      and not exists (select from filter_statuses s where s.filter_id = f.id)`)
  }
  await emit(tx, { type: 'filters.changed', accountId })
}

/**
 * Adds a status to a filter. Doing it again changes nothing. @throws Refusal `not_found` for a filter or status that
 * the person doesn't see
 */
export async function addStatus(
  tx: Tx,
  accountId: AccountId,
  filterId: FilterId,
  statusId: StatusId,
): Promise<RelationId> {
  await assertOwn(tx, accountId, filterId)
  await visibleStatus(tx, accountId, statusId)
  await assertRoom(
    tx,
    sql`filter_statuses where filter_id = ${filterId}`,
    filterLimits.statuses,
    'tooManyFilteredPosts',
  )
  await tx.insert(filterStatuses).values({ id: newId(), filterId, statusId }).onConflictDoNothing()
  const [row] = await tx
    .select({ id: filterStatuses.id })
    .from(filterStatuses)
    .where(and(eq(filterStatuses.filterId, filterId), eq(filterStatuses.statusId, statusId)))
  if (!row) throw notFound()
  await emit(tx, { type: 'filters.changed', accountId })
  return row.id
}

/** @throws Refusal `not_found` */
export async function removeStatus(tx: Tx, accountId: AccountId, id: RelationId): Promise<void> {
  const own = tx.select({ id: filters.id }).from(filters).where(eq(filters.accountId, accountId))
  const removed = await tx
    .delete(filterStatuses)
    .where(and(eq(filterStatuses.id, id), inArray(filterStatuses.filterId, own)))
    .returning({ id: filterStatuses.id })
  if (removed.length === 0) throw notFound()
  await emit(tx, { type: 'filters.changed', accountId })
}

async function changeKeywords(tx: Tx, filterId: FilterId, keywords: readonly KeywordInput[]): Promise<void> {
  for (const { id, keyword, isWholeWord, isRemoved } of keywords) {
    if (id === undefined) continue
    const own = and(eq(filterKeywords.id, id), eq(filterKeywords.filterId, filterId))
    const [existing] = await tx.select().from(filterKeywords).where(own)
    if (!existing) throw notFound()
    if (isRemoved) await tx.delete(filterKeywords).where(own)
    else
      await tx
        .update(filterKeywords)
        .set({ keyword: checkedKeyword(keyword ?? existing.keyword), isWholeWord: isWholeWord ?? existing.isWholeWord })
        .where(own)
  }
  await insertKeywords(
    tx,
    filterId,
    keywords.filter(({ id, isRemoved }) => id === undefined && !isRemoved),
  )
}

async function insertKeywords(tx: Tx, filterId: FilterId, keywords: readonly KeywordInput[]): Promise<RelationId[]> {
  if (keywords.length === 0) return []
  await assertRoom(
    tx,
    sql`filter_keywords where filter_id = ${filterId}`,
    filterLimits.keywords,
    'tooManyKeywords',
    keywords.length,
  )
  const rows = keywords.map(({ keyword = '', isWholeWord = true }) => ({
    id: newId<RelationId>(),
    filterId,
    keyword: checkedKeyword(keyword),
    isWholeWord,
  }))
  await tx.insert(filterKeywords).values(rows)
  return rows.map(({ id }) => id)
}

async function assertOwn(tx: Tx, accountId: AccountId, id: FilterId): Promise<void> {
  const found = await tx
    .select({ id: filters.id })
    .from(filters)
    .where(and(eq(filters.id, id), eq(filters.accountId, accountId)))
    .for('update')
  if (found.length === 0) throw notFound()
}

async function filterOf(tx: Tx, accountId: AccountId, keywordId: RelationId): Promise<FilterId> {
  const [found] = await tx
    .select({ id: filters.id })
    .from(filterKeywords)
    .innerJoin(filters, eq(filters.id, filterKeywords.filterId))
    .where(and(eq(filterKeywords.id, keywordId), eq(filters.accountId, accountId)))
  if (!found) throw notFound()
  return found.id
}

async function assertRoom(
  tx: Tx,
  rows: ReturnType<typeof sql>,
  max: number,
  key: RefusalText['key'],
  more = 1,
): Promise<void> {
  const {
    rows: [found],
  } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from ${rows}`)
  if ((found?.n ?? 0) + more > max) throw refuse('invalid', key, { max })
}

/** A title as it is stored. @throws Refusal `invalid` */
export function checkedTitle(title: string): string {
  const trimmed = storable(title)
  if (trimmed === '') throw refuse('invalid', 'titleBlank')
  if (trimmed.length > filterLimits.titleLength)
    throw refuse('invalid', 'titleTooLong', { max: filterLimits.titleLength })
  return trimmed
}

/** A keyword as it is stored. @throws Refusal `invalid` */
export function checkedKeyword(keyword: string): string {
  const trimmed = storable(keyword)
  if (trimmed === '') throw refuse('invalid', 'keywordBlank')
  if (trimmed.length > filterLimits.keywordLength)
    throw refuse('invalid', 'keywordTooLong', { max: filterLimits.keywordLength })
  return trimmed
}

/** Contexts in their order. @throws Refusal `invalid` for none, and for unknown ones */
export function checkedContexts(contexts: readonly string[]): FilterContext[] {
  const valid = filterContexts.filter((context) => contexts.includes(context))
  if (valid.length === 0 || valid.length < new Set(contexts).size) throw refuse('invalid', 'filterContext')
  return valid
}

/** A text without space around it, and without NUL, which files may have and PostgreSQL can't store. */
const storable = (text: string): string => text.replaceAll('\0', '').trim()
