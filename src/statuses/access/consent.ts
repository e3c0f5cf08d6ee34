/** Authors' answers to favourites, replies and boosts that wait for their consent, and what they do to the interactions. */
import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { notify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { notifications } from '../../platform/db/schema/notifications.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, Id } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import { rewindConversations } from '../conversations.ts'
import { bumpAccount, bumpStatus } from '../counters.ts'
import { removePin } from '../interactions/pin.ts'
import { removeReactions } from '../interactions/react.ts'
import { countBoost, unreblog } from '../interactions/reblog.ts'
import { refile } from '../tags.ts'
import { mentionedIn } from './outside-replies.ts'
import { releaseStatus } from './release.ts'
import { isOpen } from './visibility.ts'

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
