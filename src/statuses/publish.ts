import { and, eq, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import { idempotencyKeys } from '../platform/db/schema/interactions.ts'
import { mentions } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import { type AccountId, newId, type StatusId, timeOfId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { refuse } from '../text/refusals.ts'
import { mustAskAuthor } from './access/ask-author.ts'
import { isHeld, type Permission, permissionFor } from './access/interaction-policy.ts'
import { quoteAskers } from './access/own-policy.ts'
import { releaseStatus } from './access/release.ts'
import { isOpen } from './access/visibility.ts'
import { attachFiles } from './attach-files.ts'
import { linkCard } from './cards/link-card.ts'
import { actionTarget, type StatusHead } from './find.ts'
import { queueRelease, reachAmong, staysHere } from './held.ts'
import { checkLocalOnly } from './local-only.ts'
import { storePoll } from './polls/poll.ts'
import type { Draft } from './prepare.ts'
import { quoteGroups } from './quotes/policy.ts'
import { addQuote } from './quotes/quote.ts'
import { indexStatus } from './search/index-status.ts'
import { storeStatus } from './store.ts'
import { tagStatus } from './tags.ts'
import { threadOf } from './threads/threads.ts'

/**
 * Publishes a draft as a status, with its mentions, hashtags, files and poll. A draft whose idempotency key was used before
 * returns the earlier status, even if both come at the same time. When the parent's author wants to be asked, only the reply's
 * author sees it until the answer comes. An author who wants time for second thoughts has it held back from other servers.
 *
 * @param options `goesOn`: further posts follow as a thread
 * @throws Refusal `not_found` when the author may not see the parent, `not_permitted` when the author may not reply,
 *   `unprocessable` when a file can't be attached, `invalid` when a reply that waits for consent quotes or goes on, or a local-only
 *   status needs somebody on another server
 */
export async function publishStatus(
  tx: Tx,
  uris: Uris,
  authorId: AccountId,
  draft: Draft,
  { goesOn = false } = {},
): Promise<StatusId> {
  const earlier = draft.idempotencyKey === null ? null : await earlierStatus(tx, authorId, draft.idempotencyKey)
  if (earlier) return earlier

  const parent =
    draft.inReplyToId === null
      ? null
      : await replyTarget(tx, authorId, draft.inReplyToId, { quotes: draft.quotedStatusId !== null, goesOn })
  const quoted = draft.quotedStatusId === null ? null : await actionTarget(tx, authorId, draft.quotedStatusId)
  const [author] = await tx
    .select({ username: accounts.username, undoSeconds: users.undoSeconds })
    .from(accounts)
    .innerJoin(users, eq(users.accountId, accounts.id))
    .where(eq(accounts.id, authorId))
  if (!author) throw notFound()
  const reach = reachAmong(
    { isLocalOnly: draft.isLocalOnly, undoSeconds: author.undoSeconds },
    [parent, quoted].filter((other) => other !== null),
  )
  if (reach.isLocalOnly) await checkLocalOnly(tx, { mentionedIds: draft.mentionedIds, parent, quoted })

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
    // A reply to a status in a group goes to the group.
    audienceUri: isOpen(draft.visibility) ? (parent?.audienceUri ?? null) : null,
    threadId: parent ? await threadOf(tx, parent) : id,
    quoteAutomatic: quoteGroups(draft.quotePolicy, draft.visibility),
    quoteManual: quoteAskers(draft.quoteManual, quoteGroups(draft.quotePolicy, draft.visibility), draft.visibility),
    interactionPolicy: draft.interactionPolicy,
    consent: parent && isHeld(parent.permission) ? 'asked' : null,
    approvalUri: parent?.permission === 'granted' ? uris.activity('reply-authorizations', id) : null,
    applicationId: draft.applicationId,
    ...reach,
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

  await queueRelease(tx, id, reach.heldUntil)
  if (parent?.permission === 'wait')
    await mustAskAuthor(tx, {
      kind: 'reply',
      accountId: parent.accountId,
      fromAccountId: authorId,
      statusId: parent.id,
      subject: { interactionId: id },
    })
  else if (parent?.permission !== 'ask')
    await releaseStatus(tx, {
      id,
      accountId: authorId,
      visibility: draft.visibility,
      parent,
      mentionedIds: draft.mentionedIds,
      ...reach,
    })
  else if (!staysHere(reach)) await emit(tx, { type: 'interaction.requested', kind: 'reply', interactionId: id })
  return id
}

/** The status that an author published with an idempotency key, or null. A second request waits until the first is done. */
export async function earlierStatus(tx: Tx, accountId: AccountId, key: string): Promise<StatusId | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`idempotency ${accountId} ${key}`}, 0))`)
  const [row] = await tx
    .select({ statusId: idempotencyKeys.statusId })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.accountId, accountId), eq(idempotencyKeys.key, key)))
  return row?.statusId ?? null
}

/**
 * The parent of a new status: for a boost, the boosted status. A reply that the parent's author has to consent to first
 * can't quote, as the quote request would show it to the quoted author before the consent. Nor can a thread begin with it, as
 * nobody may reply to it before the consent.
 *
 * @throws Refusal `not_found` when the author may not see the parent, `not_permitted` when the author may not reply, `invalid`
 *   for a quote in a reply that needs consent, and for a thread that begins with one
 */
export async function replyTarget(
  tx: Tx,
  authorId: AccountId,
  statusId: StatusId,
  { quotes, goesOn }: { quotes: boolean; goesOn: boolean },
): Promise<StatusHead & { permission: Permission }> {
  const parent = await actionTarget(tx, authorId, statusId)
  const permission = await permissionFor(tx, authorId, parent, 'reply')
  if (isHeld(permission) && quotes) throw refuse('invalid', 'askedReplyQuotes')
  if (isHeld(permission) && goesOn) throw refuse('invalid', 'askedReplyGoesOn')
  return { ...parent, permission }
}
