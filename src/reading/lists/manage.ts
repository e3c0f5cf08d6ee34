/** Private lists of accounts, each with a timeline of its own. */
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { listAccounts, lists } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type ListId, newId } from '../../platform/ids.ts'
import { refuse } from '../../text/refusals.ts'

export const repliesPolicies = ['followed', 'list', 'none'] as const
export type List = Pick<typeof lists.$inferSelect, 'id' | 'title' | 'repliesPolicy' | 'isExclusive'>
export type ListInput = Partial<Omit<List, 'id'>>

const maxLists = 50
/** The most characters of a title. */
export const maxTitleLength = 255

const columns = { id: lists.id, title: lists.title, repliesPolicy: lists.repliesPolicy, isExclusive: lists.isExclusive }

/**
 * Makes a list for an account.
 *
 * @throws Refusal `invalid` without a title, and when the account has too many
 */
export async function createList(tx: Tx, accountId: AccountId, input: ListInput): Promise<ListId> {
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from lists where account_id = ${accountId}`,
  )
  if ((rows[0]?.count ?? 0) >= maxLists) throw refuse('invalid', 'tooManyLists')
  const id = newId<ListId>()
  await tx.insert(lists).values({ ...input, id, accountId, title: checkedTitle(input.title) })
  return id
}

/**
 * Changes the given fields of a list.
 *
 * @throws Refusal `not_found` when the account has no such list, `invalid` for an empty title
 */
export async function updateList(tx: Tx, accountId: AccountId, id: ListId, input: ListInput): Promise<void> {
  await ownList(tx, accountId, id)
  const changes = { ...input, ...(input.title === undefined ? {} : { title: checkedTitle(input.title) }) }
  if (Object.keys(changes).length > 0) await tx.update(lists).set(changes).where(eq(lists.id, id))
}

/** @throws Refusal `not_found` when the account has no such list */
export async function deleteList(tx: Tx, accountId: AccountId, id: ListId): Promise<void> {
  await ownList(tx, accountId, id)
  await tx.delete(lists).where(eq(lists.id, id))
}

function checkedTitle(title = ''): string {
  const written = title.trim()
  if (written === '') throw refuse('invalid', 'listTitleBlank')
  if ([...written].length > maxTitleLength) throw refuse('invalid', 'listTitleTooLong', { max: maxTitleLength })
  return written
}

/** One list of an account. @throws Refusal `not_found` */
export async function ownList(db: Reader, accountId: AccountId, id: ListId): Promise<List> {
  const [found] = await db
    .select(columns)
    .from(lists)
    .where(and(eq(lists.id, id), eq(lists.accountId, accountId)))
  if (!found) throw notFound()
  return found
}

/** All lists of an account, oldest first. */
export const listsOf = (db: Reader, accountId: AccountId): Promise<List[]> =>
  db.select(columns).from(lists).where(eq(lists.accountId, accountId)).orderBy(asc(lists.id))

/** The lists of an account that an account is a member of. */
export const listsWith = (db: Reader, accountId: AccountId, memberId: AccountId): Promise<List[]> =>
  db
    .select(columns)
    .from(lists)
    .innerJoin(listAccounts, and(eq(listAccounts.listId, lists.id), eq(listAccounts.accountId, memberId)))
    .where(eq(lists.accountId, accountId))
    .orderBy(asc(lists.id))
