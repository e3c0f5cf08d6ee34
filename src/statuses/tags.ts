import { inArray } from 'drizzle-orm'
import type { Tx } from '../db/index.ts'
import { statusTags, tags } from '../db/schema/interactions.ts'
import { newId, type StatusId, type TagId } from '../ids.ts'

/** A hashtag: `name` is its normalised key, `displayName` how it was written. */
export type Hashtag = { name: string; displayName: string }

/** Files a status under its hashtags, making those that are new. */
export async function tagStatus(tx: Tx, statusId: StatusId, found: Hashtag[]): Promise<void> {
  if (found.length === 0) return
  // In one order for everybody: two statuses with the same new tags would deadlock otherwise.
  const sorted = found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  await tx.insert(tags).values(sorted.map(({ name, displayName }) => ({ id: newId<TagId>(), name, displayName }))).onConflictDoNothing()
  const rows = await tx.select({ id: tags.id }).from(tags).where(inArray(tags.name, sorted.map((tag) => tag.name)))
  await tx.insert(statusTags).values(rows.map(({ id }) => ({ statusId, tagId: id }))).onConflictDoNothing()
}
