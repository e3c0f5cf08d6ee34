/** Revisions: earlier versions of edited statuses. */
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import { mentions, statusEdits, type statuses } from '../platform/db/schema/statuses.ts'
import { type AccountId, newId, type StatusId } from '../platform/ids.ts'
import { optionTitles } from './polls/poll.ts'

type Row = typeof statuses.$inferSelect

/** Stores the current version of a status as a revision, right before an edit changes it. */
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

/** Revisions that are kept in addition to the first one. */
export const maxRevisions = 200

/**
 * Deletes the oldest revisions beyond `maxRevisions`, so that endless edits don't fill the disk. The first one, the
 * published version, stays.
 */
async function forgetOldest(tx: Tx, statusId: StatusId): Promise<void> {
  await tx.execute(sql`
    delete from status_edits where status_id = ${statusId} and id in (
      select id from status_edits where status_id = ${statusId} order by id desc offset ${maxRevisions - 1})
      and id <> (select min(id) from status_edits where status_id = ${statusId})`)
}

/**
 * Updates the mentions of a status. Accounts that are no longer mentioned may still see it, and get further edits: they have
 * received it already.
 *
 * @returns accounts that were not mentioned before
 */
export async function renameMentions(tx: Tx, statusId: StatusId, accountIds: AccountId[]): Promise<AccountId[]> {
  const before = await tx
    .select({ accountId: mentions.accountId })
    .from(mentions)
    .where(eq(mentions.statusId, statusId))
  await tx.update(mentions).set({ position: formerMention }).where(eq(mentions.statusId, statusId))
  const mentioned = [...new Set(accountIds)]
  if (mentioned.length > 0) {
    await tx
      .insert(mentions)
      .values(mentioned.map((accountId, position) => ({ statusId, accountId, position })))
      .onConflictDoUpdate({
        target: [mentions.statusId, mentions.accountId],
        set: { position: sql`excluded.position` },
      })
  }
  return mentioned.filter((id) => !before.some(({ accountId }) => accountId === id))
}

/** Forgets accounts that are no longer mentioned, and returns them. */
export async function dropFormerMentions(tx: Tx, statusId: StatusId): Promise<AccountId[]> {
  const dropped = await tx
    .delete(mentions)
    .where(and(eq(mentions.statusId, statusId), eq(mentions.position, formerMention)))
    .returning({ accountId: mentions.accountId })
  return dropped.map(({ accountId }) => accountId)
}

/** The position of an account that is no longer mentioned. */
const formerMention = -1
