/** Acting against an account because of a report, in one step. */
import type { Staff } from '../../accounts/roles/staff.ts'
import type { Tx } from '../../platform/db/index.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, ReportId } from '../../platform/ids.ts'
import { strike, type StrikeInput } from '../accounts/strike.ts'
import { resolveReport } from './handle.ts'
import { lockReport } from './lock.ts'

/**
 * Acts against the account that a report is about: the person is shown the reported posts, and the report is resolved, also when the
 * account was in that state already.
 *
 * @param accountId who the report has to be about, if that is not known
 * @returns whether the action changed anything
 * @throws Refusal as `strike`; `not_permitted` without the permission for reports; `not_found` for a report about another account
 */
export async function strikeForReport(
  tx: Tx,
  staff: Staff,
  reportId: ReportId,
  input: Omit<StrikeInput, 'statusIds' | 'reportId'>,
  accountId?: AccountId,
): Promise<boolean> {
  const { targetId, statusIds } = await lockReport(tx, staff, reportId)
  if (accountId !== undefined && targetId !== accountId) throw notFound()
  const strikeId = await strike(tx, staff, targetId, { ...input, statusIds, reportId })
  if (strikeId === null) await resolveReport(tx, staff, reportId)
  return strikeId !== null
}
