/**
 * The rule of a person that each file of their posts has a description (alternative text). It holds for posts of the website and
 * of apps alike, so that no app can pass it by mistake.
 */
import { and, eq, inArray } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { media } from '../platform/db/schema/media.ts'
import type { AccountId, MediaId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'

/** Ids of those files of an account that have no description, counting the changes that are about to be made. */
async function undescribed(
  db: Reader,
  accountId: AccountId,
  ids: readonly MediaId[],
  changes: readonly { id: MediaId; description?: string }[] = [],
): Promise<MediaId[]> {
  if (ids.length === 0) return []
  const stored = await db
    .select({ id: media.id, description: media.description })
    .from(media)
    .where(and(inArray(media.id, [...ids]), eq(media.accountId, accountId)))
  return stored
    .filter(({ id, description }) => {
      const change = changes.find((change) => change.id === id)
      return (change?.description ?? description).trim() === ''
    })
    .map(({ id }) => id)
}

/** @throws Refusal `invalid` when a file has no description */
export async function requireDescriptions(
  db: Reader,
  accountId: AccountId,
  ids: readonly MediaId[],
  changes: readonly { id: MediaId; description?: string }[] = [],
): Promise<void> {
  const missing = await undescribed(db, accountId, ids, changes)
  if (missing.length > 0) throw refuse('invalid', 'descriptionsRequired')
}
