import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { accounts } from '../db/schema/accounts.ts'
import { idempotencyKeys } from '../db/schema/interactions.ts'
import { media } from '../db/schema/media.ts'
import { mentions, statusStats, statuses } from '../db/schema/statuses.ts'
import { Refusal } from '../errors.ts'
import { type AccountId, type MediaId, newId, type StatusId, timeOfId } from '../ids.ts'
import { notify } from '../notifications/notify.ts'
import { emit } from '../outbox.ts'
import type { Uris } from '../uris.ts'
import { bumpAccount, bumpStatus } from './counters.ts'
import { visibleStatus } from './find.ts'
import type { Draft } from './prepare.ts'
import { tagStatus } from './tags.ts'
import { isOpen } from './visibility.ts'

/**
 * Makes a status of a draft, with its mentions, hashtags and files. A draft whose idempotency key was used before returns
 * the status of then, also when both come at the same moment.
 *
 * @throws Refusal `not_found` when the author may not see what it replies to, `unprocessable` when a file isn't free to attach
 */
export async function publishStatus(tx: Tx, uris: Uris, authorId: AccountId, draft: Draft): Promise<StatusId> {
  const earlier = draft.idempotencyKey === null ? null : await earlierStatus(tx, authorId, draft.idempotencyKey)
  if (earlier) return earlier

  const parent = draft.inReplyToId === null ? null : await replyTarget(tx, authorId, draft.inReplyToId)
  const [author] = await tx.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, authorId))
  if (!author) throw new Refusal('not_found', 'Record not found')

  const id = newId<StatusId>()
  const createdAt = timeOfId(id)
  await tx.insert(statuses).values({
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
    threadId: parent?.threadId ?? id,
    applicationId: draft.applicationId,
    createdAt,
    receivedAt: createdAt,
  })
  await tx.insert(statusStats).values({ statusId: id })
  if (draft.mentionedIds.length > 0) {
    await tx.insert(mentions).values(draft.mentionedIds.map((accountId, position) => ({ statusId: id, accountId, position })))
  }
  await tagStatus(tx, id, draft.tags)
  await attach(tx, authorId, id, draft.mediaIds)
  if (draft.idempotencyKey !== null) await tx.insert(idempotencyKeys).values({ accountId: authorId, key: draft.idempotencyKey, statusId: id })

  if (isOpen(draft.visibility)) {
    if (parent) await bumpStatus(tx, parent.id, 'repliesCount', 1)
    await bumpAccount(tx, authorId, 'statusesCount', 1, createdAt)
  }
  for (const accountId of draft.mentionedIds) await notify(tx, { type: 'mention', for: accountId, from: authorId, statusId: id })
  await emit(tx, { type: 'status.published', statusId: id })
  return id
}

async function earlierStatus(tx: Tx, accountId: AccountId, key: string): Promise<StatusId | null> {
  // Whoever comes second waits here until the first has committed, and then finds its status.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`idempotency ${accountId} ${key}`}, 0))`)
  const [found] = await tx
    .select({ statusId: idempotencyKeys.statusId })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.accountId, accountId), eq(idempotencyKeys.key, key)))
  return found?.statusId ?? null
}

async function replyTarget(tx: Tx, authorId: AccountId, statusId: StatusId) {
  const parent = await visibleStatus(tx, authorId, statusId)
  return parent.reblogOfId ? visibleStatus(tx, authorId, parent.reblogOfId) : parent
}

async function attach(tx: Tx, authorId: AccountId, statusId: StatusId, ids: MediaId[]): Promise<void> {
  if (ids.length === 0) return
  const free = await tx
    .select({ id: media.id })
    .from(media)
    .where(and(inArray(media.id, ids), eq(media.accountId, authorId), isNull(media.statusId)))
    .for('update')
  if (free.length !== ids.length) throw new Refusal('unprocessable', 'Validation failed: a file to attach does not exist or is attached already')
  for (const [position, id] of ids.entries()) await tx.update(media).set({ statusId, position }).where(eq(media.id, id))
}
