/** Moderators' view of hashtags, and their decisions about them. */
import { and, eq } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { notFound } from '../../platform/errors.ts'
import type { TagId } from '../../platform/ids.ts'
import { parseHashtag } from '../../text/hashtag.ts'
import { refuse } from '../../text/refusals.ts'
import { applyDecisions } from '../trends/allowed.ts'

/** A hashtag with what moderators decided. `isTrendable` is null while nobody did. */
export type ModeratedTag = {
  id: TagId
  name: string
  displayName: string
  isTrendable: boolean | null
  isUsable: boolean
  isListable: boolean
}

const columns = {
  id: tags.id,
  name: tags.name,
  displayName: tags.displayName,
  isTrendable: tags.isTrendable,
  isUsable: tags.isUsable,
  isListable: tags.isListable,
}

/**
 * A page of the hashtags that public or unlisted posts ever used, the latest first. Others are not shown to staff either.
 *
 * @throws Refusal `not_permitted`
 */
export async function listTags(db: Reader, staff: Staff, page: Page): Promise<ModeratedTag[]> {
  requirePermission(staff, 'manage_taxonomies')
  const { where, orderBy, limit } = slice(tags.id, page)
  const rows = await db.select(columns).from(tags).where(and(tags.isOpen, where)).orderBy(orderBy).limit(limit)
  return settle(page, rows)
}

/** Such hashtags by id, in any order. @throws Refusal `not_permitted` */
export async function moderatedTags(db: Reader, staff: Staff, ids: readonly TagId[]): Promise<ModeratedTag[]> {
  requirePermission(staff, 'manage_taxonomies')
  if (ids.length === 0) return []
  return db
    .select(columns)
    .from(tags)
    .where(and(tags.isOpen, isOneOfIds(tags.id, ids)))
}

/** Such a hashtag by name, with or without `#`; null when there is none here. @throws Refusal `not_permitted` */
export async function moderatedTagNamed(db: Reader, staff: Staff, text: string): Promise<ModeratedTag | null> {
  requirePermission(staff, 'manage_taxonomies')
  const name = parseHashtag(text)?.name
  if (name === undefined) return null
  const [tag] = await db
    .select(columns)
    .from(tags)
    .where(and(tags.isOpen, eq(tags.name, name)))
  return tag ?? null
}

/** What to change about a hashtag. Undefined: as it is. */
export type TagChange = {
  /** Another spelling of the same hashtag. */
  displayName?: string | undefined
  /** Whether it may trend. */
  isTrendable?: boolean | undefined
  /** Whether new posts may use it. Posts that use it already stay below it. */
  isUsable?: boolean | undefined
  /** Whether search, suggestions and trends show it. */
  isListable?: boolean | undefined
}

/**
 * Changes a hashtag's spelling, and what it may be used for, at once.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` for the spelling of another hashtag
 */
export async function changeTag(tx: Tx, staff: Staff, id: TagId, change: TagChange): Promise<void> {
  requirePermission(staff, 'manage_taxonomies')
  const [before] = await tx
    .select(columns)
    .from(tags)
    .where(and(tags.isOpen, eq(tags.id, id)))
    .for('update')
  if (!before) throw notFound()
  if (change.displayName !== undefined && parseHashtag(change.displayName)?.name !== before.name)
    throw refuse('invalid', 'tagSpelling')
  const wanted = { ...change, displayName: change.displayName?.trim().replace(/^[#＃]/u, '') }
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== undefined && value !== before[name as keyof TagChange]),
  ) as TagChange
  if (Object.keys(changed).length === 0) return
  await tx
    .update(tags)
    .set(changed as Partial<ModeratedTag>)
    .where(eq(tags.id, id))
  await audit(tx, staff, 'tag', 'change', { id, name: changed.displayName ?? before.displayName }, changed)
  await applyDecisions(tx, 'tags')
}

/** Whether moderators still have to look at a hashtag. */
export const needsReview = ({ isTrendable, isUsable, isListable }: ModeratedTag): boolean =>
  isTrendable === null && isUsable && isListable
