import { sql } from 'drizzle-orm'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import type { AccountId, TagId } from '../../platform/ids.ts'
import { type DayUse, tagHistory } from '../trends/history.ts'

/** A hashtag, its use of the last days, and whether the viewer follows or features it; false without a viewer. */
export type TagDetails = {
  /** Null for a hashtag that is not stored yet. */
  id: TagId | null
  name: string
  displayName: string
  history: DayUse[]
  isFollowed: boolean
  isFeatured: boolean
}

/** Hashtags by id, in two queries, in the order of the ids; unknown ids are left out. */
export async function loadTagDetails(
  db: Reader,
  viewer: AccountId | null,
  ids: readonly TagId[],
): Promise<TagDetails[]> {
  if (ids.length === 0) return []
  const [rows, historyOf] = await Promise.all([
    db
      .select({
        id: tags.id,
        name: tags.name,
        displayName: tags.displayName,
        isFollowed: sql<boolean>`exists (select from tag_follows f where f.tag_id = tags.id and f.account_id = ${viewer})`,
        isFeatured: sql<boolean>`exists (select from featured_tags f where f.tag_id = tags.id and f.account_id = ${viewer})`,
      })
      .from(tags)
      .where(isOneOfIds(tags.id, ids)),
    tagHistory(db, ids),
  ])
  const byId = new Map(rows.map((row) => [row.id, { ...row, history: historyOf.get(row.id) ?? [] }]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/**
 * One hashtag by name. An unknown one has details, too: it may be opened and followed.
 *
 * @param tag as `parseHashtag` returns it
 */
export async function loadTagByName(
  db: Reader,
  viewer: AccountId | null,
  tag: { name: string; displayName: string },
): Promise<TagDetails> {
  const [known] = await db
    .select({ id: tags.id, isOpen: tags.isOpen })
    .from(tags)
    .where(sql`${tags.name} = ${tag.name}`)
  const [details] = known ? await loadTagDetails(db, viewer, [known.id]) : []
  // The answer must not reveal that somebody used a hashtag in a post that is not for everybody.
  if (details && (details.isFollowed || details.isFeatured || known?.isOpen))
    return known?.isOpen ? details : { ...details, displayName: tag.displayName }
  return { id: null, ...tag, history: [], isFollowed: false, isFeatured: false }
}
