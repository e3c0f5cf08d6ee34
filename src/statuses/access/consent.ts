/**
 * Consent to favourites, replies and boosts: remote authors' answers to local requests, answers to remote requests, and
 * proofs of consent.
 */
import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import { mentions, statuses } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, Id, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import type { Uris } from '../../platform/uris.ts'
import { isBlockedEitherWay } from '../../relationships/pairs.ts'
import { rewindConversations } from '../conversations.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { statusByUri, visibleStatus } from '../find.ts'
import { favourite } from '../interactions/favourite.ts'
import { removePin } from '../interactions/pin.ts'
import { countBoost, unreblog } from '../interactions/reblog.ts'
import { refile } from '../tags.ts'
import { adoptReply } from '../threads/threads.ts'
import { releaseStatus } from './release.ts'
import { hasLeft, isOpen } from './visibility.ts'

/** A local interaction, as named by the URI of its request or its own URI. */
export type OwnInteraction = { kind: InteractionKind; id: Id<string> }

/** A remote author consents to a local request. Changes nothing when there is no such pending request. */
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
      .returning({ statusId: favourites.statusId })
    if (like) await bumpStatus(tx, like.statusId, 'favouritesCount', 1)
    return
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
  const mentioned = await tx
    .select({ id: mentions.accountId })
    .from(mentions)
    .where(and(eq(mentions.statusId, status.id), sql`${mentions.position} >= 0`))
    .orderBy(mentions.position)
  await releaseStatus(tx, {
    ...status,
    parent: status.inReplyToId && { id: status.inReplyToId, accountId: authorId },
    mentionedIds: mentioned.map(({ id }) => id),
  })
}

/**
 * A remote author denies or withdraws consent. A favourite or boost is deleted; a reply stays visible to its author only. An
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
    .returning({ statusId: favourites.statusId, isPending: favourites.isPending })
  for (const { statusId, isPending } of removed) if (!isPending) await bumpStatus(tx, statusId, 'favouritesCount', -1)
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

/** A remote account's request to interact with a local status. */
export type InteractionRequest = {
  kind: InteractionKind
  requestUri: string
  accountId: AccountId
  statusId: StatusId
  interactionUri: string
}

/**
 * Whether a remote account may interact with a local status as requested: it may if it sees the status. Null means no answer, as
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

/** Queues a Reject of a request. */
export async function refuseInteraction(tx: Tx, request: InteractionRequest): Promise<void> {
  await emit(tx, { type: 'interaction.refused', ...request })
}

/** Queues an Accept of a request whose interaction is stored. */
export async function grantInteraction(
  tx: Tx,
  { kind, requestUri }: InteractionRequest,
  interactionId: Id<string>,
): Promise<void> {
  await emit(tx, { type: 'interaction.granted', kind, requestUri, interactionId })
}

/** Stores the favourite of a remote request under the requested id, with a consent that other servers can look up. */
export async function favouriteOnRequest(tx: Tx, uris: Uris, request: InteractionRequest): Promise<void> {
  await favourite(tx, request.accountId, request.statusId, { uri: request.interactionUri })
  const [like] = await tx
    .select({ id: favourites.id })
    .from(favourites)
    .where(and(eq(favourites.accountId, request.accountId), eq(favourites.statusId, request.statusId)))
  if (!like) return
  await tx
    .update(favourites)
    .set({ uri: request.interactionUri, approvalUri: uris.activity('like-authorizations', like.id) })
    .where(eq(favourites.id, like.id))
  await grantInteraction(tx, request, like.id)
}

/** Whether a stored reply is linked to the status it replies to. It is not when its author is blocked there. */
export async function repliesTo(db: Reader, replyId: StatusId, statusId: StatusId): Promise<boolean> {
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, replyId), eq(statuses.inReplyToId, statusId), isNull(statuses.deletedAt)))
  return rows.length > 0
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
  await adoptReply(tx, reply, parent)
  if (isOpen(reply.visibility)) await bumpStatus(tx, parent.id, 'repliesCount', 1)
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
