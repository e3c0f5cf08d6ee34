/** Blocks of whole servers by a person. */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { Db, Reader, Tx } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { accountDomainBlocks } from '../platform/db/schema/relationships.ts'
import { normalizeDomain } from '../platform/handle.ts'
import { type AccountId, newId, type RelationId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { refuse } from '../text/refusals.ts'
import { rejectFollow, unfollow } from './follow.ts'
import { leaveCollectionsOn } from './leave-collections.ts'
import { lockPairs } from './pairs.ts'
import { finishSeverances, recordSevered, type SeveredFollow } from './severance.ts'

/**
 * Hides a server from an account: its statuses and notifications at once. A job ends follows to and from it, as there may be
 * thousands. Repeating it changes nothing.
 *
 * @param domain a host, in any spelling
 * @throws Refusal as `blockableHost`
 */
export async function blockDomain(tx: Tx, uris: Uris, accountId: AccountId, domain: string): Promise<void> {
  const host = blockableHost(uris, domain)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`domain block ${accountId} ${host}`}, 0))`)
  const added = await tx
    .insert(accountDomainBlocks)
    .values({ id: newId<RelationId>(), accountId, domain: host })
    .onConflictDoNothing()
    .returning()
  if (added.length === 0) return
  await emit(tx, { type: 'domain.blocked', accountId, domain: host })
}

/**
 * Keeps two accounts from blocking each other's servers until the transaction ends: what it adds after it found no block would be
 * missed by the job that ends what the block forbids.
 */
export async function lockDomainBlocks(tx: Tx, one: AccountId, other: AccountId): Promise<void> {
  await tx.execute(sql`
    select pg_advisory_xact_lock_shared(hashtextextended('domain block ' || pair.blocker_id || ' ' || blocked.domain, 0))
    from (values (${one}::bigint, ${other}::bigint), (${other}::bigint, ${one}::bigint)) pair(blocker_id, blocked_id)
      join accounts blocked on blocked.id = pair.blocked_id
    where blocked.domain is not null`)
}

/**
 * The host that a person may block, as it is stored.
 *
 * @throws Refusal `invalid` for a malformed host, and this server itself
 */
export function blockableHost(uris: Uris, domain: string): string {
  const host = normalizeDomain(domain)
  if (host === null) throw refuse('invalid', 'domainInvalid')
  if (uris.localised({ domain: host }).domain === null) throw refuse('invalid', 'domainOwn')
  return host
}

/** Whether an account blocks a server. */
export async function isDomainBlocked(db: Reader, accountId: AccountId, host: string): Promise<boolean> {
  const rows = await db
    .select({ id: accountDomainBlocks.id })
    .from(accountDomainBlocks)
    .where(and(eq(accountDomainBlocks.accountId, accountId), eq(accountDomainBlocks.domain, host)))
  return rows.length > 0
}

/** Ends the block of a server. Follows that it ended stay ended. */
export async function unblockDomain(tx: Tx, accountId: AccountId, domain: string): Promise<void> {
  await tx
    .delete(accountDomainBlocks)
    .where(
      and(
        eq(accountDomainBlocks.accountId, accountId),
        eq(accountDomainBlocks.domain, normalizeDomain(domain) ?? domain),
      ),
    )
}

/** A page of the servers that an account blocks, the latest first. The cursor is the id of the block. */
export async function blockedDomains(
  db: Reader,
  accountId: AccountId,
  page: Page,
): Promise<{ id: RelationId; domain: string }[]> {
  const { where, orderBy, limit } = slice(accountDomainBlocks.id, page)
  const rows = await db
    .select({ id: accountDomainBlocks.id, domain: accountDomainBlocks.domain })
    .from(accountDomainBlocks)
    .where(and(eq(accountDomainBlocks.accountId, accountId), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}

/** How many follows a block of a server would end. */
export async function previewDomainBlock(
  db: Reader,
  accountId: AccountId,
  domain: string,
): Promise<{ following: number; followers: number }> {
  const host = normalizeDomain(domain) ?? domain
  const { rows } = await db.execute<{ following: number; followers: number }>(sql`
    select (select count(*)::int from follows f join accounts a on a.id = f.target_id where f.follower_id = ${accountId} and a.domain = ${host}) as following,
      (select count(*)::int from follows f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain = ${host}) as followers`)
  return rows[0] ?? { following: 0, followers: 0 }
}

const batchSize = 50

/**
 * Ends follows and requests between an account and a server that it blocks, a batch per transaction, and tells the server.
 * Takes account and server out of each other's collections, notifies the account of the lost follows, and deletes its
 * notifications from the server. It may be repeated, and stops when the block was lifted meanwhile.
 */
export async function severDomain(db: Db, accountId: AccountId, domain: string, signal?: AbortSignal): Promise<void> {
  for (let count = batchSize; count === batchSize;) {
    signal?.throwIfAborted()
    count = await db.transaction((tx) => severSome(tx, accountId, domain))
  }
  await finishSeverances(db, 'user_domain_block', accountId)
  for (let hasMore = true; hasMore;) {
    signal?.throwIfAborted()
    hasMore = await db.transaction((tx) => leaveCollectionsOn(tx, accountId, domain))
  }
  for (let count = noticesAtATime; count === noticesAtATime;) {
    signal?.throwIfAborted()
    count = await db.transaction((tx) => clearNotices(tx, accountId, domain))
  }
}

const noticesAtATime = 1_000

/** Deletes a batch of notifications from accounts of a blocked server, and all notification requests from them. */
async function clearNotices(tx: Tx, accountId: AccountId, domain: string): Promise<number> {
  const isBlocked = sql`exists (select from account_domain_blocks d where d.account_id = ${accountId} and d.domain = ${domain})`
  const from = (account: SQL) => sql`exists (select from accounts a where a.id = ${account} and a.domain = ${domain})`
  await tx.execute(
    sql`delete from notification_requests r where r.account_id = ${accountId} and ${from(sql`r.from_account_id`)} and ${isBlocked}`,
  )
  const { rowCount } = await tx.execute(sql`
    delete from notifications where id = any(array(
      select n.id from notifications n where n.account_id = ${accountId} and ${from(sql`n.from_account_id`)} and ${isBlocked} limit ${noticesAtATime}))`)
  return rowCount ?? 0
}

async function severSome(tx: Tx, accountId: AccountId, domain: string): Promise<number> {
  const { rows } = await tx.execute<SeveredFollow & { isRequest: boolean }>(sql`
    select a.id as "otherId", r.* from (
      select target_id as other_id, true as "isFollowing", shows_reblogs as "showsReblogs", notifies, languages, false as "isRequest" from follows where follower_id = ${accountId}
      union all select follower_id, false, shows_reblogs, notifies, languages, false from follows where target_id = ${accountId}
      union all select target_id, true, shows_reblogs, notifies, languages, true from follow_requests where follower_id = ${accountId}
      union all select follower_id, false, shows_reblogs, notifies, languages, true from follow_requests where target_id = ${accountId}
    ) r join accounts a on a.id = r.other_id
    where a.domain = ${domain} and exists (select from account_domain_blocks d where d.account_id = ${accountId} and d.domain = ${domain})
    limit ${batchSize}`)
  await lockPairs(
    tx,
    rows.map(({ otherId }) => [accountId, otherId] as const),
  )
  for (const { otherId, isFollowing } of rows) {
    if (isFollowing) await unfollow(tx, accountId, otherId)
    else await rejectFollow(tx, accountId, otherId)
  }
  const lost = rows.flatMap(({ isRequest, otherId, isFollowing, showsReblogs, notifies, languages }) =>
    isRequest ? [] : { accountId, otherId, isFollowing, showsReblogs, notifies, languages },
  )
  await recordSevered(tx, 'user_domain_block', domain, lost, accountId)
  return rows.length
}
