/** Under which hashtags statuses are filed, and how often accounts used those that they feature on their profiles. */
import { eq, inArray, sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { statusTags, tags } from '../platform/db/schema/interactions.ts'
import { statement } from '../platform/db/statement.ts'
import { newId, type StatusId, type TagId } from '../platform/ids.ts'
import { isReleased, isPublicOrUnlisted } from './access/visibility.ts'

/** A hashtag: `name` is its normalised key, `displayName` how it was written. */
export type Hashtag = { name: string; displayName: string }

/** Only what everybody may see counts. */
const isOpenToAll = (name: 's' | 'o') => sql`(${isPublicOrUnlisted(name)} and ${isReleased(name)})`

/** The ids of hashtags by name, making those that are new. How they are written is nobody's to see until they are used in the open. */
export async function tagIds(tx: Tx, found: Hashtag[]): Promise<TagId[]> {
  if (found.length === 0) return []
  const known = () =>
    tx
      .select({ id: tags.id, name: tags.name })
      .from(tags)
      .where(
        inArray(
          tags.name,
          found.map((tag) => tag.name),
        ),
      )
  let rows = await known()
  const missing = found.filter(({ name }) => !rows.some((row) => row.name === name))
  if (missing.length > 0) {
    // In one order for everybody: two statuses with the same new tags would deadlock otherwise.
    const sorted = missing.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    await tx
      .insert(tags)
      .values(sorted.map(({ name }) => ({ id: newId<TagId>(), name, displayName: name })))
      .onConflictDoNothing()
    rows = await known()
  }
  return rows.map(({ id }) => id)
}

/** As `tagIds`, for hashtags that are put where everybody sees them, such as on a profile. */
export async function openTagIds(tx: Tx, found: Hashtag[]): Promise<TagId[]> {
  const ids = await tagIds(tx, found)
  if (found.length > 0) await open(tx, { statusId: null, found: JSON.stringify(found) })
  return ids
}

/** Files a status under its hashtags. */
export async function tagStatus(tx: Tx, statusId: StatusId, found: Hashtag[]): Promise<void> {
  await fileUnder(tx, statusId, await tagIds(tx, found))
  if (found.length > 0) await open(tx, { statusId, found: JSON.stringify(found) })
}

/** Hashtags that everybody sees, in the status if there is one, may be told to everybody from now on, written as there, or else as they are. */
const open = statement<{ statusId: StatusId | null; found: string }, Record<string, never>>(
  'open_tags',
  ({ statusId, found }) => sql`
    update tags set is_open = true, display_name = coalesce(t."displayName", tags.display_name)
    from (
      select tags.id, written."displayName" from json_to_recordset(${found}::json) written(name text, "displayName" text) join tags on tags.name = written.name
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
 * Takes a status, which may be deleted already, from under its hashtags.
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

/** Files a status that was edited under the hashtags that it has now. */
export async function retagStatus(tx: Tx, statusId: StatusId, found: Hashtag[]): Promise<void> {
  await untagStatus(tx, statusId)
  await tagStatus(tx, statusId, found)
}

/** Files a status anew under its hashtags around a change of whether everybody sees it. */
export async function refile(tx: Tx, statusId: StatusId, change: () => Promise<void>): Promise<void> {
  const ids = await untagStatus(tx, statusId)
  await change()
  await fileUnder(tx, statusId, ids)
  if (ids.length === 0) return
  const found = await tx.select({ name: tags.name }).from(tags).where(inArray(tags.id, ids))
  await open(tx, { statusId, found: JSON.stringify(found) })
}
