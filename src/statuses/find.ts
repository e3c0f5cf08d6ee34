import { and, eq, isNotNull, isNull, or } from 'drizzle-orm'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { type ConsentState, type InteractionPolicy, statuses, type Visibility } from '../platform/db/schema/statuses.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { hasLeft, isPublicOrUnlisted, isReleased, visibleTo } from './access/visibility.ts'

export type StatusHead = {
  id: StatusId
  accountId: AccountId
  uri: string
  visibility: Visibility
  reblogOfId: StatusId | null
  threadId: StatusId
  /** Null: every account that may see it may interact with it. */
  interactionPolicy: InteractionPolicy | null
  consent: ConsentState | null
  inReplyToUri: string | null
  /** ActivityPub id of the group that it was written in. */
  audienceUri: string | null
  isLocal: boolean
  isLocalOnly: boolean
  heldUntil: Date | null
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
  isLocal: statuses.isLocal,
  isLocalOnly: statuses.isLocalOnly,
  heldUntil: statuses.heldUntil,
}

/** Whether a status exists. Locks it for sharing, so that it stays until the transaction ends. */
export async function lockStatus(tx: Tx, statusId: StatusId): Promise<boolean> {
  const rows = await tx
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
    .for('share')
  return rows.length > 0
}

/**
 * Whether a status that everybody could read was deleted. Deletions of other statuses are not revealed: those with a
 * limited audience or without consent, and those that never left this server.
 */
export async function isDeleted(db: Reader, statusId: StatusId): Promise<boolean> {
  const wasRead = and(isPublicOrUnlisted(statuses), isReleased(statuses), hasLeft(statuses))
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, statusId), isNotNull(statuses.deletedAt), isNull(statuses.reblogOfId), wasRead))
  return rows.length > 0
}

/**
 * A status that the viewer may see.
 *
 * @throws Refusal `not_found`
 */
export async function visibleStatus(db: Reader, viewer: AccountId | null, statusId: StatusId): Promise<StatusHead> {
  const [status] = await db
    .select(head)
    .from(statuses)
    .where(and(eq(statuses.id, statusId), visibleTo(viewer)))
  if (!status) throw notFound()
  return status
}

/**
 * The status that an action applies to: for a boost, the boosted status.
 *
 * @throws Refusal `not_found` when the viewer may not see it
 */
export async function actionTarget(db: Reader, viewer: AccountId, statusId: StatusId): Promise<StatusHead> {
  const status = await visibleStatus(db, viewer, statusId)
  return status.reblogOfId ? visibleStatus(db, viewer, status.reblogOfId) : status
}

/**
 * The status that an undone action applied to. Unlike `actionTarget`, it checks no visibility: an account that was blocked after it
 * favourited a status may still undo the favourite.
 *
 * @throws Refusal `not_found` when there is no such status
 */
export async function undoTarget(db: Reader, statusId: StatusId): Promise<StatusHead> {
  const [status] = await db.select(head).from(statuses).where(eq(statuses.id, statusId))
  if (!status) throw notFound()
  return status.reblogOfId ? undoTarget(db, status.reblogOfId) : status
}

/** The status with an ActivityPub id, deleted ones included; null when this server does not know it. */
export async function statusByUri(db: Reader, uri: string): Promise<(StatusHead & { deletedAt: Date | null }) | null> {
  const [status] = await db
    .select({ ...head, deletedAt: statuses.deletedAt })
    .from(statuses)
    .where(eq(statuses.uri, uri))
  return status ?? null
}

/**
 * The status with a page on another server, deleted ones included; null when this server does not know it, or several
 * share the page.
 */
export async function statusByPage(db: Reader, url: string): Promise<(StatusHead & { deletedAt: Date | null }) | null> {
  const [status, ...more] = await db
    .select({ ...head, deletedAt: statuses.deletedAt })
    .from(statuses)
    .where(and(eq(statuses.url, url), isNull(statuses.reblogOfId)))
    .limit(2)
  return more.length > 0 ? null : (status ?? null)
}

/** The local or remote status with an ActivityPub id or page URL; null when the viewer may not see it. */
export async function visibleStatusByUrl(
  db: Reader,
  uris: Uris,
  viewer: AccountId | null,
  url: string,
): Promise<StatusId | null> {
  const own = uris.parse(url)
  if (uris.isOwn(url) && own?.type !== 'status') return null
  const [status] = await db
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
  return status?.id ?? null
}

/** A local or remote status or boost by its id, its ActivityPub id or its page, whoever may see it: for staff only. */
export async function moderatedStatus(
  db: Reader,
  uris: Uris,
  which: { id: StatusId } | { url: string },
): Promise<{ id: StatusId; accountId: AccountId } | null> {
  const own = 'url' in which ? uris.parse(which.url) : null
  const id = 'id' in which ? which.id : own?.type === 'status' ? own.id : null
  const where = id
    ? eq(statuses.id, id)
    : 'url' in which
      ? or(eq(statuses.uri, which.url), eq(statuses.url, which.url))
      : undefined
  const [status] = await db
    .select({ id: statuses.id, accountId: statuses.accountId })
    .from(statuses)
    .where(and(where, isNull(statuses.deletedAt), id ? undefined : isNull(statuses.reblogOfId)))
    .limit(1)
  return status ?? null
}

/** The statuses among `ids` that everybody may see. */
export async function openStatuses(db: Reader, ids: StatusId[]): Promise<Set<StatusId>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(isOneOfIds(statuses.id, ids), visibleTo(null)))
  return new Set(rows.map(({ id }) => id))
}
