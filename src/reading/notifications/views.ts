import { waitingReasons } from '../../accounts/sign-up/applicants.ts'
import { type AccountView, loadWaitingAccounts } from '../../accounts/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { notifications, NotificationType } from '../../platform/db/schema/notifications.ts'
import type {
  AccountId,
  CollectionId,
  NotificationId,
  ReportId,
  SeveranceId,
  StatusId,
  StrikeId,
} from '../../platform/ids.ts'
import { loadSeverances, type SeveranceView } from '../../relationships/severance.ts'
import { hides } from '../../statuses/views/filters.ts'
import { firstReactions, type ReactionEmojiView } from '../../statuses/views/reactions.ts'
import { loadStatusesAndAccounts, type StatusView } from '../../statuses/views/views.ts'
import { type CollectionView, loadCollectionViews } from '../collections/views.ts'
import { loadReportMap, type ReportView } from './reports.ts'
import { loadStrikeMap, type StrikeView } from './strikes.ts'

export type NotificationView = {
  id: NotificationId
  type: NotificationType
  createdAt: Date
  /** Null for a notification that is shown alone. */
  groupKey: string | null
  isFiltered: boolean
  account: AccountView
  /** The emoji of a favourite that another server sent as a reaction. */
  emoji: ReactionEmojiView | null
} & Subject

/** The subject of a notification: mostly a status; a follow or sign-up has none but its account. */
export type Subject = {
  status: StatusView | null
  report: ReportView | null
  collection: CollectionView | null
  severance: SeveranceView | null
  strike: StrikeView | null
  /** The reason of a person who waits for approval; null for a sign-up that needs none, and for other notifications. */
  applicant: { reason: string | null } | null
}

/**
 * Accounts and subjects of notifications, by id. Leaves out what the viewer may not see (any more), and what the
 * viewer's filters hide.
 */
export type Subjects = {
  accounts: Map<AccountId, AccountView>
  statuses: Map<StatusId, StatusView>
  reports: Map<ReportId, ReportView>
  collections: Map<CollectionId, CollectionView>
  severances: Map<SeveranceId, SeveranceView>
  strikes: Map<StrikeId, StrikeView>
  applicants: Map<AccountId, { reason: string | null }>
}

type SubjectIds = {
  type?: NotificationType
  statusId: StatusId | null
  reportId: ReportId | null
  collectionId: CollectionId | null
  severanceId: SeveranceId | null
  strikeId?: StrikeId | null
}

/**
 * Loads the subjects and accounts of notifications, each once. Nobody but moderators has notifications of sign-ups, so they alone
 * see people who wait for approval.
 */
export async function loadSubjects(
  db: Reader,
  viewer: AccountId,
  ids: SubjectIds[],
  accountIds: AccountId[],
): Promise<Subjects> {
  const signUps = ids.some(({ type }) => type === 'admin.sign_up') ? accountIds : []
  const [{ statuses, accounts }, reports, collections, severances, strikes, applicants] = await Promise.all([
    loadStatusesAndAccounts(db, viewer, [...new Set(ids.flatMap(({ statusId }) => statusId ?? []))], accountIds),
    loadReportMap(
      db,
      ids.flatMap(({ reportId }) => reportId ?? []),
    ),
    loadCollectionViews(db, viewer, [...new Set(ids.flatMap(({ collectionId }) => collectionId ?? []))]),
    loadSeverances(
      db,
      viewer,
      ids.flatMap(({ severanceId }) => severanceId ?? []),
    ),
    loadStrikeMap(
      db,
      viewer,
      ids.flatMap(({ strikeId }) => strikeId ?? []),
    ),
    waitingReasons(db, signUps),
  ])
  const waiting = await loadWaitingAccounts(db, [...applicants.keys()])
  return {
    accounts: new Map([...accounts, ...waiting]),
    statuses: new Map(
      statuses.filter(({ filtered }) => !hides(filtered, 'notifications')).map((view) => [view.id, view]),
    ),
    reports,
    collections: new Map(collections.map((view) => [view.id, view])),
    severances,
    strikes,
    applicants,
  }
}

/** The subject of one notification; undefined when it may not be shown, and so neither may the notification. */
export function subjectOf(
  { statuses, reports, collections, severances, strikes, applicants }: Subjects,
  { type, statusId, reportId, collectionId, severanceId, strikeId }: SubjectIds,
  accountId: AccountId | undefined,
): Subject | undefined {
  const status = statusId ? statuses.get(statusId) : null
  const report = reportId ? reports.get(reportId) : null
  const collection = collectionId ? collections.get(collectionId) : null
  const severance = severanceId ? severances.get(severanceId) : null
  const strike = strikeId ? strikes.get(strikeId) : null
  const applicant = (type === 'admin.sign_up' && accountId && applicants.get(accountId)) || null
  if (status === undefined || report === undefined || collection === undefined) return undefined
  if (severance === undefined || strike === undefined) return undefined
  return { status, report, collection, severance, strike, applicant }
}

/** Views of notifications, in their order. */
export async function toNotificationViews(
  db: Reader,
  viewer: AccountId,
  rows: (typeof notifications.$inferSelect)[],
): Promise<NotificationView[]> {
  const subjects = await loadSubjects(
    db,
    viewer,
    rows,
    rows.map(({ fromAccountId }) => fromAccountId),
  )
  const reacted = rows.flatMap(({ type, fromAccountId, statusId }) =>
    type === 'favourite' && statusId && subjects.statuses.get(statusId)?.reactions.length
      ? [{ accountId: fromAccountId, statusId }]
      : [],
  )
  const emojis = await firstReactions(db, reacted)
  return rows.flatMap((row) => {
    const account = subjects.accounts.get(row.fromAccountId)
    const of = subjectOf(subjects, row, row.fromAccountId)
    const emoji = (row.type === 'favourite' && emojis.get(`${row.fromAccountId} ${row.statusId}`)) || null
    return account && of
      ? [
          {
            id: row.id,
            type: row.type,
            createdAt: row.createdAt,
            groupKey: row.groupKey,
            isFiltered: row.isFiltered,
            account,
            emoji,
            ...of,
          },
        ]
      : []
  })
}
