/**
 * Consent to favourites, replies and boosts: authors' answers, what they do to the interactions, answers to remote requests by
 * policy, and proofs of consent.
 */
import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { notify, notifyEach } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import { mentions, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, Id, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import type { Uris } from '../../platform/uris.ts'
import { isBlockedEitherWay } from '../../relationships/pairs.ts'
import { rewindConversations, upsertConversations } from '../conversations.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { lockStatus, type StatusHead, statusByUri, undoTarget, visibleStatus } from '../find.ts'
import { favourite } from '../interactions/favourite.ts'
import { removePin } from '../interactions/pin.ts'
import { removeReactions } from '../interactions/react.ts'
import { boostOf, countBoost, reblog, type ReblogOptions, unreblog } from '../interactions/reblog.ts'
import { refile } from '../tags.ts'
import { adoptReply } from '../threads/threads.ts'
import { type Asking, askAuthor } from './ask-author.ts'
import { interactionWith } from './interaction-policy.ts'
import { releaseStatus } from './release.ts'
import { hasLeft, isOpen } from './visibility.ts'

/** A local interaction, as named by the URI of its request or its own URI. */
export type OwnInteraction = { kind: InteractionKind; id: Id<string> }

/**
 * An author consents to a favourite, to a boost or to a local reply, which is then counted and published. Changes nothing when there
 * is no such pending interaction.
 *
 * @param approvalUri ActivityPub id of the consent
 */
export async function acceptInteraction(
  tx: Tx,
  authorId: AccountId,
  { kind, id }: OwnInteraction,
  approvalUri: string,
): Promise<void> {
  if (kind === 'like') {
    const [like] = await tx
      .update(favourites)
      .set({ isPending: false, approvalUri })
      .where(
        and(sql`${favourites.id} = ${id}`, eq(favourites.isPending, true), isTo(authorId, sql`${favourites.statusId}`)),
      )
      .returning({ statusId: favourites.statusId, accountId: favourites.accountId })
    if (!like) return
    await bumpStatus(tx, like.statusId, 'favouritesCount', 1)
    return notify(tx, { type: 'favourite', for: authorId, from: like.accountId, statusId: like.statusId })
  }
  const target = kind === 'reply' ? statuses.inReplyToId : statuses.reblogOfId
  const [status] = await tx
    .select()
    .from(statuses)
    .where(
      and(
        sql`${statuses.id} = ${id}`,
        eq(statuses.consent, 'asked'),
        isNull(statuses.deletedAt),
        isTo(authorId, sql`${target}`),
      ),
    )
    .for('update')
  if (!status) return
  await refile(
    tx,
    status.id,
    async () => void (await tx.update(statuses).set({ consent: null, approvalUri }).where(eq(statuses.id, status.id))),
  )
  if (status.reblogOfId) return countBoost(tx, { ...status, reblogOfId: status.reblogOfId }, authorId)
  await releaseStatus(tx, {
    ...status,
    parent: status.inReplyToId && { id: status.inReplyToId, accountId: authorId },
    mentionedIds: await mentionedIn(tx, status.id),
  })
}

async function mentionedIn(tx: Tx, statusId: StatusId): Promise<AccountId[]> {
  const mentioned = await tx
    .select({ id: mentions.accountId })
    .from(mentions)
    .where(and(eq(mentions.statusId, statusId), sql`${mentions.position} >= 0`))
    .orderBy(mentions.position)
  return mentioned.map(({ id }) => id)
}

/**
 * An author denies or withdraws consent. A favourite or boost is deleted; a reply stays visible to its author only. An
 * interaction that needed no consent stays.
 */
export async function rejectInteraction(tx: Tx, authorId: AccountId, { kind, id }: OwnInteraction): Promise<void> {
  if (kind === 'like')
    return removeLikes(
      tx,
      and(
        sql`${favourites.id} = ${id}`,
        or(eq(favourites.isPending, true), isNotNull(favourites.approvalUri)),
        isTo(authorId, sql`${favourites.statusId}`),
      ),
    )
  const [status] = await tx
    .select()
    .from(statuses)
    .where(
      and(
        sql`${statuses.id} = ${id}`,
        isNull(statuses.deletedAt),
        isTo(authorId, sql`${kind === 'reply' ? statuses.inReplyToId : statuses.reblogOfId}`),
      ),
    )
    .for('update')
  if (status?.consent === 'asked')
    await tx
      .update(statuses)
      .set(kind === 'reply' ? { consent: 'refused' } : { deletedAt: sql`now()` })
      .where(eq(statuses.id, status.id))
  else if (status?.consent === null && status.approvalUri !== null) await undoConsented(tx, status)
}

/** A local author takes back a consent: the favourite, boost or reply with it is undone. */
export async function withdrawConsent(tx: Tx, { kind, id }: OwnInteraction): Promise<void> {
  if (kind === 'like') return removeLikes(tx, sql`${favourites.id} = ${id}`)
  const [status] = await tx
    .select()
    .from(statuses)
    .where(and(sql`${statuses.id} = ${id}`, isNull(statuses.consent), isNull(statuses.deletedAt)))
    .for('update')
  if (status) await undoConsented(tx, status)
}

/** Limit of interactions with the same consent. A consent is for one, but several may claim it. */
const maxShowing = 100

/**
 * A remote author revokes a consent, which undoes the local or remote interactions with it. Returns whether there were
 * any.
 */
export async function receiveConsentRevocation(tx: Tx, authorId: AccountId, approvalUri: string): Promise<boolean> {
  const likes = await tx
    .select({ id: favourites.id })
    .from(favourites)
    .where(and(eq(favourites.approvalUri, approvalUri), isTo(authorId, sql`${favourites.statusId}`)))
    .limit(maxShowing)
  if (likes.length > 0)
    await removeLikes(
      tx,
      inArray(
        favourites.id,
        likes.map(({ id }) => id),
      ),
    )
  const withConsent = await tx
    .select()
    .from(statuses)
    .where(
      and(
        eq(statuses.approvalUri, approvalUri),
        isNull(statuses.consent),
        isNull(statuses.deletedAt),
        isTo(authorId, sql`coalesce(${statuses.reblogOfId}, ${statuses.inReplyToId})`),
      ),
    )
    .orderBy(statuses.id)
    .limit(maxShowing)
    .for('update')
  for (const status of withConsent) await undoConsented(tx, status)
  return likes.length + withConsent.length > 0
}

async function removeLikes(tx: Tx, which: SQL | undefined): Promise<void> {
  const removed = await tx
    .delete(favourites)
    .where(which)
    .returning({ accountId: favourites.accountId, statusId: favourites.statusId, isPending: favourites.isPending })
  for (const { accountId, statusId, isPending } of removed) {
    if (isPending) continue
    await bumpStatus(tx, statusId, 'favouritesCount', -1)
    await removeReactions(tx, accountId, statusId)
  }
}

/**
 * Undoes a boost or reply that was published with a consent. A local reply keeps the consent's id: it means that other
 * servers have the reply.
 */
async function undoConsented(tx: Tx, status: typeof statuses.$inferSelect): Promise<void> {
  const { id, accountId, isLocal, inReplyToId } = status
  if (status.reblogOfId) return void (await unreblog(tx, accountId, id))
  // Counters in the same order as in publishing: two transactions would deadlock otherwise.
  if (isLocal)
    await refile(
      tx,
      id,
      async () => void (await tx.update(statuses).set({ consent: 'refused' }).where(eq(statuses.id, id))),
    )
  else
    await tx
      .update(statuses)
      .set({ consent: 'unproven', approvalUri: null, inReplyToId: null, inReplyToAccountId: null })
      .where(eq(statuses.id, id))
  if (inReplyToId && isOpen(status.visibility)) await bumpStatus(tx, inReplyToId, 'repliesCount', -1, id)
  if (!isLocal) return
  if (isOpen(status.visibility) && !status.isLocalOnly) await bumpAccount(tx, accountId, 'statusesCount', -1)
  await tx.delete(notifications).where(eq(notifications.statusId, id))
  if (status.visibility === 'direct') await rewindConversations(tx, sql`(${id}::bigint)`)
  if (await removePin(tx, accountId, id)) await emit(tx, { type: 'status.unpinned', accountId, statusId: id })
}

/** SQL condition: a status is by an author. */
const isTo = (authorId: AccountId, statusId: ReturnType<typeof sql>) =>
  sql`exists (select from statuses target where target.id = ${statusId} and target.account_id = ${authorId})`

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

/**
 * Accepts a remote reply that waits outside of its thread.
 *
 * @returns whether it was there
 */
export async function acceptReply(tx: Tx, replyId: StatusId, approvalUri: string): Promise<boolean> {
  const [reply] = await tx
    .update(statuses)
    .set({ approvalUri })
    .where(and(eq(statuses.id, replyId), eq(statuses.consent, 'unproven'), isNull(statuses.deletedAt)))
    .returning({
      id: statuses.id,
      accountId: statuses.accountId,
      visibility: statuses.visibility,
      parentUri: statuses.inReplyToUri,
    })
  const parent = reply?.parentUri ? await statusByUri(tx, reply.parentUri) : null
  if (!reply || !parent || parent.deletedAt) return false
  await admitReply(tx, reply, parent)
  return true
}

type Outside = { id: StatusId; accountId: AccountId; visibility: Visibility }

/** Puts a remote reply into its thread, and notifies the people in it. */
async function admitReply(tx: Tx, reply: Outside, parent: StatusHead): Promise<void> {
  await enterThread(tx, reply, parent)
  const notified = await notifyEach(
    tx,
    { type: 'mention', from: reply.accountId, statusId: reply.id },
    await mentionedIn(tx, reply.id),
  )
  if (reply.visibility === 'direct')
    await upsertConversations(
      tx,
      notified.map((accountId) => ({ accountId, statusId: reply.id })),
    )
}

async function enterThread(tx: Tx, reply: Outside, parent: StatusHead): Promise<void> {
  await adoptReply(tx, reply, parent)
  if (isOpen(reply.visibility)) await bumpStatus(tx, parent.id, 'repliesCount', 1)
}

/**
 * A remote reply that is kept out of its thread, with the consent that it claims and the author who must have given it;
 * null when there is nothing to prove.
 */
export async function unprovenReply(db: Reader, statusId: StatusId) {
  const { rows } = await db.execute<{ uri: string; approvalUri: string; parentUri: string; authorUri: string }>(sql`
    select s.uri, s.approval_uri as "approvalUri", parent.uri as "parentUri", author.uri as "authorUri"
    from statuses s join statuses parent on parent.uri = s.in_reply_to_uri join accounts author on author.id = parent.account_id
    where s.id = ${statusId} and s.consent = 'unproven' and s.approval_uri is not null and s.deleted_at is null and parent.deleted_at is null`)
  return rows[0] ?? null
}

/** Puts a reply into its thread, after its consent was proven. */
export async function proveReply(tx: Tx, statusId: StatusId, approvalUri: string): Promise<void> {
  const [reply] = await tx
    .select({
      id: statuses.id,
      accountId: statuses.accountId,
      visibility: statuses.visibility,
      parentUri: statuses.inReplyToUri,
    })
    .from(statuses)
    .where(
      and(
        eq(statuses.id, statusId),
        eq(statuses.consent, 'unproven'),
        eq(statuses.approvalUri, approvalUri),
        isNull(statuses.deletedAt),
      ),
    )
    .for('update')
  const parent = reply?.parentUri ? await statusByUri(tx, reply.parentUri) : null
  if (!reply || !parent || parent.deletedAt || (await isBlockedEitherWay(tx, reply.accountId, parent.accountId))) return
  await enterThread(tx, reply, parent)
}

/**
 * Stores a new consent that a reply outside its thread claims, and queues the proof.
 *
 * @param authorId the parent's author, when that author names the consent rather than the reply itself
 */
export async function storeClaimedConsent(
  tx: Tx,
  replyUri: string,
  approvalUri: string,
  authorId: AccountId | null = null,
): Promise<void> {
  const [reply] = await tx
    .update(statuses)
    .set({ approvalUri })
    .where(
      and(
        eq(statuses.uri, replyUri),
        eq(statuses.consent, 'unproven'),
        sql`${statuses.approvalUri} is distinct from ${approvalUri}`,
        authorId === null
          ? undefined
          : sql`exists (select from statuses parent where parent.uri = ${statuses.inReplyToUri} and parent.account_id = ${authorId})`,
      ),
    )
    .returning({ id: statuses.id })
  if (reply) await emit(tx, { type: 'consent.shown', statusId: reply.id })
}
