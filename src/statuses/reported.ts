import { and, asc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { arrayOf, isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import type { ReportedStatus } from '../platform/db/schema/moderation.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { safeHtmlToText } from '../text/html/to-text.ts'
import { visibleTo } from './access/visibility.ts'

/**
 * The statuses among `ids` by an author that a reporter may report: those visible to the reporter, and, even after a
 * block, those visible to everybody.
 */
export async function reportableStatuses(
  db: Reader,
  reporter: AccountId,
  author: AccountId,
  ids: StatusId[],
): Promise<StatusId[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(isOneOfIds(statuses.id, ids), eq(statuses.accountId, author), or(visibleTo(reporter), visibleTo(null))))
  return rows.map(({ id }) => id)
}

/**
 * The local statuses among `ids`, of any visibility: a remote server may report a status that only some of its accounts
 * see.
 */
export async function reportedStatuses(db: Reader, ids: StatusId[]): Promise<{ id: StatusId; accountId: AccountId }[]> {
  if (ids.length === 0) return []
  return db
    .select({ id: statuses.id, accountId: statuses.accountId })
    .from(statuses)
    .where(
      and(
        isOneOfIds(statuses.id, ids),
        eq(statuses.isLocal, true),
        isNull(statuses.deletedAt),
        isNull(statuses.reblogOfId),
      ),
    )
}

/** The URIs of reported statuses, and the inboxes of the accounts that they reply to: for forwarding a report. */
export async function reportedForForwarding(
  db: Reader,
  ids: StatusId[],
): Promise<{ id: StatusId; uri: string; answeredDomain: string | null; answeredInbox: string | null }[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{
    id: StatusId
    uri: string
    answeredDomain: string | null
    answeredInbox: string | null
  }>(sql`
    select s.id, s.uri, a.domain as "answeredDomain", coalesce(a.shared_inbox_url, a.inbox_url) as "answeredInbox"
    from statuses s
    left join statuses parent on parent.id = s.in_reply_to_id
    left join accounts a on a.id = parent.account_id and a.domain is not null and a.suspended_at is null
    where s.id = any(${arrayOf(ids)}::bigint[])
    order by s.id`)
  return rows
}

/** A reported post as it is now. A deleted one has no text and no files. */
export type PresentStatus = ReportedStatus & { isSensitive: boolean; editedAt: Date | null; deletedAt: Date | null }

/**
 * Reported posts as they are now, of any visibility: for the moderators who read the report. Two queries.
 *
 * @param ids those of reports only
 */
export async function loadReported(db: Reader, uris: Pick<Uris, 'file'>, ids: StatusId[]): Promise<PresentStatus[]> {
  if (ids.length === 0) return []
  const [rows, files] = await Promise.all([
    db
      .select({
        id: statuses.id,
        url: statuses.url,
        content: statuses.content,
        spoilerText: statuses.spoilerText,
        visibility: statuses.visibility,
        isSensitive: statuses.isSensitive,
        createdAt: statuses.createdAt,
        editedAt: statuses.editedAt,
        deletedAt: statuses.deletedAt,
      })
      .from(statuses)
      .where(isOneOfIds(statuses.id, ids))
      .orderBy(asc(statuses.id)),
    db
      .select({
        statusId: media.statusId,
        file: media.file,
        remoteUrl: media.remoteUrl,
        description: media.description,
      })
      .from(media)
      .where(and(isOneOfIds(media.statusId, ids), isNotNull(media.position)))
      .orderBy(asc(media.statusId), asc(media.position)),
  ])
  return rows.map(({ content, createdAt, ...row }) => ({
    ...row,
    text: safeHtmlToText(content),
    createdAt: createdAt.toISOString(),
    media: files
      .filter(({ statusId }) => statusId === row.id)
      .flatMap(({ file, remoteUrl, description }) => {
        const url = file ? uris.file(file) : remoteUrl
        return url ? [{ url, description }] : []
      }),
  }))
}

/** Reported posts as a report keeps them, however they are edited or deleted later. */
export async function snapshotOf(db: Reader, uris: Pick<Uris, 'file'>, ids: StatusId[]): Promise<ReportedStatus[]> {
  const present = await loadReported(db, uris, ids)
  return present
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ id, url, text, spoilerText, visibility, createdAt, media: files }) => ({
      id,
      url,
      text,
      spoilerText,
      visibility,
      createdAt,
      media: files,
    }))
}

/** The statuses among `ids` that everybody can see. */
export async function publicStatuses(db: Reader, ids: StatusId[]): Promise<{ id: StatusId; accountId: AccountId }[]> {
  if (ids.length === 0) return []
  return db
    .select({ id: statuses.id, accountId: statuses.accountId })
    .from(statuses)
    .where(and(isOneOfIds(statuses.id, ids), isNull(statuses.reblogOfId), visibleTo(null)))
}
