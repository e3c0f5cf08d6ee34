import { type SQL, sql } from 'drizzle-orm'
import type { StatusId } from '../../platform/ids.ts'
import { isPublicOrUnlisted } from './visibility.ts'

/**
 * Rows of `inbox`: those on other servers that a local status or boost goes to: of its author's followers, of whom it names, of whom it
 * replies to, quotes or boosts, of the group that it is written in, of who answered, favourited, boosted or quotes it, and of who voted in
 * its poll. Works for one that was just deleted, too, for its Delete:
 * that one goes also to voters who no longer follow the author of a private poll.
 *
 * What is public goes to relays, too: posts to all, boosts to those of Mastodon's kind, as LitePub's take them for something to
 * pass on themselves.
 *
 * A server that has one inbox for all gets one copy. What strangers may not see goes to the own inboxes of those who
 * are named and do not follow, as not every server sorts what comes to its shared one.
 */
export const statusInboxes = (statusId: StatusId): SQL => sql`
  with status as (select id, account_id, visibility, ${isPublicOrUnlisted()} as is_open, deleted_at is not null as is_gone, in_reply_to_id, in_reply_to_account_id, reblog_of_id, audience_uri from statuses where id = ${statusId}),
  recipients(account_id, own_inbox) as (
    select f.follower_id, false from status s join follows f on f.target_id = s.account_id where s.visibility <> 'direct'
    union select m.account_id, not s.is_open from status s join mentions m on m.status_id = s.id
    union select s.in_reply_to_account_id, false from status s where s.is_open
    union select f.follower_id, false from status s join statuses answered on answered.id = s.in_reply_to_id and answered.is_local and ${isPublicOrUnlisted('answered')}
      join follows f on f.target_id = answered.account_id where s.is_open
    union select g.id, false from status s join accounts g on g.uri = s.audience_uri where s.is_open
    union select boosted.account_id, false from status s join statuses boosted on boosted.id = s.reblog_of_id
    union select q.quoted_account_id, false from status s join quotes q on q.status_id = s.id where s.is_open and q.state <> 'revoked' and q.quoted_account_id is not null
    union select q.account_id, false from status s join quotes q on q.quoted_status_id = s.id where s.is_open
    union select boost.account_id, false from status s join statuses boost on boost.reblog_of_id = s.id where s.is_open
    union select reply.account_id, false from status s join statuses reply on reply.in_reply_to_id = s.id where s.is_open
    union select f.account_id, false from status s join favourites f on f.status_id = s.id where s.is_open
    union select v.account_id, not s.is_open from status s join poll_votes v on v.status_id = s.id where s.is_open or s.is_gone
  )
  select distinct case when r.own_inbox then a.inbox_url else coalesce(a.shared_inbox_url, a.inbox_url) end as inbox
  from status s, (select account_id, bool_and(own_inbox) as own_inbox from recipients group by account_id) r join accounts a on a.id = r.account_id
  where a.domain is not null and a.suspended_at is null and a.inbox_gone_at is null
    and not exists (select from blocks b where (b.account_id = s.account_id and b.target_id = a.id) or (b.account_id = a.id and b.target_id = s.account_id))
  union select relay.inbox_url from status s, relays relay
    where s.visibility = 'public' and relay.state = 'accepted' and (relay.protocol = 'mastodon' or s.reblog_of_id is null)`

/** Rows of `inbox`: of those who favourited a status that everybody may see. They are forgotten when it is deleted. */
export const favouriterInboxes = (statusId: StatusId): SQL => sql`
  select distinct coalesce(a.shared_inbox_url, a.inbox_url) as inbox
  from statuses s join favourites f on f.status_id = s.id join accounts a on a.id = f.account_id
  where s.id = ${statusId} and ${isPublicOrUnlisted('s')} and a.domain is not null and a.suspended_at is null and a.inbox_gone_at is null
    and not exists (select from blocks b where (b.account_id = s.account_id and b.target_id = a.id) or (b.account_id = a.id and b.target_id = s.account_id))`
