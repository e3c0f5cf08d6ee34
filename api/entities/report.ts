import type { Uris } from '#src/platform/uris.ts'
import type { ReportView } from '#src/reading/notifications/reports.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'

/** @see https://docs.joinmastodon.org/entities/Report/ */
export const toReport = (view: ReportView, uris: Uris) => ({
  id: view.id,
  action_taken: view.resolvedAt !== null,
  action_taken_at: view.resolvedAt && toDateTime(view.resolvedAt),
  category: view.category,
  comment: view.comment,
  forwarded: view.isForwarded,
  created_at: toDateTime(view.createdAt),
  status_ids: view.statusIds,
  collection_ids: view.collectionIds,
  rule_ids: view.ruleIds,
  target_account: toAccount(view.target, uris),
})
