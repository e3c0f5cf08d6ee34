/** Suggestions of accounts to follow. */
import { inArray, type SQL, sql } from 'drizzle-orm'
import { handleMatches } from '../../accounts/find.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { suggestionDismissals } from '../../platform/db/schema/relationships.ts'
import { parseHandle } from '../../platform/handle.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { loadSettings } from '../../rules/settings.ts'
import { isNotAvoidedBy, isRecommendable } from './directory.ts'

export type SuggestionSource = 'featured' | 'friends_of_friends' | 'most_followed'
export type Suggestion = { accountId: AccountId; sources: SuggestionSource[] }

/**
 * Rows that are read: the latest follows of the viewer and of each followed account, and the most followed accounts.
 */
const bounds = { friends: 100, ofEach: 100, popular: 300 }

/**
 * Accounts that admins recommend, then accounts that several of the viewer's followed accounts follow, then the most
 * followed ones. Leaves out accounts that the viewer follows, asked to follow, blocks, mutes or dismissed, and accounts
 * that aren't discoverable.
 */
export async function suggest(db: Reader, uris: Uris, viewer: AccountId, limit: number): Promise<Suggestion[]> {
  const featured = await featuredAccounts(db, uris)
  const { rows } = await db.execute<Suggestion>(sql`
    with candidates(id, source, rank, weight) as (
      select id, 'featured', 0, -place from unnest(${arrayOf(featured)}::bigint[]) with ordinality featured(id, place)
      union all
      select theirs.target_id, 'friends_of_friends', 1, count(*)
      from (select target_id from follows where follower_id = ${viewer} order by id desc limit ${bounds.friends}) mine
      cross join lateral (select target_id from follows where follower_id = mine.target_id order by id desc limit ${bounds.ofEach}) theirs
      group by theirs.target_id having count(*) > 1
      union all
      (select account_id, 'most_followed', 2, followers_count from account_stats where popularity is not null order by popularity desc, account_id desc limit ${bounds.popular})
    ), suggested as (
      select id, array_agg(source order by rank) as sources, min(rank) as rank from candidates group by id
    )
    select a.id as "accountId", suggested.sources
    from suggested join accounts a on a.id = suggested.id
    where ${isNewTo(viewer)}
    order by suggested.rank, (select max(c.weight) from candidates c where c.id = a.id and c.rank = suggested.rank) desc, a.id
    limit ${limit}`)
  return rows
}

/** Condition for the accounts, as `a`, that may be suggested to a viewer. */
const isNewTo = (viewer: AccountId): SQL => sql`a.id <> ${viewer} and (${isRecommendable}) and ${isNotAvoidedBy(viewer)}
      and not exists (select from follows f where f.follower_id = ${viewer} and f.target_id = a.id)
      and not exists (select from follow_requests f where f.follower_id = ${viewer} and f.target_id = a.id)
      and not exists (select from suggestion_dismissals d where d.account_id = ${viewer} and d.target_id = a.id)`

/** Which of some accounts may still be suggested to a viewer, in one statement, in their order. */
export async function stillNewTo(db: Reader, viewer: AccountId, ids: readonly AccountId[]): Promise<AccountId[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{ id: AccountId }>(
    sql`select a.id from accounts a where a.id = any(${arrayOf(ids)}::bigint[]) and ${isNewTo(viewer)}`,
  )
  const found = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => found.has(id))
}

async function featuredAccounts(db: Reader, uris: Uris): Promise<AccountId[]> {
  const { suggestedAccounts } = await loadSettings(db)
  const handles = suggestedAccounts
    .flatMap((handle) => parseHandle(handle) ?? [])
    .map((handle) => uris.localised(handle))
  if (handles.length === 0) return []
  const found = await db.select({ id: accounts.id }).from(accounts).where(handleMatches(handles))
  return found.map(({ id }) => id)
}

/** Keeps an account from being suggested again. It need not have been suggested before. */
export async function dismissSuggestion(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  const existing = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(inArray(accounts.id, [targetId]))
  if (existing.length > 0) await tx.insert(suggestionDismissals).values({ accountId, targetId }).onConflictDoNothing()
}
