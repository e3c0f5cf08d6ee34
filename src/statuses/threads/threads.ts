/** Assigns statuses to threads. A reply may arrive before its parent, so separate threads may turn out to be one. */
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import { forgetDocuments } from '../../outbox/forget-documents.ts'
import { arrayOf, isOneOf, isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { statuses, statusStats, threadMutes } from '../../platform/db/schema/statuses.ts'
import type { StatusId } from '../../platform/ids.ts'
import { interactionWith } from '../access/interaction-policy.ts'
import { isOpen } from '../access/visibility.ts'
import { joinConversations } from '../conversations.ts'
import type { StatusHead } from '../find.ts'

/** The thread of a status, for a reply to it. A lock keeps it from changing until the transaction ends. */
export async function threadOf(tx: Tx, parent: Pick<StatusHead, 'id' | 'threadId'>): Promise<StatusId> {
  let { threadId } = parent
  for (;;) {
    await tx.execute(sql`select pg_advisory_xact_lock_shared(${lockClass}, ${lockOf(threadId)})`)
    const [now] = await tx.select({ threadId: statuses.threadId }).from(statuses).where(eq(statuses.id, parent.id))
    if (!now || now.threadId === threadId) return threadId
    // The thread was joined to another one during the wait.
    threadId = now.threadId
  }
}

/**
 * Links replies that arrived before their parent. Replies that need the consent of its author stay out of the thread
 * until that is proven.
 */
export async function adoptOrphans(
  tx: Tx,
  parent: Pick<StatusHead, 'id' | 'threadId' | 'uri' | 'accountId' | 'interactionPolicy'> & { url: string },
): Promise<void> {
  const { id, threadId, uri, url, accountId } = parent
  const orphans = and(
    // Some replies name the parent's page.
    isOneOf(statuses.inReplyToUri, [uri, url]),
    isNull(statuses.inReplyToId),
    isNull(statuses.deletedAt),
    isNull(statuses.consent),
    sql`not exists (select from blocks b where (b.account_id, b.target_id) in ((${statuses.accountId}, ${accountId}::bigint), (${accountId}::bigint, ${statuses.accountId})))`,
  )
  const free = parent.interactionPolicy?.reply
    ? inArray(statuses.id, await freeOrphans(tx, parent, orphans))
    : undefined
  const adopted = await tx
    .update(statuses)
    .set({ inReplyToId: id, inReplyToAccountId: accountId, inReplyToUri: uri })
    .where(and(orphans, free))
    .returning({ id: statuses.id, visibility: statuses.visibility })
  await joinThreads(
    tx,
    adopted.map((reply) => reply.id),
    threadId,
  )
  const open = adopted.filter((reply) => isOpen(reply.visibility)).length
  if (open > 0) await tx.update(statusStats).set({ repliesCount: open }).where(eq(statusStats.statusId, id))
}

/** Orphans of one status that are checked one by one; further ones stay out of the thread. */
const maxOrphans = 200

/** The orphans that need no consent. The others are marked as unproven. */
async function freeOrphans(
  tx: Tx,
  parent: Pick<StatusHead, 'id' | 'uri' | 'accountId' | 'interactionPolicy'>,
  orphans: SQL | undefined,
): Promise<StatusId[]> {
  const replies = await tx
    .select({ id: statuses.id, accountId: statuses.accountId, approvalUri: statuses.approvalUri })
    .from(statuses)
    .where(orphans)
    .limit(maxOrphans)
  const free: StatusId[] = []
  for (const reply of replies) {
    if ((await interactionWith(tx, reply.accountId, { ...parent, consent: null }, 'reply')) === 'free') {
      free.push(reply.id)
      continue
    }
    await tx.update(statuses).set({ consent: 'unproven', inReplyToUri: parent.uri }).where(eq(statuses.id, reply.id))
    if (reply.approvalUri !== null) await emit(tx, { type: 'consent.shown', statusId: reply.id })
  }
  return free
}

/** Puts a reply into the thread of its parent. */
export async function adoptReply(
  tx: Tx,
  reply: { id: StatusId },
  parent: Pick<StatusHead, 'id' | 'threadId' | 'accountId'>,
): Promise<void> {
  await tx
    .update(statuses)
    .set({ consent: null, inReplyToId: parent.id, inReplyToAccountId: parent.accountId })
    .where(eq(statuses.id, reply.id))
  await joinThreads(tx, [reply.id], await threadOf(tx, parent))
}

/** Joins the threads with these roots into another one. */
async function joinThreads(tx: Tx, roots: StatusId[], threadId: StatusId): Promise<void> {
  if (roots.length === 0) return
  // Wait for transactions that add replies to these threads: their replies would be left behind.
  const locks = [...new Set(roots.map(lockOf))].toSorted((a, b) => a - b)
  await tx.execute(sql`select pg_advisory_xact_lock(${lockClass}, lock) from unnest(${arrayOf(locks)}::int[]) lock`)
  const joined = await tx
    .update(statuses)
    .set({ threadId })
    .where(isOneOfIds(statuses.threadId, roots))
    .returning({ id: statuses.id, isLocal: statuses.isLocal })
  // The documents of these statuses contain the id of their thread.
  await forgetDocuments(tx, { statuses: joined.filter(({ isLocal }) => isLocal).map(({ id }) => id) })
  await joinConversations(tx, roots, threadId)
  const mutes = await tx
    .delete(threadMutes)
    .where(isOneOfIds(threadMutes.threadId, roots))
    .returning({ accountId: threadMutes.accountId })
  if (mutes.length > 0)
    await tx
      .insert(threadMutes)
      .values(mutes.map(({ accountId }) => ({ accountId, threadId })))
      .onConflictDoNothing()
}

/** An arbitrary number that no other advisory lock with two keys uses. */
const lockClass = 7_072_002
/** Threads share 509 locks, as all locks of a transaction have to fit in memory. */
const lockOf = (threadId: StatusId): number => Number(BigInt(threadId) % 509n)
