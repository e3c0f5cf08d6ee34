/** Files that moderators remove from posts. The posts stay. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { emit } from '../outbox/emit.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId, MediaId, StatusId } from '../platform/ids.ts'
import { linkCard } from './cards/link-card.ts'
import { reachOf } from './held.ts'
import { keepRevision } from './revisions.ts'
import { indexStatus } from './search/index-status.ts'

type File = Pick<
  typeof media.$inferSelect,
  'id' | 'statusId' | 'file' | 'previewFile' | 'remoteUrl' | 'previewRemoteUrl'
>

/** `url`: the page of the post. `remoteUrl`: the file's address on the server of a remote post. */
export type RemovedFile = { id: MediaId; statusId: StatusId; url: string; remoteUrl: string | null }

/**
 * Removes files from posts of an account, also from their history. Of local posts that is an edit, which other servers get; nobody is
 * notified of it. Ids of files that are not shown by a post of the account are left out.
 */
export async function removeFiles(tx: Tx, accountId: AccountId, ids: readonly MediaId[]): Promise<RemovedFile[]> {
  const posts = await tx
    .select()
    .from(statuses)
    .where(
      and(
        eq(statuses.accountId, accountId),
        isNull(statuses.deletedAt),
        isOneOfIds(statuses.id, await postsWithFiles(tx, accountId, ids)),
      ),
    )
    .orderBy(statuses.id)
    .for('update')
  const removed: RemovedFile[] = []
  for (const post of posts) {
    const isEdit = post.isLocal && post.heldUntil === null
    if (isEdit) await keepRevision(tx, post)
    const files = await dropFiles(tx, post.id, ids)
    await tx
      .update(statuses)
      .set({ hasMedia: await hasFiles(tx, post.id), ...(isEdit ? { editedAt: sql`now()` } : {}) })
      .where(eq(statuses.id, post.id))
    await linkCard(tx, post.id)
    await indexStatus(tx, post.id)
    const reach = post.isLocal ? reachOf(post) : { staysHere: true as const }
    await emit(tx, { type: 'status.edited', statusId: post.id, leavesNoMark: true, ...reach })
    removed.push(...files.map(({ id, remoteUrl }) => ({ id, statusId: post.id, url: post.url, remoteUrl })))
  }
  return removed
}

/** The posts of an account that show some of these files. */
export async function postsWithFiles(tx: Tx, accountId: AccountId, ids: readonly MediaId[]): Promise<StatusId[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .selectDistinct({ statusId: media.statusId })
    .from(media)
    .where(and(isOneOfIds(media.id, ids), eq(media.accountId, accountId), isNotNull(media.position)))
  return rows.flatMap(({ statusId }) => statusId ?? [])
}

async function dropFiles(tx: Tx, statusId: StatusId, ids: readonly MediaId[]): Promise<File[]> {
  const gone = await tx
    .delete(media)
    .where(and(eq(media.statusId, statusId), isOneOfIds(media.id, ids)))
    .returning({
      id: media.id,
      statusId: media.statusId,
      file: media.file,
      previewFile: media.previewFile,
      remoteUrl: media.remoteUrl,
      previewRemoteUrl: media.previewRemoteUrl,
    })
  const files = gone.flatMap(({ file, previewFile }) => [file, previewFile].filter((name) => name !== null))
  if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
  await forgetRemoteFiles(
    tx,
    gone.flatMap(({ remoteUrl, previewRemoteUrl }) => [remoteUrl, previewRemoteUrl]),
  )
  return gone
}

async function hasFiles(tx: Tx, statusId: StatusId): Promise<boolean> {
  const rows = await tx
    .select({ id: media.id })
    .from(media)
    .where(and(eq(media.statusId, statusId), isNotNull(media.position)))
    .limit(1)
  return rows.length > 0
}

/**
 * Files of a remote post without those that a moderator removed: its server goes on to send them. When the strike is lifted, the next
 * edit brings them back.
 */
export async function withoutRemoved<File extends { url: string }>(
  db: Reader,
  { id, accountId }: { id: StatusId; accountId: AccountId },
  files: File[],
): Promise<File[]> {
  if (files.length === 0) return files
  const { rows } = await db.execute<{ url: string }>(sql`
    select jsonb_array_elements_text(before->'files') as url from strikes
    where account_id = ${accountId} and action = 'delete_statuses' and lifted_at is null and status_ids @> array[${id}::bigint]
      and jsonb_typeof(before->'files') = 'array'`)
  const removed = new Set(rows.map(({ url }) => url))
  return removed.size === 0 ? files : files.filter(({ url }) => !removed.has(url))
}
