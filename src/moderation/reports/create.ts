import { and, eq, inArray, isNull } from 'drizzle-orm'
import { rolesWith } from '../../accounts/roles/roles.ts'
import { notifyStaff } from '../../notices/notify.ts'
import { emitAll } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collections } from '../../platform/db/schema/lists.ts'
import { reports, rules } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, type CollectionId, type Id, newId, type ReportId, type StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { countCharacters } from '../../rules/count.ts'
import { reportableStatuses, snapshotOf } from '../../statuses/reported.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'

export const reportCategories = ['spam', 'legal', 'violation', 'other'] as const

export type ReportInput = {
  targetId: AccountId
  statusIds?: StatusId[]
  collectionIds?: CollectionId[]
  ruleIds?: Id<'rule'>[]
  comment?: string
  category?: (typeof reportCategories)[number]
  /** Whether this server forwards the report to the account's own server, without the reporter's name. */
  isForwarded?: boolean
  /** Further servers to forward it to: those of accounts that the reported statuses reply to. */
  domains?: string[]
}

/** In characters, as posts count them. */
export const maxCommentLength = 1_000

/**
 * Reports an account to the moderators here, and on request to those of its own server.
 *
 * @throws Refusal `not_found` when the account, a status or a collection does not exist; `invalid` for unknown rules, or a
 *   comment that is too long
 */
export async function createReport(tx: Tx, uris: Uris, reporter: AccountId, input: ReportInput): Promise<ReportId> {
  const [target] = await tx
    .select({ domain: accounts.domain })
    .from(accounts)
    .where(and(eq(accounts.id, input.targetId), isNull(accounts.deletedAt)))
  if (!target) throw notFound()
  const comment = plainText(input.comment ?? '').trim()
  if (countCharacters(comment) > maxCommentLength) throw refuse('invalid', 'commentTooLong', { max: maxCommentLength })
  const statusIds = [...new Set(input.statusIds ?? [])]
  const collectionIds = [...new Set(input.collectionIds ?? [])]
  const ruleIds = [...new Set(input.ruleIds ?? [])]
  if ((await reportableStatuses(tx, reporter, input.targetId, statusIds)).length < statusIds.length) throw notFound()
  if ((await countCollections(tx, input.targetId, collectionIds)) < collectionIds.length) throw notFound()
  if ((await countCurrentRules(tx, ruleIds)) < ruleIds.length) throw refuse('invalid', 'reportRules')

  const isForwarded = input.isForwarded === true && target.domain !== null
  const id = newId<ReportId>()
  await tx
    .insert(reports)
    .values({
      id,
      accountId: reporter,
      targetId: input.targetId,
      statusIds,
      collectionIds,
      ruleIds,
      comment,
      category: input.category ?? (ruleIds.length > 0 ? 'violation' : 'other'),
      isForwarded,
      forwardedAt: isForwarded ? new Date() : null,
      uri: uris.activity('flags', id),
      snapshot: await snapshotOf(tx, uris, statusIds),
    })
  await changed(tx, 'reports')
  await notifyStaff(tx, await rolesWith(tx, 'manage_reports'), { type: 'admin.report', from: reporter, reportId: id })
  await emitAll(tx, [
    { type: 'report.filed', reportId: id },
    { type: 'report.created', reportId: id, domains: isForwarded ? (input.domains ?? []).slice(0, 10) : [] },
  ])
  return id
}

async function countCollections(tx: Tx, owner: AccountId, ids: CollectionId[]): Promise<number> {
  if (ids.length === 0) return 0
  return (
    await tx
      .select({ id: collections.id })
      .from(collections)
      .where(and(inArray(collections.id, ids), eq(collections.accountId, owner), eq(collections.isForgotten, false)))
  ).length
}

/** How many of some rules the instance has. */
export async function countCurrentRules(tx: Tx, ids: Id<'rule'>[]): Promise<number> {
  if (ids.length === 0) return 0
  return (
    await tx
      .select({ id: rules.id })
      .from(rules)
      .where(and(inArray(rules.id, ids), isNull(rules.deletedAt)))
  ).length
}
