import { and, eq, isNull, or } from 'drizzle-orm'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { type ConsentState, type InteractionPolicy, statuses, type Visibility } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { visibleTo } from './access/visibility.ts'

export type StatusHead = {
  id: StatusId
  accountId: AccountId
  uri: string
  visibility: Visibility
  reblogOfId: StatusId | null
  threadId: StatusId
  /** Who may do what with it; null: everybody who sees it. */
  interactionPolicy: InteractionPolicy | null
  consent: ConsentState | null
  inReplyToUri: string | null
  /** ActivityPub id of the group that it was written in. */
  audienceUri: string | null
}

const head = {
  id: statuses.id,
  accountId: statuses.accountId,
  uri: statuses.uri,
  visibility: statuses.visibility,
  reblogOfId: statuses.reblogOfId,
  threadId: statuses.threadId,
  interactionPolicy: statuses.interactionPolicy,
  consent: statuses.consent,
  inReplyToUri: statuses.inReplyToUri,
  audienceUri: statuses.audienceUri,
}

/** Whether a status is there, and stays so until the transaction ends. */
export async function holdStatus(tx: Tx, statusId: StatusId): Promise<boolean> {
  const found = await tx
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
    .for('share')
  return found.length > 0
}

/**
 * The status itself, if the viewer may see it.
 *
 * @throws Refusal `not_found`
 */
export async function visibleStatus(db: Reader, viewer: AccountId | null, statusId: StatusId): Promise<StatusHead> {
  const [found] = await db
    .select(head)
    .from(statuses)
    .where(and(eq(statuses.id, statusId), visibleTo(viewer)))
  if (!found) throw notFound()
  return found
}

/**
 * What an action on a status is really about: of a boost it is the boosted status.
 *
 * @throws Refusal `not_found` when the viewer may not see it
 */
export async function actedOn(db: Reader, viewer: AccountId, statusId: StatusId): Promise<StatusHead> {
  const found = await visibleStatus(db, viewer, statusId)
  return found.reblogOfId ? visibleStatus(db, viewer, found.reblogOfId) : found
}

/**
 * What an action that is taken back was about. Unlike `actedOn` it asks for no permission: who favourited a status and was
 * blocked since may still take the favourite away.
 *
 * @throws Refusal `not_found` when there is no such status
 */
export async function undoneOn(db: Reader, statusId: StatusId): Promise<StatusHead> {
  const [found] = await db.select(head).from(statuses).where(eq(statuses.id, statusId))
  if (!found) throw notFound()
  return found.reblogOfId ? undoneOn(db, found.reblogOfId) : found
}

/** The status with an ActivityPub id, deleted ones included; null when it isn't here. */
export async function statusByUri(db: Reader, uri: string): Promise<(StatusHead & { deletedAt: Date | null }) | null> {
  const [found] = await db
    .select({ ...head, deletedAt: statuses.deletedAt })
    .from(statuses)
    .where(eq(statuses.uri, uri))
  return found ?? null
}

/** The status that a page of another server shows, deleted ones included; null where it isn't here, or where several have the same. */
export async function statusByPage(db: Reader, url: string): Promise<(StatusHead & { deletedAt: Date | null }) | null> {
  const [found, ...more] = await db
    .select({ ...head, deletedAt: statuses.deletedAt })
    .from(statuses)
    .where(and(eq(statuses.url, url), isNull(statuses.reblogOfId)))
    .limit(2)
  return more.length > 0 ? null : (found ?? null)
}

/** The status with an ActivityPub id or page URL, ours or another server's, if the viewer may see it; else null. */
export async function visibleStatusByUrl(
  db: Reader,
  uris: Uris,
  viewer: AccountId | null,
  url: string,
): Promise<StatusId | null> {
  const own = uris.parse(url)
  if (uris.isOwn(url) && own?.type !== 'status') return null
  const [found] = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(
      and(
        own?.type === 'status' ? eq(statuses.id, own.id) : or(eq(statuses.uri, url), eq(statuses.url, url)),
        isNull(statuses.reblogOfId),
        visibleTo(viewer),
      ),
    )
    .limit(1)
  return found?.id ?? null
}

/** Those of some statuses that everybody may see. */
export async function openStatuses(db: Reader, ids: StatusId[]): Promise<Set<StatusId>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(isOneOfIds(statuses.id, ids), visibleTo(null)))
  return new Set(rows.map(({ id }) => id))
}
