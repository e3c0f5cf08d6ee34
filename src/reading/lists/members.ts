import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { arrayOf, isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { listAccounts } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type ListId, newId, type RelationId } from '../../platform/ids.ts'
import type { Related } from '../../relationships/lists.ts'
import { lockPairs } from '../../relationships/pairs.ts'
import { refuse } from '../../text/refusals.ts'
import { listsWith, ownList } from './manage.ts'

/** The query of a list's timeline takes all members as one array. */
const maxMembers = 5_000

/**
 * Adds accounts to a list, all or none. The list's owner must follow each, have asked to follow it, or be it.
 *
 * @throws Refusal `not_found` when the owner has no such list or does not follow an account, `invalid` when one is a
 *   member already, or when there are too many
 */
export async function addToList(tx: Tx, ownerId: AccountId, listId: ListId, memberIds: AccountId[]): Promise<void> {
  await ownList(tx, ownerId, listId)
  const wanted = [...new Set(memberIds)]
  if (wanted.length === 0) return
  await lockPairs(
    tx,
    wanted.map((memberId) => [ownerId, memberId] as const),
  )
  const { rows } = await tx.execute<{ known: number; members: number }>(sql`
    select (select count(*)::int from unnest(${arrayOf(wanted)}::bigint[]) wanted(id) where wanted.id = ${ownerId}
        or exists (select from follows f where f.follower_id = ${ownerId} and f.target_id = wanted.id)
        or exists (select from follow_requests f where f.follower_id = ${ownerId} and f.target_id = wanted.id)) as known,
      (select count(*)::int from list_accounts where list_id = ${listId}) as members`)
  const { known = 0, members = 0 } = rows[0] ?? {}
  if (known < wanted.length) throw notFound()
  if (members + wanted.length > maxMembers) throw refuse('invalid', 'listFull', { max: maxMembers })
  const added = await tx
    .insert(listAccounts)
    .values(wanted.map((accountId) => ({ id: newId<RelationId>(), listId, accountId })))
    .onConflictDoNothing()
    .returning({ id: listAccounts.id })
  if (added.length < wanted.length) throw refuse('invalid', 'accountListed')
}

/**
 * Removes accounts from a list. Ignores accounts that aren't on it.
 *
 * @throws Refusal `not_found` when the owner has no such list
 */
export async function removeFromList(
  tx: Tx,
  ownerId: AccountId,
  listId: ListId,
  memberIds: AccountId[],
): Promise<void> {
  await ownList(tx, ownerId, listId)
  if (memberIds.length > 0)
    await tx
      .delete(listAccounts)
      .where(and(eq(listAccounts.listId, listId), inArray(listAccounts.accountId, memberIds)))
}

/**
 * A page of a list's members, latest addition first; without a page, all of them. The cursor is the id of the
 * membership.
 *
 * @throws Refusal `not_found` when the owner has no such list
 */
export async function listMembers(
  db: Reader,
  ownerId: AccountId,
  listId: ListId,
  page: Page | null,
): Promise<Related[]> {
  await ownList(db, ownerId, listId)
  const { where, orderBy } = slice(listAccounts.id, page ?? { limit: maxMembers })
  const rows = await db
    .select({ id: listAccounts.id, accountId: listAccounts.accountId })
    .from(listAccounts)
    .innerJoin(accounts, eq(accounts.id, listAccounts.accountId))
    .where(and(eq(listAccounts.listId, listId), isNull(accounts.suspendedAt), where))
    .orderBy(orderBy)
    .limit(page?.limit ?? maxMembers)
  return page ? settle(page, rows) : rows
}

/** Those of some accounts that are on a list, whose owner the caller knows. */
export async function membersAmong(
  db: Reader,
  listId: ListId,
  accountIds: readonly AccountId[],
): Promise<ReadonlySet<AccountId>> {
  if (accountIds.length === 0) return new Set()
  const rows = await db
    .select({ id: listAccounts.accountId })
    .from(listAccounts)
    .where(and(eq(listAccounts.listId, listId), isOneOfIds(listAccounts.accountId, accountIds)))
  return new Set(rows.map(({ id }) => id))
}

/**
 * Puts an account on exactly these lists of their owner.
 *
 * @throws Refusal `not_found` when one is not a list of the owner, or the owner doesn’t follow the account; `invalid`
 *   when a list is full
 */
export async function setListsWith(
  tx: Tx,
  ownerId: AccountId,
  memberId: AccountId,
  wanted: readonly ListId[],
): Promise<void> {
  const present = (await listsWith(tx, ownerId, memberId)).map(({ id }) => id)
  for (const id of new Set(wanted)) if (!present.includes(id)) await addToList(tx, ownerId, id, [memberId])
  for (const id of present) if (!wanted.includes(id)) await removeFromList(tx, ownerId, id, [memberId])
}
