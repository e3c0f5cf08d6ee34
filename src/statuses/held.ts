/**
 * Held statuses: for up to two minutes only this server has them, so that their authors can still edit or delete them.
 * Other servers then get the status as it is by then. Boosts of a held status, replies to it and quotes of it wait,
 * too.
 */
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import { emit } from '../outbox/emit.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { quotes, statuses } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { withoutQuoteLine } from '../text/quote-line.ts'
import { isPinned } from './interactions/pin.ts'

/** Where a status is: `hasLeft` (`access/visibility.ts`) is the opposite in SQL. */
export type Reach = { isLocalOnly: boolean; heldUntil: Date | null }

/** Whether no other server may have a status. */
export const staysHere = ({ isLocalOnly, heldUntil }: Reach): boolean => isLocalOnly || heldUntil !== null

/** The member of an event that keeps it from other servers. */
export const reachOf = (status: Reach): { staysHere?: true } => (staysHere(status) ? { staysHere: true } : {})

/**
 * The reach of a new status or boost: never wider than the reach of a status that it replies to, quotes or boosts, nor earlier.
 *
 * @param undoSeconds how long its author has new statuses held
 */
export function reachAmong(own: { isLocalOnly: boolean; undoSeconds: number }, others: readonly Reach[]): Reach {
  const isLocalOnly = own.isLocalOnly || others.some((other) => other.isLocalOnly)
  if (isLocalOnly) return { isLocalOnly, heldUntil: null }
  const moments = others.flatMap(({ heldUntil }) => heldUntil?.getTime() ?? [])
  if (own.undoSeconds > 0) moments.push(Date.now() + own.undoSeconds * 1_000)
  return { isLocalOnly, heldUntil: moments.length > 0 ? new Date(Math.max(...moments)) : null }
}

/** Queues the end of a status's hold, if it is held. */
export async function queueRelease(tx: Tx, statusId: StatusId, heldUntil: Date | null): Promise<void> {
  if (heldUntil === null) return
  await addJobs(tx, [
    { name: 'release-held', payload: { statusId }, runAt: heldUntil, key: `release-held ${statusId}` },
  ])
}

/**
 * Ends a hold whose time is over. The statuses that it replies to, quotes or boosts leave before it; it waits until all
 * of them may leave. Repeating it changes nothing; a deleted status never leaves.
 */
export async function releaseHeld(tx: Tx, statusId: StatusId): Promise<void> {
  const waiting = await lockWaiting(tx, statusId)
  const last = Math.max(...waiting.map(({ heldUntil }) => heldUntil.getTime()))
  if (last > Date.now()) return queueRelease(tx, statusId, new Date(last))
  for (const status of waiting) await leave(tx, status)
}

/**
 * Ends the hold of an account's status early, along with that of its other statuses before it. Waits on for statuses of others that
 * it replies to or quotes. Repeating it changes nothing.
 *
 * @throws Refusal `not_found` when the account has no such status
 */
export async function sendNow(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<void> {
  const [own] = await tx
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), eq(statuses.accountId, accountId), isNull(statuses.deletedAt)))
  if (!own) throw notFound()
  const waiting = await lockWaiting(tx, statusId)
  const ofOthers = waiting.filter((status) => status.accountId !== accountId)
  const last = Math.max(0, ...ofOthers.map(({ heldUntil }) => heldUntil.getTime()))
  if (last <= Date.now()) for (const status of waiting) await leave(tx, status)
  else {
    const heldUntil = new Date(last)
    await tx.update(statuses).set({ heldUntil }).where(eq(statuses.id, statusId))
    await queueRelease(tx, statusId, heldUntil)
  }
}

type Waiting = typeof statuses.$inferSelect & { heldUntil: Date }

/**
 * A held status and the held ones that it depends on, the oldest first. Locks them in this order, as a deletion locks a status before
 * its boosts.
 */
async function lockWaiting(tx: Tx, statusId: StatusId): Promise<Waiting[]> {
  const { rows } = await tx.execute<{ id: StatusId }>(sql`
    with recursive waiting(id, in_reply_to_id, reblog_of_id) as (
      select s.id, s.in_reply_to_id, s.reblog_of_id from statuses s where s.id = ${statusId} and s.held_until is not null and s.deleted_at is null
      union
      select s.id, s.in_reply_to_id, s.reblog_of_id from waiting w
        cross join lateral unnest(array[w.in_reply_to_id, w.reblog_of_id, (select q.quoted_status_id from quotes q where q.status_id = w.id)]) other(id)
        join statuses s on s.id = other.id
      where s.held_until is not null and s.deleted_at is null)
    select id::text as id from waiting`)
  if (rows.length === 0) return []
  const locked = await tx
    .select()
    .from(statuses)
    .where(
      sql`${statuses.id} = any(${arrayOf(rows.map(({ id }) => id))}::bigint[]) and ${statuses.heldUntil} is not null and ${statuses.deletedAt} is null`,
    )
    .orderBy(statuses.id)
    .for('update')
  return locked as Waiting[]
}

/** Queues the activities of a status whose hold ended: its Create, and requests and pins from the time of the hold. */
async function leave(tx: Tx, waiting: Waiting): Promise<void> {
  const { id, accountId } = waiting
  await tx.update(statuses).set({ heldUntil: null }).where(eq(statuses.id, id))
  const status = { ...waiting, ...(await withoutTakenBack(tx, waiting)) }
  if (status.consent === 'refused') return
  if (status.consent === 'asked') {
    const kind = status.reblogOfId ? 'announce' : 'reply'
    return emit(tx, { type: 'interaction.requested', kind, interactionId: id })
  }
  if (status.reblogOfId) return emit(tx, { type: 'reblog.left', statusId: id })
  await emit(tx, { type: 'status.left', statusId: id, isReply: status.inReplyToUri !== null })
  const [quote] = await tx.select({ state: quotes.state }).from(quotes).where(eq(quotes.statusId, id))
  if (quote?.state === 'pending') await emit(tx, { type: 'quote.requested', statusId: id })
  if (await isPinned(tx, accountId, id)) await emit(tx, { type: 'status.pinned', accountId, statusId: id })
}

/** Removes references to a status that was deleted while it was held: its existence is not to be revealed to other servers. */
async function withoutTakenBack(
  tx: Tx,
  { id, inReplyToId, content }: Waiting,
): Promise<Partial<typeof statuses.$inferSelect>> {
  const [quote] = await tx.select({ quotedId: quotes.quotedStatusId }).from(quotes).where(eq(quotes.statusId, id))
  const named = [inReplyToId, quote?.quotedId].filter((other) => other != null)
  if (named.length === 0) return {}
  const takenBack = await tx
    .select({ id: statuses.id, url: statuses.url })
    .from(statuses)
    .where(and(inArray(statuses.id, named), isNotNull(statuses.deletedAt), isNotNull(statuses.heldUntil)))
  const quoted = takenBack.find((other) => other.id === quote?.quotedId)
  const change = {
    ...(takenBack.some((other) => other.id === inReplyToId)
      ? { inReplyToId: null, inReplyToAccountId: null, inReplyToUri: null }
      : {}),
    ...(quoted ? { content: withoutQuoteLine(content, quoted.url) } : {}),
  }
  if (quoted) await tx.delete(quotes).where(eq(quotes.statusId, id))
  if (takenBack.length > 0) await tx.update(statuses).set(change).where(eq(statuses.id, id))
  return change
}
