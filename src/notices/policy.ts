/**
 * Decides whether a notification reaches a person: by blocks and mutes, and by the person's policy for strangers. Parts of the
 * statement in `notify.ts`, in which `u` is the recipient, `sender` the account that acted, `s` the status that it is about, if
 * any, and `p` the recipient's policy.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { NotificationType } from '../platform/db/schema/notifications.ts'
import { constant } from '../platform/db/statement.ts'
import { blockedEitherWay, blocksDomainOf, mutesNotificationsOf } from '../rules/avoidance.ts'

/** Types that a policy applies to: actions of others. Notifications that a person asked for always pass. */
const filterable: readonly NotificationType[] = [
  'mention',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'quote',
  'pending.reply',
  'pending.quote',
  'pending.reblog',
  'pending.favourite',
  'added_to_collection',
  'collection_update',
]

export const policyOutcomes = { accept: 0, filter: 1, drop: 2 } as const

const [user, sender] = [sql`u.account_id`, sql`sender.id`]
const followsSender = sql`exists (select from follows f where f.follower_id = u.account_id and f.target_id = sender.id)`

/** A built-in role of staff, or one that admins made, shown as a badge, with a permission other than to invite (bit 16). */
const isStaff = sql`(staff.role <> 'user' or exists (
  select from roles made where made.id = staff.role_id and made.is_highlighted and made.permissions & ~65536::bigint <> 0))`

/** Types that come from the recipient's own account: nobody else is named. */
const ofOneself: readonly NotificationType[] = ['poll', 'severed_relationships', 'moderation_warning']

/**
 * Own actions notify only for the end of a poll, lost follows and warnings; blocked or muted accounts and muted threads never do. The
 * report of somebody without an account is stored as one from the reported account, which a moderator may well have blocked.
 */
export function isNotifiable(type: NotificationType, reportId: string | null): SQL {
  if (type === 'admin.report')
    return sql`u.account_id <> sender.id and ((select r.account_id is null from reports r where r.id = ${reportId}::bigint) or (${mayNotify(type)}))`
  return mayNotify(type)
}

function mayNotify(type: NotificationType): SQL {
  return sql`${ofOneself.includes(type) ? sql`true` : sql`u.account_id <> sender.id`}
    ${ofOneself.includes(type) ? sql`` : sql`and sender.suspended_at is null`}
    and not ${blockedEitherWay(user, sender)}
    and not ${mutesNotificationsOf(user, sender)}
    and (sender.domain is null or not ${blocksDomainOf(user, sender)} or ${followsSender})
    and not exists (select from thread_mutes t where t.account_id = u.account_id and t.thread_id = s.thread_id)`
}

/**
 * The strictest answer of the rules that apply, as a number of `policyOutcomes`. As in Mastodon, followers count as such after three
 * days, accounts are new for thirty, and a private mention from a stranger is welcome where the person has written to them in
 * the same thread. Accepted accounts, and mentions by this server's moderators, pass.
 */
export function policyOutcome(type: NotificationType): SQL<number> {
  if (!filterable.includes(type)) return sql`${constant(policyOutcomes.accept)}`
  return sql`case
    when exists (select from notification_permissions n where n.account_id = u.account_id and n.from_account_id = sender.id) then ${constant(policyOutcomes.accept)}
    ${type === 'mention' ? sql`when exists (select from users staff where staff.account_id = sender.id and ${isStaff}) then ${constant(policyOutcomes.accept)}` : sql``}
    else (
      select coalesce(max(case rule.answer when 'drop' then ${constant(policyOutcomes.drop)} when 'filter' then ${constant(policyOutcomes.filter)} else ${constant(policyOutcomes.accept)} end), ${constant(policyOutcomes.accept)})
      from (select ${followsSender} as follows) own, lateral (values
        (coalesce(p.for_limited_accounts, 'filter'), sender.silenced_at is not null and not own.follows),
        (coalesce(p.for_bots, 'accept'), sender.actor_type in ('Service', 'Application') and not own.follows),
        (coalesce(p.for_not_following, 'accept'), not own.follows),
        (coalesce(p.for_not_followers, 'accept'), not exists (
          select from follows f where f.follower_id = sender.id and f.target_id = u.account_id and f.created_at < now() - interval '3 days')),
        (coalesce(p.for_new_accounts, 'accept'), sender.created_at > now() - interval '30 days' and not own.follows),
        (coalesce(p.for_private_mentions, 'accept'), ${
          type === 'mention'
            ? sql`s.visibility = 'direct' and not own.follows and not exists (
          select from statuses written join mentions m on m.status_id = written.id
          where written.thread_id = s.thread_id and written.account_id = u.account_id and m.account_id = sender.id)`
            : sql`false`
        })
      ) rule(answer, applies)
      where rule.applies and rule.answer <> 'accept')
  end`
}
