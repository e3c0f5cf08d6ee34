import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { accounts, accountStats } from '../db/schema/accounts.ts'
import type { AccountId } from '../ids.ts'
import { isPresent } from './find.ts'

export type AccountQuery = { limit: number; offset?: number; followedOnly?: boolean }

/**
 * Accounts whose name or display name starts with some words, known ones first. With `@host` behind the name, only those of
 * that host.
 *
 * @param viewer whose follows come first, or null
 */
export async function searchAccounts(db: Reader, viewer: AccountId | null, text: string, query: AccountQuery): Promise<AccountId[]> {
  const [name = '', domain] = text.trim().replace(/^@/, '').split('@')
  if (name === '') return []
  const prefix = `${name.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const followed = viewer ? sql`exists (select from follows where follows.follower_id = ${viewer} and follows.target_id = ${accounts.id})` : sql`false`
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .leftJoin(accountStats, eq(accountStats.accountId, accounts.id))
    .where(
      and(
        sql`(lower(${accounts.username}) like ${prefix} or lower(${accounts.displayName}) like ${prefix})`,
        domain ? sql`${accounts.domain} like ${`${domain.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`}` : undefined,
        isNull(accounts.suspendedAt),
        isPresent,
        viewer ? sql`not exists (select from blocks where blocks.account_id = ${accounts.id} and blocks.target_id = ${viewer})` : undefined,
        query.followedOnly ? followed : undefined,
      ),
    )
    .orderBy(sql`lower(${accounts.username}) = ${name.toLowerCase()} desc`, ...(viewer ? [desc(followed)] : []), sql`coalesce(${accountStats.followersCount}, 0) desc`, accounts.id)
    .limit(query.limit)
    .offset(query.offset ?? 0)
  return rows.map(({ id }) => id)
}
