/** Who may be put into whose collections. */
import { sql } from 'drizzle-orm'
import { isPresent } from '../../accounts/find.ts'
import type { App } from '../../platform/app.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import type { AccountId, CollectionId } from '../../platform/ids.ts'
import { hourMs } from '../../platform/time.ts'
import { isActive } from '../../relationships/collection-states.ts'
import { blockedEitherWay, blocksDomainOf } from '../../rules/avoidance.ts'

/**
 * Which of some accounts let an account put them into its collections, or at least ask for it. A discoverable local account
 * consents beforehand, a locked one only to its followers, unless one of the two blocks the other; a remote account consents as its policy says, and not at all
 * without one.
 */
export async function willing(db: Reader, ownerId: AccountId, ids: readonly AccountId[]): Promise<Set<AccountId>> {
  if (ids.length === 0) return new Set()
  const follows = (follower: AccountId | typeof accounts.id, followed: AccountId | typeof accounts.id) =>
    sql`exists (select from follows f where f.follower_id = ${follower} and f.target_id = ${followed})`
  const policy = accounts.canFeature
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select ${accounts.id}::text as id from accounts
    where ${accounts.id} = any(${arrayOf(ids)}::bigint[]) and ${isPresent}
      and ${accounts.suspendedAt} is null and ${accounts.deletedAt} is null
      and (${accounts.id} = ${ownerId} or (
        not ${blockedEitherWay(ownerId, accounts.id)} and not ${blocksDomainOf(ownerId, accounts.id)} and not ${blocksDomainOf(accounts.id, ownerId)}
        and case when ${accounts.domain} is null then ${accounts.isDiscoverable} and (not ${accounts.isLocked} or ${follows(ownerId, accounts.id)}) else
          'public' = any(${policy}) or (select owner.uri from accounts owner where owner.id = ${ownerId}) = any(${policy})
          or ('followers' = any(${policy}) and ${follows(ownerId, accounts.id)})
          or ('following' = any(${policy}) and ${follows(accounts.id, ownerId)}) end))`)
  return new Set(rows.map(({ id }) => id))
}

/** Whether an account can be put into a collection: `in`: it is in it or was asked; `left`: it left it, or does not want to be in it. */
export type Openness = 'open' | 'in' | 'left' | 'unwilling'

/** The answer for each of some accounts. One whose profile has to be read first counts as open. */
export async function opennessOf(
  db: Reader,
  ownerId: AccountId,
  collectionId: CollectionId,
  ids: readonly AccountId[],
): Promise<Map<AccountId, Openness>> {
  if (ids.length === 0) return new Map()
  const { rows } = await db.execute<{ id: AccountId; state: string }>(sql`
    select account_id::text as id, state from collection_items where collection_id = ${collectionId} and account_id = any(${arrayOf(ids)}::bigint[])`)
  const states = new Map(rows.map(({ id, state }) => [id, isActive(state) ? 'in' : 'left']))
  const open = await willing(db, ownerId, ids)
  for (const { id } of await withoutPolicy(db, ids)) open.add(id)
  return new Map(ids.map((id) => [id, (states.get(id) ?? (open.has(id) ? 'open' : 'unwilling')) as Openness]))
}

/** A profile that was read longer ago may have been read by a version that knew no policies. */
const freshMs = hourMs

/** A person waits meanwhile. */
const rereadMs = 10_000

/** Reads the profiles of some remote accounts that state no policy again, all at once, for at most 10 s. May reach the network. */
export async function refreshPolicies(app: App, ids: readonly AccountId[]): Promise<void> {
  const silent = await withoutPolicy(app.db, ids)
  if (silent.length > 0)
    await app.remote.reread(
      silent.map(({ uri }) => uri),
      rereadMs,
    )
}

/** Those of some remote accounts whose profile stated no policy when it was read last, some time ago. */
async function withoutPolicy(db: Reader, ids: readonly AccountId[]): Promise<{ id: AccountId; uri: string }[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<{ id: AccountId; uri: string }>(sql`
    select id::text as id, uri from accounts
    where id = any(${arrayOf(ids)}::bigint[]) and domain is not null and can_feature is null and suspended_at is null and deleted_at is null
      and fetched_at < now() - make_interval(secs => ${freshMs / 1_000})`)
  return rows
}
