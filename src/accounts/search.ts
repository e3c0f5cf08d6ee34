import { and, isNull, type SQL, sql } from 'drizzle-orm'
import { isOneOf } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { AccountId } from '../platform/ids.ts'
import { loadPeers } from '../rules/servers/peers.ts'
import { shownHost } from '../text/acct.ts'
import { isPresent } from './find.ts'

export type AccountQuery = { limit: number; offset?: number; followedOnly?: boolean }

/** Matches per prefix of each of the two names that are ranked. This bounds the cost; a page shows far fewer. */
const maxAlike = 500

/**
 * Accounts whose username or display name starts with a text. For accounts that the viewer follows, any word of the display
 * name may start with it. Followed accounts come first, then an exact username, then accounts with many followers. With
 * `@host` after the name, only accounts of that host.
 *
 * @param viewer null for a visitor
 */
export async function searchAccounts(
  db: Reader,
  viewer: AccountId | null,
  text: string,
  query: AccountQuery,
): Promise<AccountId[]> {
  const [name = '', host] = text.trim().replace(/^@/, '').toLowerCase().split('@')
  const domain = host && (normalizeDomain(host) ?? host)
  if (name === '') return []
  const prefix = `${escaped(name)}%`
  // An incomplete label has no A-label, so compare the decoded forms.
  const coded = host
    ? (await loadPeers(db)).filter((peer) => peer.includes('xn--') && shownHost(peer).startsWith(host))
    : []
  const findable = and(
    domain ? sql`(${accounts.domain} like ${`${escaped(domain)}%`} or ${isOneOf(accounts.domain, coded)})` : undefined,
    isNull(accounts.suspendedAt),
    isPresent,
    // Limited accounts are found only by their whole handle, or by their followers.
    sql`(${accounts.silencedAt} is null or exists (select from follows where follows.follower_id = ${viewer} and follows.target_id = ${accounts.id}))`,
    viewer
      ? sql`not exists (select from blocks where blocks.account_id = ${accounts.id} and blocks.target_id = ${viewer})`
      : undefined,
  )
  const alike = (condition: SQL, max = maxAlike) =>
    sql`(select id from accounts where ${condition} and ${findable} limit ${max})`
  const displayNameLike = (pattern: string) => sql`lower(display_name) like ${pattern}`
  const followed = sql`(select accounts.id from follows join accounts on accounts.id = follows.target_id where follows.follower_id = ${viewer}
    and (lower(username) like ${prefix} or ${displayNameLike(prefix)} or ${displayNameLike(`% ${prefix}`)}) and ${findable})`
  const everybody = sql`${alike(sql`lower(username) = ${name}`)} union ${alike(sql`lower(username) like ${prefix}`)} union ${alike(displayNameLike(prefix))} union ${followed}`

  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select a.id from (${query.followedOnly ? followed : everybody}) found
    join accounts a on a.id = found.id
    left join account_stats stats on stats.account_id = a.id
    order by
      case when exists (select from follows where follows.follower_id = ${viewer} and follows.target_id = a.id) then 5 else 0 end
        + case when lower(a.username) = ${name} then 4 else 0 end + case when a.domain is null then 1 else 0 end
        + ln(1 + least(coalesce(stats.followers_count, 0), 10000)) / 5 desc,
      a.id
    limit ${query.limit} offset ${query.offset ?? 0}`)
  return rows.map(({ id }) => id)
}

const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
