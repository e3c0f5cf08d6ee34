/** Acting on what a report names: posts, boosts and collections. */
import { and, eq } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import type { Staff } from '../../accounts/roles/staff.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { collections } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import type { CollectionId, ReportId, StatusId } from '../../platform/ids.ts'
import { deleteCollection } from '../../reading/collections/manage.ts'
import { refuse } from '../../text/refusals.ts'
import { strike } from '../accounts/strike.ts'
import { actOnStatuses, type StatusActionInput } from '../statuses.ts'
import { lockReport } from './lock.ts'

export type ReportedChoice = { statusIds: readonly StatusId[]; collectionIds: readonly CollectionId[] }

/**
 * Deletes reported posts and collections, or marks reported posts as sensitive: a strike against the account, which resolves the
 * report. The strike for collections alone is a warning.
 *
 * @returns whether anything was done: false when all is gone or marked already
 * @throws Refusal `not_permitted`, `not_found` for what the report does not name, `unprocessable` when nothing is chosen, `invalid`
 */
export async function actOnReported(
  tx: Tx,
  staff: Staff,
  reportId: ReportId,
  { statusIds, collectionIds }: ReportedChoice,
  input: Omit<StatusActionInput, 'reportId'>,
): Promise<boolean> {
  const report = await lockReport(tx, staff, reportId)
  const isNamed =
    statusIds.every((id) => report.statusIds.includes(id)) &&
    collectionIds.every((id) => report.collectionIds.includes(id))
  if (!isNamed) throw notFound()
  const deletes = input.action === 'delete_statuses'
  if (statusIds.length + (deletes ? collectionIds.length : 0) === 0) throw refuse('unprocessable', 'chooseReported')
  const removed = deletes ? await deleteCollections(tx, staff, report.targetId, collectionIds) : 0
  if (statusIds.length > 0) {
    const { strikeId } = await actOnStatuses(tx, staff, report.targetId, statusIds, { ...input, reportId })
    if (strikeId !== null) return true
  }
  if (removed === 0) return false
  await strike(tx, staff, report.targetId, { ...input, action: 'none', reportId })
  return true
}

/** Only people here have collections. */
async function deleteCollections(
  tx: Tx,
  staff: Staff,
  ownerId: Parameters<typeof deleteCollection>[1],
  ids: readonly CollectionId[],
): Promise<number> {
  if (ids.length === 0) return 0
  const found = await tx
    .select({ id: collections.id, name: collections.name })
    .from(collections)
    .where(and(isOneOfIds(collections.id, ids), eq(collections.accountId, ownerId)))
  for (const { id, name } of found) {
    await deleteCollection(tx, ownerId, id)
    await audit(tx, staff, 'collection', 'delete', { id, name })
  }
  return found.length
}
