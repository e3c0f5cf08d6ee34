/** Delete and redraft: a post, or a scheduled one, becomes a draft again, with everything that belongs to it. */
import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { users } from '../platform/db/schema/accounts.ts'
import { pollOptions, polls } from '../platform/db/schema/interactions.ts'
import { media } from '../platform/db/schema/media.ts'
import { type QuoteGroup, quotes, statuses } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, DraftId, ScheduledStatusId, StatusId } from '../platform/ids.ts'
import { localTimeIn } from '../platform/zoned-time.ts'
import { deleteStatus } from './delete.ts'
import { type DraftContent, type DraftPart, type DraftPoll, emptyContent, saveDraft } from './drafts.ts'
import type { StatusInput } from './prepare.ts'
import type { QuotePolicy } from './quotes/policy.ts'
import { cancelScheduled, loadScheduled } from './scheduled.ts'

/**
 * Deletes a post of a local account, and keeps its content as a draft: texts, files, poll, parent, quoted post,
 * visibility and policies.
 *
 * @throws Refusal `not_found` when the account has no such post, `invalid` when there are too many drafts
 */
export async function redraft(tx: Tx, authorId: AccountId, statusId: StatusId): Promise<DraftId> {
  const [status] = await tx
    .select()
    .from(statuses)
    .where(
      and(
        eq(statuses.id, statusId),
        eq(statuses.accountId, authorId),
        eq(statuses.isLocal, true),
        isNull(statuses.reblogOfId),
        isNull(statuses.deletedAt),
      ),
    )
    .for('update')
  if (!status) throw notFound()
  const files = await tx
    .select({ id: media.id })
    .from(media)
    .where(and(eq(media.statusId, statusId), isNotNull(media.position)))
    .orderBy(asc(media.position))
  const [quote] = await tx.select({ quotedId: quotes.quotedStatusId }).from(quotes).where(eq(quotes.statusId, statusId))
  const content: DraftContent = {
    ...emptyContent,
    parts: [
      {
        text: status.text,
        spoilerText: status.spoilerText,
        isSensitive: status.isSensitive,
        mediaIds: files.map(({ id }) => id),
        poll: await pollOf(tx, statusId, status.createdAt),
      },
    ],
    visibility: status.visibility,
    language: status.language,
    format: status.textFormat,
    inReplyToId: status.inReplyToId,
    quotedStatusId: quote?.quotedId ?? null,
    quotePolicy: policyOf(status.quoteAutomatic),
    quoteManual: status.quoteManual,
    interactionPolicy: status.interactionPolicy ?? {},
    isLocalOnly: status.isLocalOnly,
  }
  await deleteStatus(tx, authorId, statusId, { keepsFiles: true })
  return saveDraft(tx, authorId, content)
}

/**
 * Takes a scheduled post off the schedule, and keeps it as a draft with its time.
 *
 * @throws Refusal `not_found` when the account has no such post, `invalid` when there are too many drafts
 */
export async function redraftScheduled(tx: Tx, authorId: AccountId, id: ScheduledStatusId): Promise<DraftId> {
  const { params, further, scheduledAt } = await loadScheduled(tx, authorId, id)
  const [author] = await tx.select({ zone: users.timeZone }).from(users).where(eq(users.accountId, authorId))
  await cancelScheduled(tx, authorId, id)
  return saveDraft(tx, authorId, {
    parts: [params, ...further].map(partOf),
    visibility: params.visibility ?? null,
    language: params.language ?? null,
    format: params.format ?? null,
    inReplyToId: params.inReplyToId ?? null,
    quotedStatusId: params.quotedStatusId ?? null,
    quotePolicy: params.quotePolicy ?? null,
    quoteManual: params.quoteManual ?? [],
    interactionPolicy: params.interactionPolicy === null ? {} : (params.interactionPolicy ?? null),
    scheduledAt: localTimeIn(author?.zone ?? null, scheduledAt),
    isLocalOnly: params.isLocalOnly ?? false,
  })
}

const partOf = ({ text, spoilerText = '', isSensitive = false, mediaIds = [], poll }: StatusInput): DraftPart => ({
  text,
  spoilerText,
  isSensitive,
  mediaIds,
  poll: poll
    ? {
        options: poll.options,
        expiresInSeconds: poll.expiresInSeconds ?? null,
        isMultiple: poll.isMultiple ?? false,
        hidesTotals: poll.hidesTotals ?? false,
      }
    : null,
})

async function pollOf(tx: Tx, statusId: StatusId, createdAt: Date): Promise<DraftPoll | null> {
  const [poll] = await tx.select().from(polls).where(eq(polls.statusId, statusId))
  if (!poll) return null
  const options = await tx
    .select({ title: pollOptions.title })
    .from(pollOptions)
    .where(eq(pollOptions.statusId, statusId))
    .orderBy(asc(pollOptions.position))
  return {
    options: options.map(({ title }) => title),
    // To the minute: the poll began some milliseconds after its post.
    expiresInSeconds: poll.expiresAt && Math.round((poll.expiresAt.getTime() - createdAt.getTime()) / 60_000) * 60,
    isMultiple: poll.kind === 'multiple',
    hidesTotals: poll.hidesTotals,
  }
}

function policyOf(automatic: readonly QuoteGroup[]): QuotePolicy {
  if (automatic.includes('public')) return 'public'
  return automatic.includes('followers') ? 'followers' : 'nobody'
}
