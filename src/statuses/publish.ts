import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { idempotencyKeys } from '../platform/db/schema/interactions.ts'
import { mentions } from '../platform/db/schema/statuses.ts'
import { Refusal } from '../platform/errors.ts'
import { type AccountId, newId, type StatusId, timeOfId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { hasToAsk } from './access/interaction-policy.ts'
import { releaseStatus } from './access/release.ts'
import { isOpen } from './access/visibility.ts'
import { attachFiles } from './attach-files.ts'
import { linkCard } from './cards/link-card.ts'
import { actedOn, type StatusHead } from './find.ts'
import { storePoll } from './polls/poll.ts'
import type { Draft } from './prepare.ts'
import { quoteGroups } from './quotes/policy.ts'
import { addQuote } from './quotes/quote.ts'
import { indexStatus } from './search/index-status.ts'
import { storeStatus } from './store.ts'
import { tagStatus } from './tags.ts'
import { threadOf } from './threads/threads.ts'

/**
 * Makes a status of a draft, with its mentions, hashtags, files and poll. A draft whose idempotency key was used before returns
 * the status of then, also when both come at the same moment. A reply to somebody who wants to be asked waits, for its author's
 * eyes only, for the answer.
 *
 * @throws Refusal `not_found` when the author may not see what it replies to, `not_permitted` when they may not reply, `invalid` when a
 *   file isn't free to attach, or a reply that waits quotes
 */
export async function publishStatus(tx: Tx, uris: Uris, authorId: AccountId, draft: Draft): Promise<StatusId> {
  const earlier = draft.idempotencyKey === null ? null : await earlierStatus(tx, authorId, draft.idempotencyKey)
  if (earlier) return earlier

  const parent =
    draft.inReplyToId === null
      ? null
      : await replyTarget(tx, authorId, draft.inReplyToId, draft.quotedStatusId !== null)
  const [author] = await tx.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, authorId))
  if (!author) throw new Refusal('not_found', 'Record not found')

  const id = newId<StatusId>()
  const createdAt = timeOfId(id)
  await storeStatus(tx, {
    id,
    accountId: authorId,
    isLocal: true,
    hasMedia: draft.mediaIds.length > 0,
    uri: uris.status(id),
    url: uris.statusPage(author.username, id),
    visibility: draft.visibility,
    text: draft.text,
    textFormat: draft.format,
    content: draft.content,
    spoilerText: draft.spoilerText,
    isSensitive: draft.isSensitive,
    language: draft.language,
    inReplyToId: parent?.id ?? null,
    inReplyToAccountId: parent?.accountId ?? null,
    inReplyToUri: parent?.uri ?? null,
    // What is said in a group is answered there.
    audienceUri: isOpen(draft.visibility) ? (parent?.audienceUri ?? null) : null,
    threadId: parent ? await threadOf(tx, parent) : id,
    quoteAutomatic: quoteGroups(draft.quotePolicy, draft.visibility),
    consent: parent?.asks ? 'asked' : null,
    applicationId: draft.applicationId,
    createdAt,
    receivedAt: createdAt,
  })
  if (draft.mentionedIds.length > 0) {
    await tx
      .insert(mentions)
      .values(draft.mentionedIds.map((accountId, position) => ({ statusId: id, accountId, position })))
  }
  await tagStatus(tx, id, draft.tags)
  if (draft.mediaIds.length > 0) await attachFiles(tx, authorId, id, draft.mediaIds)
  if (draft.quotedStatusId !== null)
    await addQuote(tx, uris, { id, accountId: authorId, visibility: draft.visibility }, draft.quotedStatusId)
  if (draft.content.includes('<a ')) await linkCard(tx, id)
  if (draft.poll) await storePoll(tx, id, draft.poll)
  await indexStatus(tx, id)
  if (draft.idempotencyKey !== null)
    await tx.insert(idempotencyKeys).values({ accountId: authorId, key: draft.idempotencyKey, statusId: id })

  if (parent?.asks) await emit(tx, { type: 'interaction.requested', kind: 'reply', interactionId: id })
  else
    await releaseStatus(tx, {
      id,
      accountId: authorId,
      visibility: draft.visibility,
      parent,
      mentionedIds: draft.mentionedIds,
    })
  return id
}

/** The status that an author published with an idempotency key, or null. Who asks second waits until the first is done. */
export async function earlierStatus(tx: Tx, accountId: AccountId, key: string): Promise<StatusId | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`idempotency ${accountId} ${key}`}, 0))`)
  const [found] = await tx
    .select({ statusId: idempotencyKeys.statusId })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.accountId, accountId), eq(idempotencyKeys.key, key)))
  return found?.statusId ?? null
}

/**
 * What a new status replies to: of a boost, the boosted status. `asks`: its author has to consent first. Such a reply can't quote: asking
 * for that would show it to somebody else before.
 *
 * @throws Refusal `not_found` when who replies may not see it, `not_permitted` when they may not reply, `invalid` when they may not quote there
 */
export async function replyTarget(
  tx: Tx,
  authorId: AccountId,
  statusId: StatusId,
  quotes: boolean,
): Promise<StatusHead & { asks: boolean }> {
  const parent = await actedOn(tx, authorId, statusId)
  const asks = await hasToAsk(tx, authorId, parent, 'reply')
  if (asks && quotes) throw new Refusal('invalid', 'A reply that its recipient has to accept first can’t quote a post')
  return { ...parent, asks }
}
