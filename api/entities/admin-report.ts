import type { Rule } from '#src/moderation/instance-rules.ts'
import type { ReportRow } from '#src/moderation/reports/lock.ts'
import type { AdminAccount } from './admin-account.ts'
import { toDateTime } from './dates.ts'
import { toRule } from './rule.ts'
import type { Status } from './status.ts'

/** The accounts and posts in a report. */
export type ReportParts = {
  /** The instance itself in place of a reporter without an account. */
  account: AdminAccount
  target: AdminAccount
  assigned: AdminAccount | null
  resolver: AdminAccount | null
  statuses: Status[]
  rules: Rule[]
}

/** @see https://docs.joinmastodon.org/entities/Admin_Report/ */
export const toAdminReport = (
  report: ReportRow,
  { account, target, assigned, resolver, statuses, rules }: ReportParts,
) => ({
  id: report.id,
  action_taken: report.resolvedAt !== null,
  action_taken_at: report.resolvedAt && toDateTime(report.resolvedAt),
  category: report.category,
  comment: report.comment,
  forwarded: report.isForwarded,
  created_at: toDateTime(report.createdAt),
  updated_at: toDateTime(report.updatedAt ?? report.createdAt),
  account,
  target_account: target,
  assigned_account: assigned,
  action_taken_by_account: resolver,
  statuses,
  rules: rules.map(toRule),
})
