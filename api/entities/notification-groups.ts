import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { Groups, GroupView } from '#src/reading/notifications/groups.ts'
import { isByVisitor } from '#src/reading/notifications/reports.ts'
import { toAccount } from './account.ts'
import { toCollection } from './collection.ts'
import { toDateTime } from './dates.ts'
import { instanceId, toInstanceAccount } from './instance-account.ts'
import { toFallback } from './notification-fallback.ts'
import { toReport } from './report.ts'
import { toSeverance } from './severance.ts'
import { toStatus } from './status.ts'
import { toStrike } from './strike.ts'

export type GroupOptions = {
  /** Whether all accounts but the newest of each group are reduced to the fields of an avatar. */
  hasPartialAccounts?: boolean
  /** Types that the app supports; other types get a fallback text. */
  supported?: readonly string[]
}

/**
 * Groups with their accounts and statuses, each once.
 *
 * @see https://docs.joinmastodon.org/entities/GroupedNotificationsResults/
 */
export function toGroupedNotifications(
  { groups, accounts }: Groups,
  uris: Uris,
  viewer: AccountId,
  { hasPartialAccounts = false, supported = [] }: GroupOptions = {},
) {
  const ofPeople = groups.filter((group) => !isByVisitor(group))
  const named = new Set(ofPeople.flatMap(({ accountIds }) => accountIds))
  const whole = hasPartialAccounts ? new Set(ofPeople.flatMap(({ accountIds }) => accountIds[0] ?? [])) : named
  const byVisitor = groups.find(isByVisitor)?.report
  const viewsOf = (ids: Iterable<AccountId>) => [...ids].flatMap((id) => accounts.get(id) ?? [])
  const statuses = new Map(groups.flatMap(({ status }) => (status ? [[status.id, status] as const] : [])))
  return {
    accounts: [
      ...viewsOf(whole).map((view) => toAccount(view, uris)),
      ...(byVisitor ? [toInstanceAccount(uris, byVisitor.createdAt)] : []),
    ],
    ...(hasPartialAccounts
      ? {
          partial_accounts: viewsOf([...named].filter((id) => !whole.has(id))).map((view) =>
            toPartialAccount(view, uris),
          ),
        }
      : {}),
    statuses: [...statuses.values()].map((view) => toStatus(view, uris, viewer)),
    notification_groups: groups.map((group) => toGroup(group, accounts, uris, viewer, supported)),
  }
}

/** @see https://docs.joinmastodon.org/entities/NotificationGroup/ */
function toGroup(
  group: GroupView,
  accounts: Groups['accounts'],
  uris: Uris,
  viewer: AccountId,
  supported: readonly string[],
) {
  const { key, type, status, report, collection, severance, strike, page } = group
  const latest = accounts.get(group.accountIds[0] ?? ('' as AccountId))
  return {
    group_key: key,
    notifications_count: group.count,
    type,
    // Apps decode a number here, whatever the documentation says.
    most_recent_notification_id: Number(group.latestId),
    ...(page
      ? { page_min_id: page.minId, page_max_id: page.maxId, latest_page_notification_at: toDateTime(page.latestAt) }
      : {}),
    sample_account_ids: isByVisitor(group) ? [instanceId] : group.accountIds,
    ...(status ? { status_id: status.id } : {}),
    ...(report ? { report: toReport(report, uris) } : {}),
    ...(collection ? { collection: toCollection(collection, uris) } : {}),
    ...(severance ? { event: toSeverance(severance) } : {}),
    ...(strike ? { moderation_warning: toStrike(strike, uris) } : {}),
    ...(latest ? toFallback(type, latest, group, viewer, supported) : {}),
  }
}

/** @see https://docs.joinmastodon.org/entities/GroupedNotificationsResults/#PartialAccountWithAvatar */
function toPartialAccount(view: AccountView, uris: Uris) {
  const { id, acct, url, avatar, avatar_static, avatar_description, locked, bot } = toAccount(view, uris)
  return { id, acct, url, avatar, avatar_static, avatar_description, locked, bot }
}
