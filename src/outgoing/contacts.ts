/** Inboxes of accounts that had contact with a local account: one inbox for each server that has a shared one. */
import { type SQL, sql } from 'drizzle-orm'
import { constant } from '../platform/db/statement.ts'
import type { AccountId } from '../platform/ids.ts'
import { reachedInboxes } from './reached-inboxes.ts'

/** A recent contact is of the last 14 days, and of the newest 200 posts and follows. */
const latelyDays = 14
const latelyAtMost = 200

/**
 * Rows of `inbox`: of all accounts that ever interacted with an account, either way; of servers that have its posts;
 * and of relays, which pass them on.
 */
export const contactInboxes = (accountId: AccountId): SQL => sql`
  with own as materialized (select id, visibility, in_reply_to_account_id, reblog_of_id from statuses where account_id = ${accountId} and deleted_at is null),
  people(id) as (
    select follower_id from follows where target_id = ${accountId}
    union select target_id from follows where follower_id = ${accountId}
    union select follower_id from follow_requests where target_id = ${accountId}
    union select target_id from follow_requests where follower_id = ${accountId}
    union select target_id from blocks where account_id = ${accountId}
    union select account_id from blocks where target_id = ${accountId}
    union select m.account_id from own join mentions m on m.status_id = own.id
    union select s.account_id from mentions m join statuses s on s.id = m.status_id where m.account_id = ${accountId}
    union select in_reply_to_account_id from own
    union select account_id from statuses where in_reply_to_account_id = ${accountId}
    union select s.account_id from own join statuses s on s.id = own.reblog_of_id
    union select s.account_id from own join statuses s on s.reblog_of_id = own.id
    union select s.account_id from favourites f join statuses s on s.id = f.status_id where f.account_id = ${accountId}
    union select f.account_id from own join favourites f on f.status_id = own.id
    union select quoted_account_id from quotes where account_id = ${accountId}
    union select account_id from quotes where quoted_account_id = ${accountId}
    union select s.account_id from poll_votes v join statuses s on s.id = v.status_id where v.account_id = ${accountId}
    union select v.account_id from own join poll_votes v on v.status_id = own.id)
  select distinct coalesce(a.shared_inbox_url, a.inbox_url) as inbox from people join accounts a on a.id = people.id
  where a.domain is not null and a.deleted_at is null and a.suspended_at is null and a.inbox_gone_at is null
  union ${reachedInboxes(sql`select id from own`)}
  union select inbox_url from relays where state = 'accepted' and exists (select from own where visibility = 'public')`

/**
 * Rows of `inbox`: of accounts that an account lately mentioned, replied to, boosted or followed, and of accounts
 * that replied to it.
 */
export const recentContactInboxes = (accountId: AccountId): SQL => sql`
  with recent as materialized (
    select * from (
      select id, in_reply_to_account_id, reblog_of_id, created_at from statuses where account_id = ${accountId} and deleted_at is null order by id desc limit ${constant(latelyAtMost)}) newest
    where created_at > now() - ${constant(latelyDays)} * interval '1 day'),
  people(id) as (
    select m.account_id from recent join mentions m on m.status_id = recent.id where m.position >= 0
    union select in_reply_to_account_id from recent
    union select s.account_id from recent join statuses s on s.id = recent.reblog_of_id
    union select s.account_id from recent join statuses s on s.in_reply_to_id = recent.id
    union select target_id from (select target_id, created_at from follows where follower_id = ${accountId} order by id desc limit ${constant(latelyAtMost)}) followed
      where created_at > now() - ${constant(latelyDays)} * interval '1 day')
  select distinct coalesce(a.shared_inbox_url, a.inbox_url) as inbox from people join accounts a on a.id = people.id
  where a.domain is not null and a.suspended_at is null and a.inbox_gone_at is null
    and not exists (select from blocks b where (b.account_id = ${accountId} and b.target_id = a.id) or (b.account_id = a.id and b.target_id = ${accountId}))`
