/** Actions of staff on posts, local and remote: each is a strike against their account. */
import { and, eq, isNull } from 'drizzle-orm'
import { audit, auditEach } from '../accounts/roles/audit.ts'
import { requireAbove, requirePermission, type Staff } from '../accounts/roles/staff.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, StatusId, StrikeId } from '../platform/ids.ts'
import { deleteStatus } from '../statuses/delete.ts'
import { statusesBefore, statusesOf } from '../statuses/find.ts'
import { setSensitive } from '../statuses/mark-sensitive.ts'
import { struckWords } from '../statuses/struck.ts'
import { refuse } from '../text/refusals.ts'
import { keepPosts } from './accounts/strike-posts.ts'
import { strike, type StrikeInput, targetOf } from './accounts/strike.ts'

/** Posts that one action is about at most. */
const statusesAtOnce = 100

type StatusAction = 'delete_statuses' | 'mark_statuses_as_sensitive'

export type StatusActionInput = Omit<StrikeInput, 'action' | 'statusIds'> & { action: StatusAction }

export type StatusActionResult = {
  /** Null when all posts were gone or marked already. */
  strikeId: StrikeId | null
  /** The posts that were deleted or marked. */
  done: StatusId[]
  /** Whether lifting the strike brings them back: a deleted post is gone for good. */
  canBeUndone: boolean
}

/**
 * Deletes posts or boosts of an account, or marks posts as sensitive. Other servers get what they get when the author does so. The
 * person is told, as of every strike, which keeps the words of the posts.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid`
 */
export async function actOnStatuses(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  statusIds: readonly StatusId[],
  input: StatusActionInput,
): Promise<StatusActionResult> {
  const canBeUndone = input.action === 'mark_statuses_as_sensitive'
  const found = await requireStatuses(tx, staff, accountId, statusIds)
  const ids = found.map(({ id }) => id)
  const words = await struckWords(tx, ids)
  const done = canBeUndone ? await setSensitive(tx, accountId, ids, true) : await deleteAll(tx, accountId, found)
  if (done.length === 0) return { strikeId: null, done, canBeUndone }
  await auditPosts(tx, staff, canBeUndone ? 'markSensitive' : 'delete', found, done)
  const before = canBeUndone ? { marked: done } : {}
  const strikeId = await strike(tx, staff, accountId, { ...input, statusIds: done }, before)
  if (strikeId) await keepPosts(tx, strikeId, words, done)
  return { strikeId, done, canBeUndone }
}

/**
 * Deletes posts of one account without a strike, of which its person is not told.
 *
 * @returns the deleted posts
 * @throws Refusal `not_permitted`, `not_found`, `invalid`
 */
export async function removeStatuses(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  statusIds: readonly StatusId[],
): Promise<StatusId[]> {
  const found = await requireStatuses(tx, staff, accountId, statusIds)
  const done = await deleteAll(tx, accountId, found)
  await auditPosts(tx, staff, 'delete', found, done)
  return done
}

/**
 * Marks posts of an account as sensitive, or takes that back, without a strike.
 *
 * @returns the posts that changed
 * @throws Refusal `not_permitted`, `not_found`, `invalid`
 */
export async function markStatuses(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  statusIds: readonly StatusId[],
  isSensitive: boolean,
): Promise<StatusId[]> {
  const found = await requireStatuses(tx, staff, accountId, statusIds)
  const done = await setSensitive(
    tx,
    accountId,
    found.map(({ id }) => id),
    isSensitive,
  )
  await auditPosts(tx, staff, isSensitive ? 'markSensitive' : 'unmarkSensitive', found, done)
  return done
}

const purgedAtATime = 50

/**
 * Deletes all posts and boosts of an account, the newest first, in batches.
 *
 * @param before only those that are older
 * @returns their number
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function purgeStatuses(db: Db, staff: Staff, accountId: AccountId, before?: Date): Promise<number> {
  requirePermission(staff, 'delete_user_data')
  await requireAbove(db, staff, accountId)
  const [account] = await db
    .select({ id: accounts.id, username: accounts.username, domain: accounts.domain })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt)))
  if (!account) throw notFound()
  let total = 0
  for (let count = purgedAtATime; count === purgedAtATime;) {
    count = await db.transaction(async (tx) => {
      const rows = await statusesBefore(tx, accountId, before, purgedAtATime)
      const done = await deleteAll(tx, accountId, rows)
      if (done.length > 0)
        await audit(tx, staff, 'status', 'delete', targetOf(account), { count: done.length, statusIds: done })
      return rows.length
    })
    total += count
  }
  return total
}

/** @returns the ids and pages of the posts that are there */
async function requireStatuses(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  statusIds: readonly StatusId[],
): Promise<{ id: StatusId; url: string }[]> {
  requirePermission(staff, 'manage_users', 'manage_reports')
  await requireAbove(tx, staff, accountId)
  if (statusIds.length > statusesAtOnce) throw refuse('invalid', 'tooManyPosts', { max: statusesAtOnce })
  const found = await statusesOf(tx, accountId, statusIds)
  if (found.length === 0) throw notFound()
  return found
}

async function deleteAll(tx: Tx, accountId: AccountId, found: readonly { id: StatusId }[]): Promise<StatusId[]> {
  for (const { id } of found) await deleteStatus(tx, accountId, id)
  return found.map(({ id }) => id)
}

async function auditPosts(
  tx: Tx,
  staff: Staff,
  action: 'delete' | 'markSensitive' | 'unmarkSensitive',
  found: readonly { id: StatusId; url: string }[],
  done: readonly StatusId[],
): Promise<void> {
  const targets = found.filter(({ id }) => done.includes(id)).map(({ id, url }) => ({ id, name: url }))
  await auditEach(tx, staff, 'status', action, targets)
}
