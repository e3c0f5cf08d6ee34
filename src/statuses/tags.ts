/** Links statuses to their hashtags, and counts the use of hashtags that accounts feature on their profiles. */
import { and, eq, inArray, not, sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { statusTags, tags } from '../platform/db/schema/interactions.ts'
import { statement } from '../platform/db/statement.ts'
import { newId, type StatusId, type TagId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { isReleased, isPublicOrUnlisted } from './access/visibility.ts'

/** A hashtag: `name` is its normalised key, `displayName` its spelling. */
export type Hashtag = { name: string; displayName: string }

/** Statuses that everybody may see: only these count. */
const isOpenToAll = (name: 's' | 'o') =>
  sql`(${isPublicOrUnlisted(name)} and ${isReleased(name)} and not ${sql.raw(name)}.is_local_only)`

/**
 * The ids of hashtags by name; creates new ones. Their spelling is not stored until a public or unlisted status uses
 * them.
 */
export async function tagIds(tx: Tx, hashtags: Hashtag[]): Promise<TagId[]> {
  return (await storedTags(tx, hashtags)).map(({ id }) => id)
}

type StoredTag = { id: TagId; name: string; isUsable: boolean }

async function storedTags(tx: Tx, hashtags: Hashtag[]): Promise<StoredTag[]> {
  if (hashtags.length === 0) return []
  const findRows = () =>
    tx
      .select({ id: tags.id, name: tags.name, isUsable: tags.isUsable })
      .from(tags)
      .where(
        inArray(
          tags.name,
          hashtags.map((tag) => tag.name),
        ),
      )
  let rows = await findRows()
  const missing = hashtags.filter(({ name }) => !rows.some((row) => row.name === name))
  if (missing.length > 0) {
    // In a fixed order: two statuses with the same new tags would deadlock otherwise.
    const sorted = missing.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    await tx
      .insert(tags)
      .values(sorted.map(({ name }) => ({ id: newId<TagId>(), name, displayName: name })))
      .onConflictDoNothing()
    rows = await findRows()
  }
  return rows
}

/** As `tagIds`, for hashtags in a public place, such as a profile. */
export async function openTagIds(tx: Tx, hashtags: Hashtag[]): Promise<TagId[]> {
  const ids = await tagIds(tx, hashtags)
  if (hashtags.length > 0) await open(tx, { statusId: null, hashtags: JSON.stringify(hashtags) })
  return ids
}

/** Links a new status to its hashtags, but not to those that moderators took out of use. */
export async function tagStatus(tx: Tx, statusId: StatusId, hashtags: Hashtag[]): Promise<void> {
  const usable = (await storedTags(tx, hashtags)).filter(({ isUsable }) => isUsable)
  await fileUnder(
    tx,
    statusId,
    usable.map(({ id }) => id),
  )
  const written = hashtags.filter(({ name }) => usable.some((tag) => tag.name === name))
  if (written.length > 0) await open(tx, { statusId, hashtags: JSON.stringify(written) })
}

/** The pages of hashtags that posts may use; others stay text. */
export const tagPages =
  (uris: Uris, usable: readonly Hashtag[]) =>
  (name: string): string | null =>
    usable.some((tag) => tag.name === name) ? uris.tag(name) : null

/** Those of some hashtags that posts may use: all that moderators did not take out of use. */
export async function usableTags(db: Reader, hashtags: Hashtag[]): Promise<Hashtag[]> {
  if (hashtags.length === 0) return []
  const names = hashtags.map(({ name }) => name)
  const barred = await db
    .select({ name: tags.name })
    .from(tags)
    .where(and(inArray(tags.name, names), not(tags.isUsable)))
  return hashtags.filter(({ name }) => !barred.some((tag) => tag.name === name))
}

/** Makes hashtags public, with their spelling. With a `statusId`, only if everybody may see that status. */
const open = statement<{ statusId: StatusId | null; hashtags: string }, Record<string, never>>(
  'open_tags',
  ({ statusId, hashtags }) => sql`
    update tags set is_open = true, display_name = coalesce(t."displayName", tags.display_name)
    from (
      select tags.id, written."displayName" from json_to_recordset(${hashtags}::json) written(name text, "displayName" text) join tags on tags.name = written.name
      where not tags.is_open and (${statusId}::bigint is null or exists (select from statuses s where s.id = ${statusId}::bigint and ${isOpenToAll('s')}))
      order by tags.name for update of tags) t
    where tags.id = t.id`,
)

async function fileUnder(tx: Tx, statusId: StatusId, ids: TagId[]): Promise<void> {
  if (ids.length > 0) await file(tx, { statusId, ids: arrayOf(ids) })
}

const isFeatured = sql`f.tag_id = t.tag_id and f.account_id = s.account_id and ${isOpenToAll('s')}`

const file = statement<{ statusId: StatusId; ids: string }, Record<string, never>>(
  'file_under_tags',
  ({ statusId, ids }) => sql`
    with t as (insert into status_tags (status_id, tag_id) select ${statusId}::bigint, unnest(${ids}::bigint[]) on conflict do nothing returning tag_id)
    update featured_tags f set statuses_count = f.statuses_count + 1, last_status_at = greatest(f.last_status_at, s.created_at)
    from t, statuses s where s.id = ${statusId}::bigint and ${isFeatured}`,
)

/**
 * Removes the hashtags of a status, which may be deleted already.
 *
 * @returns the hashtags that it had
 */
export async function untagStatus(tx: Tx, statusId: StatusId): Promise<TagId[]> {
  const removed = await tx
    .delete(statusTags)
    .where(eq(statusTags.statusId, statusId))
    .returning({ tagId: statusTags.tagId })
  const ids = removed.map(({ tagId }) => tagId)
  if (ids.length > 0) {
    await tx.execute(sql`
      update featured_tags f set statuses_count = greatest(f.statuses_count - 1, 0),
        last_status_at = case when f.last_status_at > s.created_at then f.last_status_at else (
          select max(o.created_at) from statuses o join status_tags x on x.status_id = o.id
          where o.account_id = f.account_id and x.tag_id = f.tag_id and o.deleted_at is null and ${isOpenToAll('o')}) end
      from unnest(${arrayOf(ids)}::bigint[]) t(tag_id), statuses s
      where s.id = ${statusId} and ${isFeatured}`)
  }
  return ids
}

/** Replaces the hashtags of an edited status. */
export async function retagStatus(tx: Tx, statusId: StatusId, hashtags: Hashtag[]): Promise<void> {
  await untagStatus(tx, statusId)
  await tagStatus(tx, statusId, hashtags)
}

/** Runs a change of a status's visibility, and updates its hashtags' counts. */
export async function refile(tx: Tx, statusId: StatusId, change: () => Promise<void>): Promise<void> {
  const ids = await untagStatus(tx, statusId)
  await change()
  await fileUnder(tx, statusId, ids)
  if (ids.length === 0) return
  const hashtags = await tx.select({ name: tags.name }).from(tags).where(inArray(tags.id, ids))
  await open(tx, { statusId, hashtags: JSON.stringify(hashtags) })
}
