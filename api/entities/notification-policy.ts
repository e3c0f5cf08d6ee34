import type { PolicyAnswer, PolicyView } from '#src/reading/notifications/policy.ts'

const toSummary = ({ pendingRequests, pendingNotifications }: PolicyView) => ({
  pending_requests_count: pendingRequests,
  pending_notifications_count: pendingNotifications,
})

/** @see https://docs.joinmastodon.org/entities/NotificationPolicy/ */
export const toNotificationPolicy = (view: PolicyView) => ({
  for_not_following: view.forNotFollowing,
  for_not_followers: view.forNotFollowers,
  for_new_accounts: view.forNewAccounts,
  for_private_mentions: view.forPrivateMentions,
  for_limited_accounts: view.forLimitedAccounts,
  for_bots: view.forBots,
  summary: toSummary(view),
})

const filters = (answer: PolicyAnswer): boolean => answer !== 'accept'

/** The first version of the entity: whether each kind is filtered. */
export const toV1NotificationPolicy = (view: PolicyView) => ({
  filter_not_following: filters(view.forNotFollowing),
  filter_not_followers: filters(view.forNotFollowers),
  filter_new_accounts: filters(view.forNewAccounts),
  filter_private_mentions: filters(view.forPrivateMentions),
  summary: toSummary(view),
})
