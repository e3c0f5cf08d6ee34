import { sql } from 'drizzle-orm'
import { stepBack } from '../conversations/remember.ts'
import type { Tx } from '../db/index.ts'
import type { AccountId } from '../ids.ts'

/**
 * Blanks all statuses of an account that is deleted, in few statements however many there are. Their own servers need no
 * Delete each: that of the account says it all.
 */
export async function eraseStatusesOf(tx: Tx, accountId: AccountId): Promise<void> {
  const own = sql`(select id from statuses where account_id = ${accountId} and deleted_at is null)`
  await tx.execute(sql`update status_stats set replies_count = greatest(replies_count - counted.replies, 0), reblogs_count = greatest(reblogs_count - counted.reblogs, 0)
    from (select coalesce(reblog_of_id, in_reply_to_id) as target_id, count(*) filter (where reblog_of_id is null)::int as replies, count(reblog_of_id)::int as reblogs from statuses
      where account_id = ${accountId} and deleted_at is null and visibility in ('public', 'unlisted') and coalesce(reblog_of_id, in_reply_to_id) is not null and consent is null group by target_id) counted
    where status_id = counted.target_id`)
  await tx.execute(sql`update status_stats set quotes_count = greatest(quotes_count - quoting.n, 0)
    from (select q.quoted_status_id, count(*)::int as n from quotes q join statuses s on s.id = q.status_id
      where q.account_id = ${accountId} and q.state = 'accepted' and s.deleted_at is null and s.visibility in ('public', 'unlisted') group by q.quoted_status_id) quoting
    where status_id = quoting.quoted_status_id`)
  await tx.execute(sql`update account_stats a set statuses_count = greatest(statuses_count - boosts.n, 0)
    from (select account_id, count(*)::int as n from statuses where reblog_of_id in ${own} and deleted_at is null and consent is null and visibility in ('public', 'unlisted') group by account_id) boosts
    where a.account_id = boosts.account_id`)
  await tx.execute(sql`delete from notifications where status_id in ${own}`)
  await tx.execute(sql`delete from favourites where status_id in ${own}`)
  await tx.execute(sql`delete from status_reactions where status_id in ${own}`)
  await tx.execute(sql`delete from bookmarks where status_id in ${own}`)
  await tx.execute(sql`delete from status_cards where status_id in ${own}`)
  await tx.execute(sql`delete from status_tags where status_id in ${own}`)
  await tx.execute(sql`delete from idempotency_keys where account_id = ${accountId}`)
  await tx.execute(sql`delete from scheduled_statuses where account_id = ${accountId}`)
  await tx.execute(sql`delete from pins where account_id = ${accountId}`)
  await tx.execute(sql`delete from status_edits where status_id in ${own}`)
  await tx.execute(sql`delete from polls where status_id in ${own}`)
  await tx.execute(sql`delete from status_search where status_id in ${own}`)
  await tx.execute(sql`update statuses set deleted_at = now() where reblog_of_id in ${own} and deleted_at is null`)
  await tx.execute(sql`update statuses set deleted_at = now(), text = '', content = '', spoiler_text = '' where account_id = ${accountId} and deleted_at is null`)
  await stepBack(tx, sql`(select id from statuses where account_id = ${accountId} and visibility = 'direct')`)
  await tx.execute(sql`update account_stats set statuses_count = 0, last_status_at = null where account_id = ${accountId}`)
}
