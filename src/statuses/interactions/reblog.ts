import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { notify, unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import { type AccountId, idAt, newId, type StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { refuse } from '../../text/refusals.ts'
import { mustAskAuthor, withdrawRequest } from '../access/ask-author.ts'
import { isHeld, permissionFor } from '../access/interaction-policy.ts'
import { isOpen } from '../access/visibility.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { actionTarget, undoTarget } from '../find.ts'
import { queueRelease, type Reach, reachAmong, reachOf, staysHere } from '../held.ts'
import { storeStatus } from '../store.ts'

/**
 * Options of a boost. Local boosts may have a visibility, remote ones the data of their Announce and the author's proven
 * consent.
 */
export type ReblogOptions = {
  visibility?: Exclude<Visibility, 'direct'>
  uri?: string
  publishedAt?: Date
  approvalUri?: string | null
  arrivedAt?: number
  /** Whether its server asked for the consent, so that the answer names the request. */
  isRequested?: boolean
}

/**
 * Boosts a status for a local or remote account, and returns the boost, which is a status, too. Repeating it returns
 * the same boost. A boost's audience is never wider than that of the boosted status: only the author can boost a
 * private status, for the same followers. A boost of a status that stays on this server stays here as long. When the
 * author's consent is required, only the booster sees the boost until the answer comes.
 *
 * @throws Refusal `not_found` when the account may not see the status, `not_permitted` when it may not be boosted
 */
export async function reblog(
  tx: Tx,
  uris: Uris,
  accountId: AccountId,
  statusId: StatusId,
  options: ReblogOptions = {},
): Promise<StatusId> {
  const target = await actionTarget(tx, accountId, statusId)
  if (target.visibility === 'direct' || (target.visibility === 'private' && target.accountId !== accountId)) {
    throw refuse('not_permitted', 'notAllowed')
  }
  const permission = await permissionFor(tx, accountId, target, 'announce', options.approvalUri)

  const publishedAt = new Date(Math.min(options.publishedAt?.getTime() ?? Date.now(), Date.now()))
  const id = options.publishedAt ? idAt<StatusId>(publishedAt, options.arrivedAt) : newId<StatusId>()
  const visibility = target.visibility === 'private' ? 'private' : (options.visibility ?? 'public')
  const uri = options.uri ?? uris.activity('announces', id)
  const reach = reachAmong({ isLocalOnly: false, undoSeconds: 0 }, [target])
  // Some servers boost again with the id of an undone boost.
  if (options.uri !== undefined)
    await tx
      .delete(statuses)
      .where(
        and(
          eq(statuses.uri, uri),
          eq(statuses.accountId, accountId),
          isNotNull(statuses.reblogOfId),
          isNotNull(statuses.deletedAt),
        ),
      )
  const isNew = await storeStatus(tx, {
    id,
    accountId,
    isLocal: options.uri === undefined,
    uri,
    url: options.uri ?? target.uri,
    visibility,
    reblogOfId: target.id,
    threadId: id,
    consent: isHeld(permission) ? 'asked' : null,
    approvalUri:
      options.approvalUri ?? (permission === 'granted' ? uris.activity('announce-authorizations', id) : null),
    ...reach,
    createdAt: publishedAt,
  })
  if (!isNew) return existingReblog(tx, accountId, target.id)

  await queueRelease(tx, id, reach.heldUntil)
  // Other servers need the consent to show the boost, even if its own server did not ask for it.
  if (permission === 'granted' && options.uri !== undefined && !options.isRequested)
    await emit(tx, { type: 'interaction.granted', kind: 'announce', requestUri: null, interactionId: id })
  if (permission === 'wait')
    await mustAskAuthor(tx, {
      kind: 'announce',
      accountId: target.accountId,
      fromAccountId: accountId,
      statusId: target.id,
      subject: { interactionId: id },
      interactionUri: options.uri ?? null,
    })
  else if (!isHeld(permission))
    await countBoost(
      tx,
      { id, accountId, visibility, reblogOfId: target.id, createdAt: publishedAt, ...reach },
      target.accountId,
    )
  else if (!staysHere(reach)) await emit(tx, { type: 'interaction.requested', kind: 'announce', interactionId: id })
  return id
}

/** Counts and announces a boost that needs no consent, or has it. */
export async function countBoost(
  tx: Tx,
  boost: { id: StatusId; accountId: AccountId; visibility: Visibility; reblogOfId: StatusId; createdAt: Date } & Reach,
  authorId: AccountId,
): Promise<void> {
  const { id, accountId, visibility, reblogOfId, createdAt } = boost
  if (isOpen(visibility)) {
    await bumpStatus(tx, reblogOfId, 'reblogsCount', 1, id)
    if (!boost.isLocalOnly) await bumpAccount(tx, accountId, 'statusesCount', 1, createdAt)
  }
  await notify(tx, { type: 'reblog', for: authorId, from: accountId, statusId: reblogOfId })
  await emit(tx, { type: 'reblog.created', statusId: id, ...reachOf(boost) })
}

/**
 * Undoes a boost. Without one, nothing happens.
 *
 * @param statusId the boosted status, or a boost of it
 * @returns the status that was boosted
 */
export async function unreblog(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<StatusId> {
  const target = await undoTarget(tx, statusId)

  const [removed] = await tx
    .update(statuses)
    .set({ deletedAt: sql`now()` })
    .where(and(eq(statuses.accountId, accountId), eq(statuses.reblogOfId, target.id), isNull(statuses.deletedAt)))
    .returning()
  if (!removed) return target.id

  if (isOpen(removed.visibility) && removed.consent === null) {
    await bumpStatus(tx, target.id, 'reblogsCount', -1, removed.id)
    if (!removed.isLocalOnly) await bumpAccount(tx, accountId, 'statusesCount', -1)
  }
  await withdrawRequest(tx, 'announce', { interactionId: removed.id })
  await unnotify(tx, { type: 'reblog', for: target.accountId, from: accountId, statusId: target.id })
  await emit(tx, { type: 'reblog.removed', statusId: removed.id, ...reachOf(removed) })
  return target.id
}

/** Whether an account has boosted a status. */
export const hasReblogged = async (db: Reader, accountId: AccountId, statusId: StatusId): Promise<boolean> =>
  (await boostOf(db, accountId, statusId)) !== null

/** An account's boost of a status, or null. */
export async function boostOf(db: Reader, accountId: AccountId, statusId: StatusId): Promise<StatusId | null> {
  const [boost] = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.accountId, accountId), eq(statuses.reblogOfId, statusId), isNull(statuses.deletedAt)))
  return boost?.id ?? null
}

async function existingReblog(tx: Tx, accountId: AccountId, targetId: StatusId): Promise<StatusId> {
  const existing = await boostOf(tx, accountId, targetId)
  // The conflict may also be about the Announce's id: it was undone, or is another account's.
  if (!existing) throw new Refusal('gone', 'This boost was taken back')
  return existing
}
