/** Remote replies that are kept outside of the thread until a consent is given or proven. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { notifyEach } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { mentions, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { isBlockedEitherWay } from '../../relationships/pairs.ts'
import { upsertConversations } from '../conversations.ts'
import { bumpStatus } from '../counters.ts'
import { type StatusHead, statusByUri } from '../find.ts'
import { adoptReply } from '../threads/threads.ts'
import { isOpen } from './visibility.ts'

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
export async function admitReply(tx: Tx, reply: Outside, parent: StatusHead): Promise<void> {
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

export async function mentionedIn(tx: Tx, statusId: StatusId): Promise<AccountId[]> {
  const mentioned = await tx
    .select({ id: mentions.accountId })
    .from(mentions)
    .where(and(eq(mentions.statusId, statusId), sql`${mentions.position} >= 0`))
    .orderBy(mentions.position)
  return mentioned.map(({ id }) => id)
}
