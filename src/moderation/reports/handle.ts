/** What staff do with a report, apart from acting on the account: assign, resolve, reopen, sort, forward and answer it. */
import { eq, sql } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import type { Staff } from '../../accounts/roles/staff.ts'
import { emit } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import type { Id, ReportId } from '../../platform/ids.ts'
import { countCharacters } from '../../rules/count.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { countCurrentRules, type reportCategories } from './create.ts'
import { lockReport, reportTarget, type ReportRow } from './lock.ts'
import { loadReporter } from './reporter.ts'

/**
 * Assigns a report to the member of staff who asks for it, also if another one had it.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` on the command line, which nothing is assigned to
 */
export async function assignReport(tx: Tx, staff: Staff, id: ReportId): Promise<void> {
  const report = await lockReport(tx, staff, id)
  if (staff.accountId === null) throw refuse('invalid', 'notStaff')
  if (report.assignedToId === staff.accountId) return
  await save(tx, id, { assignedToId: staff.accountId })
  await audit(tx, staff, 'report', 'assign', reportTarget(id))
}

/**
 * Makes a report nobody's.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function unassignReport(tx: Tx, staff: Staff, id: ReportId): Promise<void> {
  const report = await lockReport(tx, staff, id)
  if (report.assignedToId === null) return
  await save(tx, id, { assignedToId: null })
  await audit(tx, staff, 'report', 'unassign', reportTarget(id))
}

/**
 * Resolves a report. A second time nothing happens.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function resolveReport(tx: Tx, staff: Staff, id: ReportId): Promise<void> {
  const report = await lockReport(tx, staff, id)
  if (report.resolvedAt !== null) return
  await save(tx, id, { resolvedAt: new Date(), resolvedById: staff.accountId })
  await changed(tx, 'reports')
  await audit(tx, staff, 'report', 'resolve', reportTarget(id))
}

/**
 * Opens a resolved report again. What was done because of it stays.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function reopenReport(tx: Tx, staff: Staff, id: ReportId): Promise<void> {
  const report = await lockReport(tx, staff, id)
  if (report.resolvedAt === null) return
  await save(tx, id, { resolvedAt: null, resolvedById: null })
  await changed(tx, 'reports')
  await audit(tx, staff, 'report', 'reopen', reportTarget(id))
}

export type ReportSorting = { category?: (typeof reportCategories)[number]; ruleIds?: Id<'rule'>[] }

/**
 * Sorts a report: its category, and the rules that were broken. Only violations name rules, as in Mastodon.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` for rules that the instance does not have
 */
export async function changeReport(tx: Tx, staff: Staff, id: ReportId, sorting: ReportSorting): Promise<void> {
  const report = await lockReport(tx, staff, id)
  const category = sorting.category ?? report.category
  const ruleIds = category === 'violation' ? [...new Set(sorting.ruleIds ?? report.ruleIds)] : []
  const added = ruleIds.filter((ruleId) => !report.ruleIds.includes(ruleId))
  if ((await countCurrentRules(tx, added)) < added.length) throw refuse('invalid', 'reportRules')
  if (category === report.category && sameIds(ruleIds, report.ruleIds)) return
  await save(tx, id, { category, ruleIds })
  await audit(tx, staff, 'report', 'change', reportTarget(id), { from: report.category, to: category, ruleIds })
}

/**
 * Sends a report on to the server of the reported account, in the name of the instance, if that did not happen before.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` where it can't be forwarded, see `canForward`
 */
export async function forwardReport(tx: Tx, staff: Staff, id: ReportId): Promise<void> {
  const report = await lockReport(tx, staff, id)
  const [target] = await tx.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, report.targetId))
  if (!canForward(report, target?.domain ?? null)) throw refuse('invalid', 'reportNotForwardable')
  await save(tx, id, { isForwarded: true, forwardedAt: new Date() })
  await audit(tx, staff, 'report', 'forward', reportTarget(id), { domain: target?.domain })
  await emit(tx, { type: 'report.forwarded', reportId: id })
}

/** Whether a report can be sent on: it is about an account of another server, which did not get it yet. */
export const canForward = (
  { uri, isForwarded }: Pick<ReportRow, 'uri' | 'isForwarded'>,
  targetDomain: string | null,
): boolean => targetDomain !== null && uri !== null && !isForwarded

export const maxAnswerLength = 2_000

/**
 * Answers the person who reported, once, by mail. They don't learn who of the staff answers.
 *
 * @throws Refusal `not_permitted`, `not_found`; `invalid` for a blank or long text, for a report that was answered, and for a
 *   reporter of another server, who gets no mail
 */
export async function answerReport(tx: Tx, staff: Staff, id: ReportId, input: string): Promise<void> {
  const report = await lockReport(tx, staff, id)
  const text = plainText(input).trim()
  if (text === '') throw refuse('invalid', 'reportAnswerBlank')
  if (countCharacters(text) > maxAnswerLength) throw refuse('invalid', 'reportAnswerTooLong', { max: maxAnswerLength })
  if (report.answeredAt !== null) throw refuse('invalid', 'reportAnswered')
  if ((await loadReporter(tx, report)) === null) throw refuse('invalid', 'reportWithoutAddress')
  await save(tx, id, { answer: text, answeredAt: new Date() })
  // The text itself stands in the report: the audit log has no private content.
  await audit(tx, staff, 'report', 'answer', reportTarget(id))
  await emit(tx, { type: 'report.answered', reportId: id })
}

async function save(tx: Tx, id: ReportId, values: Partial<ReportRow>): Promise<void> {
  await tx
    .update(reports)
    .set({ ...values, updatedAt: sql`now()` })
    .where(eq(reports.id, id))
  await emit(tx, { type: 'report.changed', reportId: id })
}

const sameIds = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((id) => others.includes(id))
