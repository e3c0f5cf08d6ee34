/** Pins: statuses at the top of an account's profile, federated as its featured collection. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { pins, statuses } from '../../platform/db/schema/statuses.ts'
import { type AccountId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { refuse } from '../../text/refusals.ts'
import { visibleTo } from '../access/visibility.ts'
import { undoTarget, visibleStatus } from '../find.ts'

/** Pins that are stored of a remote account. */
const maxRemotePins = 20

/**
 * Pins a status of a local account to its profile. Repeating it changes nothing.
 *
 * @throws Refusal `not_found` when the account may not see it, `invalid` when it may not be pinned, or too many are pinned
 */
export async function pin(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await visibleStatus(tx, accountId, statusId)
  if (status.accountId !== accountId) throw refuse('invalid', 'pinForeign')
  if (status.reblogOfId) throw refuse('invalid', 'pinBoost')
  if (status.consent !== null) throw refuse('invalid', 'pinUnaccepted')
  if (status.visibility === 'direct') throw refuse('invalid', 'pinDirect')

  // The lock keeps two pins at the same time from both taking the last place.
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('update')
  const pinned = await tx.select({ statusId: pins.statusId }).from(pins).where(eq(pins.accountId, accountId))
  if (pinned.some((other) => other.statusId === statusId)) return statusId
  if (pinned.length >= limits.account.maxPinnedStatuses) throw refuse('invalid', 'tooManyPinned')
  await tx.insert(pins).values({ id: newId<RelationId>(), accountId, statusId })
  await emit(tx, { type: 'status.pinned', accountId, statusId })
  return statusId
}

/** Removes a pin. Without one, nothing happens. */
export async function unpin(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const status = await undoTarget(tx, statusId)
  if (await removePin(tx, accountId, status.id))
    await emit(tx, { type: 'status.unpinned', accountId, statusId: status.id })
  return status.id
}

export async function isPinned(db: Reader, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const rows = await db
    .select({ id: pins.id })
    .from(pins)
    .where(and(eq(pins.accountId, accountId), eq(pins.statusId, statusId)))
  return rows.length > 0
}

/** Deletes a pin without an event. @returns whether there was one */
export async function removePin(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<boolean> {
  const removed = await tx
    .delete(pins)
    .where(and(eq(pins.accountId, accountId), eq(pins.statusId, statusId)))
    .returning({ id: pins.id })
  return removed.length > 0
}

/** Stores a pin of a remote account. Ignores a status by another account, and pins beyond `maxRemotePins`. */
export async function receivePin(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<void> {
  await tx.execute(sql`
    insert into pins (id, account_id, status_id)
    select ${newId()}, s.account_id, s.id from statuses s
    where s.id = ${statusId} and s.account_id = ${accountId} and s.deleted_at is null and s.reblog_of_id is null and s.visibility <> 'direct'
      and (select count(*) from pins p where p.account_id = ${accountId}) < ${maxRemotePins}
    on conflict do nothing`)
}

/** Replaces the pins of a remote account by its server's list, which has the top one first. */
export async function receivePins(tx: Tx, accountId: AccountId, statusIds: StatusId[]): Promise<void> {
  await tx.delete(pins).where(eq(pins.accountId, accountId))
  // Newer pins are shown first.
  for (const statusId of statusIds.slice(0, maxRemotePins).toReversed()) await receivePin(tx, accountId, statusId)
}

/** Ids of an account's pinned statuses that the viewer may see, the latest pin first. */
export async function pinnedStatuses(db: Reader, viewer: AccountId | null, accountId: AccountId): Promise<StatusId[]> {
  const rows = await db
    .select({ id: statuses.id })
    .from(pins)
    .innerJoin(statuses, and(eq(statuses.id, pins.statusId), isNull(statuses.deletedAt)))
    .where(and(eq(pins.accountId, accountId), visibleTo(viewer)))
    .orderBy(desc(pins.id))
    .limit(maxRemotePins)
  return rows.map(({ id }) => id)
}
