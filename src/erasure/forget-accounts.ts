/**
 * Deletes remote accounts that are unused for a year: they were not fetched from their servers (every view and every activity
 * may cause a fetch), and no row refers to them. An account that comes back is fetched again. Blocks, mutes and notes are rows
 * that refer to an account, so they keep it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { handleMatches } from '../accounts/find.ts'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { readValue, writeValue } from '../platform/db/kv.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { parseHandle } from '../platform/handle.ts'
import type { AccountId } from '../platform/ids.ts'
import { loadSettings } from '../rules/settings.ts'

/** Accounts per statement: each is looked up in some 40 tables, and again in as many when it is deleted. */
const atOnce = 500
/**
 * A run checks 20,000 accounts, and starts where the run before ended. Of a million accounts, each is checked every
 * other day.
 */
const batchesOfRun = 40
const lastCheckedKey = 'round accounts'

/** Columns that refer to accounts and keep them, by table; those that keep most accounts come first. */
export const keeping: Record<string, readonly string[]> = {
  statuses: ['account_id', 'in_reply_to_account_id'],
  follows: ['follower_id', 'target_id'],
  favourites: ['account_id'],
  mentions: ['account_id'],
  notifications: ['account_id', 'from_account_id'],
  follow_requests: ['follower_id', 'target_id'],
  blocks: ['account_id', 'target_id'],
  mutes: ['account_id', 'target_id'],
  account_notes: ['account_id', 'target_id'],
  reports: ['account_id', 'target_id', 'resolved_by_id', 'assigned_to_id'],
  access_tokens: ['account_id'],
  account_domain_blocks: ['account_id'],
  accounts: ['moved_to_id'],
  active_days: ['account_id'],
  activities: ['account_id'],
  announcement_dismissals: ['account_id'],
  announcement_reactions: ['account_id'],
  appeals: ['decided_by_id'],
  audit_log: ['actor_id'],
  authorization_codes: ['account_id'],
  bookmarks: ['account_id'],
  canonical_email_blocks: ['account_id'],
  cards: ['author_account_id'],
  collection_items: ['account_id'],
  collections: ['account_id'],
  conversations: ['account_id'],
  devices: ['account_id'],
  drafts: ['account_id'],
  endorsements: ['account_id', 'target_id'],
  featured_tags: ['account_id'],
  filters: ['account_id'],
  idempotency_keys: ['account_id'],
  identities: ['account_id'],
  interaction_requests: ['account_id', 'from_account_id'],
  invites: ['account_id'],
  keys: ['account_id'],
  list_accounts: ['account_id'],
  lists: ['account_id'],
  mail_tokens: ['account_id'],
  markers: ['account_id'],
  media: ['account_id'],
  moderation_notes: ['author_id', 'account_id'],
  notification_permissions: ['account_id', 'from_account_id'],
  notification_policies: ['account_id'],
  notification_requests: ['account_id', 'from_account_id'],
  passkeys: ['account_id'],
  pins: ['account_id'],
  poll_votes: ['account_id'],
  push_subscriptions: ['account_id'],
  quotes: ['account_id', 'quoted_account_id'],
  reactions: ['account_id'],
  recovery_codes: ['account_id'],
  scheduled_statuses: ['account_id'],
  security_events: ['account_id', 'actor_id'],
  sessions: ['account_id'],
  severances: ['account_id'],
  severed_follows: ['other_id'],
  sign_in_states: ['account_id'],
  strikes: ['account_id', 'actor_id', 'lifted_by_id'],
  suggestion_dismissals: ['account_id', 'target_id'],
  tag_follows: ['account_id'],
  thread_mutes: ['account_id'],
  users: ['account_id'],
}

/** Columns of rows that every account has, and that are deleted with it. */
export const belonging: Record<string, readonly string[]> = { account_stats: ['account_id'] }

/** The progress of a run. */
export type Round = { batchesLeft?: number }

/** Checks the next accounts; returns the number deleted, and whether this run has more to check. */
export async function forgetAccounts(tx: Tx, round: Round): Promise<{ count: number; hasMore: boolean }> {
  const { suggestedAccounts } = await loadSettings(tx)
  const suggested = suggestedAccounts
    .flatMap((handle) => parseHandle(handle) ?? [])
    .filter(({ domain }) => domain !== null)
  const isForgotten = sql`${isRemoteAndOld} and not ${handleMatches(suggested)} and ${nothingRefers}`

  const lastChecked = (await readValue(tx, lastCheckedKey)) ?? '0'
  const { rows } = await tx.execute<{ last: AccountId | null; seen: number; forgotten: AccountId[] }>(sql`
    with part as materialized (select id from accounts where id > ${lastChecked}::bigint order by id limit ${atOnce})
    select (select max(id) from part) as last, (select count(*) from part)::int as seen,
      array(select id::text from accounts where id in (select id from part) and ${isForgotten}) as forgotten`)
  const { last, seen, forgotten } = rows[0]!
  const count = forgotten.length === 0 ? 0 : await remove(tx, forgotten, isForgotten)

  const isAtEnd = seen < atOnce
  await writeValue(tx, lastCheckedKey, isAtEnd ? '0' : last, null)
  round.batchesLeft = (round.batchesLeft ?? batchesOfRun) - 1
  return { count, hasMore: !isAtEnd && round.batchesLeft > 0 }
}

/** A transaction that adds a reference waits for the lock. References added before the lock are seen by the delete. */
async function remove(tx: Tx, ids: AccountId[], isForgotten: SQL): Promise<number> {
  const { rows: locked } = await tx.execute<{ id: AccountId }>(
    sql`select id from accounts where id = any(${arrayOf(ids)}::bigint[]) for update skip locked`,
  )
  const { rows: gone } = await tx.execute<{ avatar: string | null; header: string | null }>(sql`
    delete from accounts where id = any(${arrayOf(locked.map(({ id }) => id))}::bigint[]) and ${isForgotten}
    returning avatar_remote_url as avatar, header_remote_url as header`)
  await forgetRemoteFiles(
    tx,
    gone.flatMap(({ avatar, header }) => [avatar, header]),
  )
  return gone.length
}

/**
 * Accounts with a decision of moderators or rules stay. A suspension by the account's own server does not count, as the
 * server repeats it.
 */
const isRemoteAndOld = sql`domain is not null
  and greatest(fetched_at, refresh_queued_at, deleted_at) < now() - interval '1 year'
  and silenced_at is null and (suspended_at is null or suspended_by = 'origin' or (suspended_by is null and deleted_at is not null))`

/** A scalar subquery per column, by index: with a join, PostgreSQL would read each table in whole. */
const nothingRefers = sql`coalesce(${sql.join(
  Object.entries(keeping).flatMap(([table, columns]) =>
    columns.map(
      (column) =>
        sql`(select false from ${sql.identifier(table)} reference where reference.${sql.identifier(column)} = ${accounts.id} limit 1)`,
    ),
  ),
  sql`, `,
)}, true)`
