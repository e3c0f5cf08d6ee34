/** Answers to remote accounts that ask to favourite, boost or answer a local status: by the author's policy. */
import { and, eq, isNull } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, Id, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import type { Uris } from '../../platform/uris.ts'
import { isBlockedEitherWay } from '../../relationships/pairs.ts'
import { lockStatus, undoTarget, visibleStatus } from '../find.ts'
import { favourite } from '../interactions/favourite.ts'
import { type ReblogOptions, boostOf, reblog } from '../interactions/reblog.ts'
import { type Asking, askAuthor } from './ask-author.ts'
import { interactionWith } from './interaction-policy.ts'
import { admitReply } from './outside-replies.ts'
import { hasLeft, isOpen } from './visibility.ts'

/** A remote account's interaction with a local status. `requestUri`: id of its request; null: its server did not ask. */
export type InteractionRequest = {
  kind: InteractionKind
  requestUri: string | null
  accountId: AccountId
  statusId: StatusId
  interactionUri: string
}

/**
 * Whether a remote account's request is to be considered: it is if the account sees the status. Null means no answer, as
 * the account must not even learn that the status exists.
 */
export async function answerToInteraction(
  db: Reader,
  accountId: AccountId,
  statusId: StatusId,
): Promise<boolean | null> {
  try {
    const { reblogOfId, consent } = await visibleStatus(db, accountId, statusId)
    const [status] = await db.select({ isLocal: statuses.isLocal }).from(statuses).where(eq(statuses.id, statusId))
    return status?.isLocal && !reblogOfId && consent === null ? true : null
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const [open] = await db
      .select({ accountId: statuses.accountId, visibility: statuses.visibility })
      .from(statuses)
      .innerJoin(accounts, eq(accounts.id, statuses.accountId))
      .where(
        and(
          eq(statuses.id, statusId),
          eq(statuses.isLocal, true),
          isNull(statuses.reblogOfId),
          isNull(statuses.deletedAt),
          isNull(statuses.consent),
          hasLeft(statuses),
          isNull(accounts.suspendedAt),
        ),
      )
    return open && isOpen(open.visibility) && (await isBlockedEitherWay(db, accountId, open.accountId)) ? false : null
  }
}

/** Queues a Reject of an interaction. */
export async function refuseInteraction(tx: Tx, request: InteractionRequest): Promise<void> {
  await emit(tx, { type: 'interaction.refused', ...request })
}

/** Queues an Accept of an interaction that is stored. */
export async function grantInteraction(
  tx: Tx,
  { kind, requestUri }: Pick<InteractionRequest, 'kind' | 'requestUri'>,
  interactionId: Id<string>,
): Promise<void> {
  await emit(tx, { type: 'interaction.granted', kind, requestUri, interactionId })
}

/**
 * Answers a LikeRequest. The favourite is stored under the requested id, with a consent that other servers can look up, or waits for
 * the author.
 *
 * @throws Refusal `not_permitted` when the author does not allow it
 */
export async function favouriteOnRequest(tx: Tx, uris: Uris, request: InteractionRequest): Promise<void> {
  const find = async () =>
    (
      await tx
        .select({ id: favourites.id, isPending: favourites.isPending })
        .from(favourites)
        .where(and(eq(favourites.accountId, request.accountId), eq(favourites.statusId, request.statusId)))
    )[0]
  const before = await find()
  // A consent of before stays, whatever the policy says now.
  if (!before || before.isPending)
    await favourite(tx, request.accountId, request.statusId, { uri: request.interactionUri })
  const like = before ?? (await find())
  if (!like) return
  await tx.update(favourites).set({ uri: request.interactionUri }).where(eq(favourites.id, like.id))
  if (like.isPending) return wait(tx, request, { favouriteId: like.id })
  await tx
    .update(favourites)
    .set({ approvalUri: uris.activity('like-authorizations', like.id) })
    .where(eq(favourites.id, like.id))
  await grantInteraction(tx, request, like.id)
}

/**
 * Answers an AnnounceRequest, as `favouriteOnRequest` does.
 *
 * @throws Refusal as `reblog` does
 */
export async function boostOnRequest(
  tx: Tx,
  uris: Uris,
  request: InteractionRequest,
  options: Pick<ReblogOptions, 'visibility' | 'publishedAt'>,
): Promise<void> {
  const boostId =
    (await boostOf(tx, request.accountId, request.statusId)) ??
    (await reblog(tx, uris, request.accountId, request.statusId, {
      ...options,
      uri: request.interactionUri,
      isRequested: true,
    }))
  const [boost] = await tx.select({ consent: statuses.consent }).from(statuses).where(eq(statuses.id, boostId))
  if (boost?.consent === 'asked') return wait(tx, request, { interactionId: boostId })
  await grantInteraction(tx, request, boostId)
}

/** The request waits for the author; refused if too much waits already. */
async function wait(tx: Tx, request: InteractionRequest, subject: Asking['subject']): Promise<void> {
  const [target] = await tx
    .select({ accountId: statuses.accountId })
    .from(statuses)
    .where(eq(statuses.id, request.statusId))
  const { kind, accountId: fromAccountId, statusId, interactionUri, requestUri } = request
  const isWaiting =
    target !== undefined &&
    (await askAuthor(tx, {
      kind,
      accountId: target.accountId,
      fromAccountId,
      statusId,
      subject,
      interactionUri,
      requestUri,
    }))
  if (!isWaiting) await refuseInteraction(tx, request)
}

/**
 * Answers a stored remote reply to a local status by the author's policy: the reply gets into its thread, waits for the author, or
 * stays outside. A reply without a request gets an answer only where the policy limits replies.
 */
export async function answerReply(tx: Tx, request: InteractionRequest, replyId: StatusId): Promise<void> {
  const [reply] = await tx
    .select({
      id: statuses.id,
      accountId: statuses.accountId,
      visibility: statuses.visibility,
      consent: statuses.consent,
      inReplyToId: statuses.inReplyToId,
    })
    .from(statuses)
    .where(and(eq(statuses.id, replyId), isNull(statuses.deletedAt)))
    .for('update')
  if (!reply || !(await lockStatus(tx, request.statusId))) return refuseInteraction(tx, request)
  const target = await undoTarget(tx, request.statusId)
  const answer = await interactionWith(tx, reply.accountId, target, 'reply')
  if (reply.inReplyToId === target.id && reply.consent === null)
    return request.requestUri === null && answer === 'free' ? undefined : grantInteraction(tx, request, replyId)
  const isOutside = reply.consent === 'unproven' && !(await isBlockedEitherWay(tx, reply.accountId, target.accountId))
  if (!isOutside || answer === 'denied') return refuseInteraction(tx, request)
  if (answer === 'ask') return wait(tx, request, { interactionId: replyId })
  await admitReply(tx, reply, target)
  await grantInteraction(tx, request, replyId)
}
