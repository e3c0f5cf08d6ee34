/**
 * Accounts of other servers that nobody here has had to do with for a year go: they were not read from their servers since, which
 * happens whenever somebody looks at one or hears of it, and no row of this server refers to them. One that comes back is fetched anew.
 * What was decided about one stays, and the account with it: blocks, mutes and notes are rows that refer to it.
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

/** Accounts that a statement looks at: each is looked for in some forty tables, and in as many again when it goes. */
const atOnce = 500
/** A run looks at twenty thousand accounts, from where the one before ended on: at a million, each is looked at every other day. */
const batchesOfRun = 40
const placeKey = 'round accounts'

/** Columns that refer to accounts and keep them, by their tables; those that keep most come first. */
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
  authorization_codes: ['account_id'],
  bookmarks: ['account_id'],
  cards: ['author_account_id'],
  collection_items: ['account_id'],
  collections: ['account_id'],
  conversations: ['account_id'],
  endorsements: ['account_id', 'target_id'],
  featured_tags: ['account_id'],
  filters: ['account_id'],
  idempotency_keys: ['account_id'],
  keys: ['account_id'],
  list_accounts: ['account_id'],
  lists: ['account_id'],
  mail_tokens: ['account_id'],
  markers: ['account_id'],
  media: ['account_id'],
  notification_permissions: ['account_id', 'from_account_id'],
  notification_policies: ['account_id'],
  notification_requests: ['account_id', 'from_account_id'],
  pins: ['account_id'],
  poll_votes: ['account_id'],
  push_subscriptions: ['account_id'],
  quotes: ['account_id', 'quoted_account_id'],
  reactions: ['account_id'],
  scheduled_statuses: ['account_id'],
  sessions: ['account_id'],
  severances: ['account_id'],
  severed_follows: ['other_id'],
  suggestion_dismissals: ['account_id', 'target_id'],
  tag_follows: ['account_id'],
  thread_mutes: ['account_id'],
  users: ['account_id'],
}

/** Columns of rows that an account has by itself, and that go with it. */
export const belonging: Record<string, readonly string[]> = { account_stats: ['account_id'] }

/** How far a run got. */
export type Round = { batchesLeft?: number }

/** Looks at the next accounts; returns how many went, and whether this run looks at more. */
export async function forgetAccounts(tx: Tx, round: Round): Promise<{ count: number; hasMore: boolean }> {
  const { suggestedAccounts } = await loadSettings(tx)
  const suggested = suggestedAccounts
    .flatMap((handle) => parseHandle(handle) ?? [])
    .filter(({ domain }) => domain !== null)
  const isForgotten = sql`${isRemoteAndOld} and not ${handleMatches(suggested)} and ${nothingRefers}`

  const place = (await readValue(tx, placeKey)) ?? '0'
  const { rows } = await tx.execute<{ last: AccountId | null; seen: number; forgotten: AccountId[] }>(sql`
    with part as materialized (select id from accounts where id > ${place}::bigint order by id limit ${atOnce})
    select (select max(id) from part) as last, (select count(*) from part)::int as seen,
      array(select id::text from accounts where id in (select id from part) and ${isForgotten}) as forgotten`)
  const { last, seen, forgotten } = rows[0]!
  const count = forgotten.length === 0 ? 0 : await remove(tx, forgotten, isForgotten)

  const isAtEnd = seen < atOnce
  await writeValue(tx, placeKey, isAtEnd ? '0' : last, null)
  round.batchesLeft = (round.batchesLeft ?? batchesOfRun) - 1
  return { count, hasMore: !isAtEnd && round.batchesLeft > 0 }
}

/** A row that begins to refer to one waits for our lock, and those that came before it are seen by the next statement. */
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

/** What moderators and rules decided about one stays; its own server may say once more that it is suspended. */
const isRemoteAndOld = sql`domain is not null
  and greatest(fetched_at, refresh_queued_at, deleted_at) < now() - interval '1 year'
  and silenced_at is null and (suspended_at is null or suspended_by = 'origin' or (suspended_by is null and deleted_at is not null))`

/** One row is asked for at a time, by its index: as a join, each table would be read in whole. */
const nothingRefers = sql`coalesce(${sql.join(
  Object.entries(keeping).flatMap(([table, columns]) =>
    columns.map(
      (column) =>
        sql`(select false from ${sql.identifier(table)} reference where reference.${sql.identifier(column)} = ${accounts.id} limit 1)`,
    ),
  ),
  sql`, `,
)}, true)`
