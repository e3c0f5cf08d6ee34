import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { maxBigint } from '../platform/db/page.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { isPublicOrUnlisted } from './access/visibility.ts'
import { rewindConversations } from './conversations.ts'

/**
 * Blanks up to `limit` statuses of a deleted account, newest first. The number of statements does not depend on the number of
 * statuses. No status needs its own Delete: the Delete of the account covers all.
 *
 * @param before the last status of the batch before, so that its blank rows are not read again; null for the first batch
 * @returns the last status of this batch; null when none are left
 */
export async function eraseSomeStatuses(
  tx: Tx,
  accountId: AccountId,
  limit: number,
  before: StatusId | null = null,
): Promise<StatusId | null> {
  const { rows } = await tx.execute<{ id: StatusId }>(sql`
    select id::text as id from statuses where account_id = ${accountId} and deleted_at is null and id < ${before ?? maxBigint} order by statuses.id desc limit ${limit} for update`)
  if (rows.length === 0) return null
  const own = sql`any(${arrayOf(rows.map(({ id }) => id))}::bigint[])`
  await tx.execute(sql`update status_stats set replies_count = greatest(replies_count - counted.replies, 0), reblogs_count = greatest(reblogs_count - counted.reblogs, 0)
    from (select coalesce(reblog_of_id, in_reply_to_id) as target_id, count(*) filter (where reblog_of_id is null)::int as replies, count(reblog_of_id)::int as reblogs from statuses
      where id = ${own} and ${isPublicOrUnlisted()} and coalesce(reblog_of_id, in_reply_to_id) is not null and consent is null and ${countsFor(sql`statuses.is_local_only`, sql`coalesce(statuses.reblog_of_id, statuses.in_reply_to_id)`)} group by target_id) counted
    where status_id = counted.target_id`)
  await tx.execute(sql`update status_stats set quotes_count = greatest(quotes_count - quoting.n, 0)
    from (select q.quoted_status_id, count(*)::int as n from quotes q join statuses s on s.id = q.status_id
      where q.status_id = ${own} and q.state = 'accepted' and ${isPublicOrUnlisted('s')} and ${countsFor(sql`s.is_local_only`, sql`q.quoted_status_id`)} group by q.quoted_status_id) quoting
    where status_id = quoting.quoted_status_id`)
  await uncountBoosts(tx, own)
  for (const table of [
    'notifications',
    'favourites',
    'status_reactions',
    'bookmarks',
    'status_cards',
    'status_tags',
    'status_edits',
    'polls',
    'status_search',
  ]) {
    await tx.execute(sql`delete from ${sql.identifier(table)} where status_id = ${own}`)
  }
  await tx.execute(sql`update statuses set deleted_at = now() where reblog_of_id = ${own} and deleted_at is null`)
  await tx.execute(
    sql`update statuses set deleted_at = now(), text = '', content = '', spoiler_text = '' where id = ${own}`,
  )
  await rewindConversations(tx, sql`(select id from statuses where id = ${own} and visibility = 'direct')`)
  return rows.length === limit ? (rows.at(-1)?.id ?? null) : null
}

/** SQL condition: a reply, boost or quote was counted, see `bumpStatus`. */
const countsFor = (isLocalOnly: SQL, target: SQL): SQL =>
  sql`(not ${isLocalOnly} or (select target.is_local_only from statuses target where target.id = ${target}))`

/**
 * The counts are read first and sent back, so that PostgreSQL looks up the boosters rather than read the counters of all
 * accounts.
 */
async function uncountBoosts(tx: Tx, boosted: SQL): Promise<void> {
  const { rows } = await tx.execute<{ id: AccountId; n: number }>(sql`
    select account_id::text as id, count(*)::int as n from statuses
    where reblog_of_id = ${boosted} and deleted_at is null and consent is null and not is_local_only and ${isPublicOrUnlisted()} group by account_id order by account_id`)
  await tx.execute(sql`
    update account_stats a set statuses_count = greatest(statuses_count - boosts.n, 0)
    from json_to_recordset(${JSON.stringify(rows)}::json) boosts(id bigint, n int) where a.account_id = boosts.id`)
}
