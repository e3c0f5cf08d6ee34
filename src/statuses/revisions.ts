/** What a status was before its edits. */
import { asc, eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import { mentions, statusEdits, type statuses } from '../platform/db/schema/statuses.ts'
import { type AccountId, newId, type StatusId } from '../platform/ids.ts'
import { optionTitles } from './polls/poll.ts'

type Row = typeof statuses.$inferSelect

/** Puts what a status is now among its revisions, right before it changes. */
export async function keepRevision(tx: Tx, status: Row): Promise<void> {
  const files = await tx
    .select({ id: media.id, description: media.description })
    .from(media)
    .where(sql`${media.statusId} = ${status.id} and ${media.position} is not null`)
    .orderBy(asc(media.position))
  const options = await optionTitles(tx, status.id)
  await forgetOldest(tx, status.id)
  await tx
    .insert(statusEdits)
    .values({
      id: newId(),
      statusId: status.id,
      text: status.text,
      content: status.content,
      spoilerText: status.spoilerText,
      isSensitive: status.isSensitive,
      language: status.language,
      mediaIds: files.map(({ id }) => id),
      mediaDescriptions: files.map(({ description }) => description),
      pollOptions: options.length > 0 ? options : null,
      createdAt: status.editedAt ?? status.createdAt,
    })
}

/** Revisions that are kept besides the first one. */
export const maxRevisions = 200

/** A server that edits without end does not fill ours. The first revision is what was published, and stays. */
async function forgetOldest(tx: Tx, statusId: StatusId): Promise<void> {
  await tx.execute(sql`
    delete from status_edits where status_id = ${statusId} and id in (
      select id from status_edits where status_id = ${statusId} order by id desc offset ${maxRevisions - 1})
      and id <> (select min(id) from status_edits where status_id = ${statusId})`)
}

/**
 * Brings the accounts that a status names up to date. Those whose names were taken out keep their right to see it, and hear of
 * further edits: what was sent to them can't be unsent.
 *
 * @returns accounts that were not named before
 */
export async function renameMentions(tx: Tx, statusId: StatusId, accountIds: AccountId[]): Promise<AccountId[]> {
  const before = await tx
    .select({ accountId: mentions.accountId })
    .from(mentions)
    .where(eq(mentions.statusId, statusId))
  await tx.update(mentions).set({ position: formerMention }).where(eq(mentions.statusId, statusId))
  const named = [...new Set(accountIds)]
  if (named.length > 0) {
    await tx
      .insert(mentions)
      .values(named.map((accountId, position) => ({ statusId, accountId, position })))
      .onConflictDoUpdate({
        target: [mentions.statusId, mentions.accountId],
        set: { position: sql`excluded.position` },
      })
  }
  return named.filter((id) => !before.some(({ accountId }) => accountId === id))
}

/** The position of who is no longer named. */
const formerMention = -1
