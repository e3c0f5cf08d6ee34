/** Following and being followed, between local and remote accounts alike. */
import { and, type AnyColumn, eq, inArray, or, sql } from 'drizzle-orm'
import { isPresent } from '../accounts/find.ts'
import { notify, unnotify } from '../notices/notify.ts'
import { emit } from '../outbox/emit.ts'
import { arrayOf, isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts, accountStats } from '../platform/db/schema/accounts.ts'
import { listAccounts, lists } from '../platform/db/schema/lists.ts'
import { endorsements, followRequests, follows } from '../platform/db/schema/relationships.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { type AccountId, newId, type RelationId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { languageTag } from '../text/language-tag.ts'
import { lockPair, isBlockedEitherWay, isDomainBlockedEitherWay, isRemote } from './pairs.ts'

export type FollowOptions = {
  /** Id of the Follow activity, when another server sent it. */
  uri?: string
  /** Whether boosts of the target appear on the follower's home timeline. Undefined: as it was, at first true. */
  showsReblogs?: boolean
  /** Whether each new status of the target makes a notification. Undefined: as it was, at first false. */
  notifies?: boolean
  /** Languages (BCP 47) of the statuses that the follower wants; null or none: all. Undefined: as it was, at first all. */
  languages?: string[] | null
}

type Settings = Pick<typeof follows.$inferInsert, 'uri' | 'showsReblogs' | 'notifies' | 'languages'>

/**
 * Makes an account follow another. A local account without a lock accepts at once; a locked or remote one is asked first, and
 * each where the follower is limited.
 * Repeating it changes only the options; a repeated request of a remote follower is answered again, as the first answer may
 * have been lost.
 *
 * @throws Refusal `not_found` when there is no such account, `not_permitted` where one blocks the other or its server, and for an
 *   account that has moved, `unprocessable` for oneself, `invalid` for what is no language
 */
export async function follow(
  tx: Tx,
  uris: Uris,
  followerId: AccountId,
  targetId: AccountId,
  options: FollowOptions = {},
): Promise<'following' | 'requested'> {
  if (followerId === targetId) throw new Refusal('unprocessable', 'Following your own account is not allowed')
  await lockPair(tx, followerId, targetId)
  const { target, follower } = await standings(tx, followerId, targetId)
  if (
    (await isBlockedEitherWay(tx, followerId, targetId)) ||
    (await isDomainBlockedEitherWay(tx, followerId, targetId))
  ) {
    throw new Refusal('not_permitted', 'This action is not allowed')
  }

  const id = newId<RelationId>()
  const uri = options.uri ?? uris.activity('follows', id)
  const renewed = settingsOf(options)
  const added = { id, followerId, targetId, ...renewed, uri }
  const pair = (table: typeof follows | typeof followRequests) =>
    and(eq(table.followerId, followerId), eq(table.targetId, targetId))

  const [existing] = await tx.select({ uri: follows.uri }).from(follows).where(pair(follows))
  if (existing) {
    if (Object.keys(renewed).length > 0) await tx.update(follows).set(renewed).where(pair(follows))
    if (options.uri) await emit(tx, { type: 'follow.accepted', followerId, targetId, uri })
    return 'following'
  }

  if (target.hasMoved) throw new Refusal('not_permitted', 'This account has moved')
  // Whom moderators limit has to be let in.
  const isOpen = target.isLocal && !target.isLocked && !follower.isSilenced
  if (isOpen) {
    const made = await tx
      .insert(follows)
      .values(await withoutRequest(tx, added))
      .onConflictDoNothing()
      .returning()
    // The id belongs to another follow.
    if (made.length === 0) return 'following'
    await count(tx, followerId, targetId, 1)
    await notify(tx, { type: 'follow', for: targetId, from: followerId })
    if (!follower.isLocal) await emit(tx, { type: 'follow.accepted', followerId, targetId, uri })
    return 'following'
  }

  const [requested] = await tx.select({ id: followRequests.id }).from(followRequests).where(pair(followRequests))
  if (requested) {
    if (Object.keys(renewed).length > 0) await tx.update(followRequests).set(renewed).where(pair(followRequests))
    return 'requested'
  }
  const asked = await tx.insert(followRequests).values(added).onConflictDoNothing().returning({ id: followRequests.id })
  if (asked.length === 0) return 'requested'
  await notify(tx, { type: 'follow_request', for: targetId, from: followerId })
  if (!target.isLocal) await emit(tx, { type: 'follow.requested', followerId, targetId, uri })
  return 'requested'
}

/** A follow with what was chosen for the request that it takes the place of. */
async function withoutRequest(tx: Tx, added: typeof follows.$inferInsert): Promise<typeof follows.$inferInsert> {
  const { followerId, targetId } = added
  const [request] = await tx
    .delete(followRequests)
    .where(and(eq(followRequests.followerId, followerId), eq(followRequests.targetId, targetId)))
    .returning()
  if (!request) return added
  await unnotify(tx, { type: 'follow_request', for: targetId, from: followerId })
  const { showsReblogs, notifies, languages } = request
  return { showsReblogs, notifies, languages, ...added }
}

/** What of the options is given. */
function settingsOf({ uri, showsReblogs, notifies, languages }: FollowOptions): Partial<Settings> {
  const tags = languages?.map(languageTag)
  if (tags?.includes(null)) throw new Refusal('invalid', 'Languages is invalid')
  return {
    ...(uri === undefined ? {} : { uri }),
    ...(showsReblogs === undefined ? {} : { showsReblogs }),
    ...(notifies === undefined ? {} : { notifies }),
    ...(languages === undefined
      ? {}
      : { languages: tags && tags.length > 0 ? [...new Set(tags.filter((tag) => tag !== null))] : null }),
  }
}

/**
 * Ends a follow, or withdraws a request for one. Without either, nothing happens.
 *
 * @returns whether there was one
 */
export async function unfollow(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<boolean> {
  const uri = await sever(tx, followerId, targetId)
  if (uri !== null && (await isRemote(tx, targetId)))
    await emit(tx, { type: 'follow.removed', followerId, targetId, uri })
  return uri !== null
}

/** Ends a follow that the server of its target knows nothing of: nobody is told. */
export async function dropFollow(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<void> {
  await sever(tx, followerId, targetId)
}

/**
 * Lets a follower in who asked: a local account does so on its page, a remote one by an Accept.
 *
 * @returns whether there was such a request
 */
export async function acceptFollow(tx: Tx, targetId: AccountId, followerId: AccountId): Promise<boolean> {
  await lockPair(tx, followerId, targetId)
  const [request] = await tx
    .delete(followRequests)
    .where(and(eq(followRequests.followerId, followerId), eq(followRequests.targetId, targetId)))
    .returning()
  if (!request) return false

  const added = await tx
    .insert(follows)
    .values({ ...request, id: newId<RelationId>(), createdAt: sql`now()` })
    .onConflictDoNothing()
    .returning()
  if (added.length > 0) await count(tx, followerId, targetId, 1)
  await unnotify(tx, { type: 'follow_request', for: targetId, from: followerId })
  await notify(tx, { type: 'follow', for: targetId, from: followerId })
  if (await isRemote(tx, followerId))
    await emit(tx, { type: 'follow.accepted', followerId, targetId, uri: request.uri })
  return true
}

/**
 * Turns a follower away, whether it only asked or follows already.
 *
 * @returns whether there was a request or a follow
 */
export async function rejectFollow(tx: Tx, targetId: AccountId, followerId: AccountId): Promise<boolean> {
  const uri = await sever(tx, followerId, targetId)
  if (uri === null) return false
  if (await isRemote(tx, followerId)) await emit(tx, { type: 'follow.rejected', followerId, targetId, uri })
  return true
}

/** Removes a follow or request with its traces; its URI, or null when there was none. */
async function sever(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<string | null> {
  await lockPair(tx, followerId, targetId)
  const [followed] = await tx
    .delete(follows)
    .where(and(eq(follows.followerId, followerId), eq(follows.targetId, targetId)))
    .returning({ uri: follows.uri })
  const [requested] = await tx
    .delete(followRequests)
    .where(and(eq(followRequests.followerId, followerId), eq(followRequests.targetId, targetId)))
    .returning({ uri: followRequests.uri })
  if (followed) await count(tx, followerId, targetId, -1)
  if (followed || requested) await forgetFollowed(tx, followerId, targetId)
  await unnotify(tx, { type: 'follow', for: targetId, from: followerId })
  await unnotify(tx, { type: 'follow_request', for: targetId, from: followerId })
  return followed?.uri ?? requested?.uri ?? null
}

/** Only who is followed can be on lists and be recommended. */
async function forgetFollowed(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<void> {
  await tx.delete(endorsements).where(and(eq(endorsements.accountId, followerId), eq(endorsements.targetId, targetId)))
  const own = tx.select({ id: lists.id }).from(lists).where(eq(lists.accountId, followerId))
  await tx.delete(listAccounts).where(and(eq(listAccounts.accountId, targetId), inArray(listAccounts.listId, own)))
}

async function count(tx: Tx, followerId: AccountId, targetId: AccountId, by: 1 | -1): Promise<void> {
  const changed = (column: AnyColumn, of: AccountId) =>
    sql`greatest(${column} + case when ${accountStats.accountId} = ${of} then ${by}::int else 0 end, 0)`
  // What the account's own server counts changes as well, where it is known; `greatest` alone would make 0 of null.
  const told = (column: AnyColumn, of: AccountId) =>
    sql`case when ${column} is not null then ${changed(column, of)} end`
  // Both rows in one statement, locked in id order: two people who follow each other at once would deadlock otherwise.
  await tx.execute(
    sql`select from account_stats where account_id = any(${arrayOf([followerId, targetId])}::bigint[]) order by account_id for update`,
  )
  await tx
    .update(accountStats)
    .set({
      followingCount: changed(accountStats.followingCount, followerId),
      followersCount: changed(accountStats.followersCount, targetId),
      remoteFollowingCount: told(accountStats.remoteFollowingCount, followerId),
      remoteFollowersCount: told(accountStats.remoteFollowersCount, targetId),
    })
    .where(or(eq(accountStats.accountId, followerId), eq(accountStats.accountId, targetId)))
}

type Standing = { isLocal: boolean; isLocked: boolean; hasMoved: boolean; isSilenced: boolean }

/**
 * What follows depend on. It stays so until the transaction ends: who is unlocked, limited or deleted in this moment is found with this
 * follow, or before it.
 */
async function standings(
  tx: Tx,
  followerId: AccountId,
  targetId: AccountId,
): Promise<{ follower: Standing; target: Standing }> {
  const rows = await tx
    .select({
      id: accounts.id,
      domain: accounts.domain,
      isLocked: accounts.isLocked,
      movedToId: accounts.movedToId,
      suspendedAt: accounts.suspendedAt,
      silencedAt: accounts.silencedAt,
    })
    .from(accounts)
    .where(and(isOneOfIds(accounts.id, [followerId, targetId]), isPresent))
    .orderBy(accounts.id)
    .for('share')
  const of = (accountId: AccountId): Standing => {
    const found = rows.find(({ id }) => id === accountId)
    if (!found || found.suspendedAt) throw notFound()
    return {
      isLocal: found.domain === null,
      isLocked: found.isLocked,
      hasMoved: found.movedToId !== null,
      isSilenced: found.silencedAt !== null,
    }
  }
  return { target: of(targetId), follower: of(followerId) }
}
