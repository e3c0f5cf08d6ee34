/** Acting on what a report names: posts, boosts and collections. */
import { auditEach } from '../../accounts/roles/audit.ts'
import type { Staff } from '../../accounts/roles/staff.ts'
import type { Tx } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { CollectionId, ReportId, StatusId } from '../../platform/ids.ts'
import { deleteCollections } from '../../reading/collections/manage.ts'
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
  // A remote account's are deleted here alone.
  const removed = deletes ? await deleteCollections(tx, report.targetId, collectionIds) : []
  await auditEach(tx, staff, 'collection', 'delete', removed)
  if (statusIds.length > 0) {
    const { strikeId } = await actOnStatuses(tx, staff, report.targetId, statusIds, { ...input, reportId })
    if (strikeId !== null) return true
  }
  if (removed.length === 0) return false
  await strike(tx, staff, report.targetId, { ...input, action: 'none', reportId })
  return true
}
