/** Follows and follow requests, between local and remote accounts. */
import { and, type AnyColumn, eq, inArray, or, sql } from 'drizzle-orm'
import { isPresent } from '../accounts/find.ts'
import { notify, unnotify } from '../notices/notify.ts'
import { emit } from '../outbox/emit.ts'
import { arrayOf, isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts, accountStats } from '../platform/db/schema/accounts.ts'
import { listAccounts, lists } from '../platform/db/schema/lists.ts'
import { endorsements, followRequests, follows } from '../platform/db/schema/relationships.ts'
import { notFound } from '../platform/errors.ts'
import { type AccountId, newId, type RelationId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { languageTag } from '../text/language-tag.ts'
import { refuse } from '../text/refusals.ts'
import { lockPair, isBlockedEitherWay, isDomainBlockedEitherWay, isRemote } from './pairs.ts'

export type FollowOptions = {
  /** Id of the Follow activity, when another server sent it. */
  uri?: string
  /** Whether boosts of the target appear on the follower's home timeline. Undefined: unchanged, initially true. */
  showsReblogs?: boolean
  /** Whether each new status of the target makes a notification. Undefined: unchanged, initially false. */
  notifies?: boolean
  /** Languages (BCP 47) of the statuses that the follower wants; null or none: all. Undefined: unchanged, initially all. */
  languages?: string[] | null
}

type Settings = Pick<typeof follows.$inferInsert, 'uri' | 'showsReblogs' | 'notifies' | 'languages'>

/**
 * Makes an account follow another. A local account that is not locked accepts at once. A locked or remote account is asked
 * first; so is every account when the follower is limited.
 * Repeating it changes only the options. A repeated request of a remote follower is answered again, as the first answer may
 * have been lost.
 *
 * @throws Refusal `not_found` when there is no such account, `not_permitted` when one blocks the other or its server, and for a
 *   target that has moved, `unprocessable` for oneself, `invalid` for a malformed language
 */
export async function follow(
  tx: Tx,
  uris: Uris,
  followerId: AccountId,
  targetId: AccountId,
  options: FollowOptions = {},
): Promise<'following' | 'requested'> {
  if (followerId === targetId) throw refuse('unprocessable', 'followSelf')
  await lockPair(tx, followerId, targetId)
  const { target, follower } = await lockBothSides(tx, followerId, targetId)
  if (
    (await isBlockedEitherWay(tx, followerId, targetId)) ||
    (await isDomainBlockedEitherWay(tx, followerId, targetId))
  ) {
    throw refuse('not_permitted', 'notAllowed')
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

  if (target.hasMoved) throw refuse('not_permitted', 'followMoved')
  // A limited follower always has to ask.
  const isOpen = target.isLocal && !target.isLocked && !follower.isSilenced
  if (isOpen) {
    const made = await tx
      .insert(follows)
      .values(await replaceRequest(tx, added))
      .onConflictDoNothing()
      .returning()
    // Another follow has this URI.
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

/** A follow with the options of the request that it replaces; deletes that request. */
async function replaceRequest(tx: Tx, added: typeof follows.$inferInsert): Promise<typeof follows.$inferInsert> {
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

/** The columns of the options that are defined. */
function settingsOf({ uri, showsReblogs, notifies, languages }: FollowOptions): Partial<Settings> {
  const tags = languages?.map(languageTag)
  if (tags?.includes(null)) throw refuse('invalid', 'languagesInvalid')
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
 * Ends a follow, or withdraws a request. Without either, nothing happens.
 *
 * @returns whether there was one
 */
export async function unfollow(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<boolean> {
  const uri = await sever(tx, followerId, targetId)
  if (uri !== null && (await isRemote(tx, targetId)))
    await emit(tx, { type: 'follow.removed', followerId, targetId, uri })
  return uri !== null
}

/** Ends a follow that the server of its target does not know, without an Undo. */
export async function dropFollow(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<void> {
  await sever(tx, followerId, targetId)
}

/**
 * Accepts a follow request: for a local account on the website or in an app, for a remote one by an Accept.
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
 * Rejects a follow request, or removes a follower.
 *
 * @returns whether there was a request or a follow
 */
export async function rejectFollow(tx: Tx, targetId: AccountId, followerId: AccountId): Promise<boolean> {
  const uri = await sever(tx, followerId, targetId)
  if (uri === null) return false
  if (await isRemote(tx, followerId)) await emit(tx, { type: 'follow.rejected', followerId, targetId, uri })
  return true
}

/**
 * Deletes a follow or request with its notifications, list entries and recommendation; returns its URI, or null when
 * there was none.
 */
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

/** Removes an account from lists and recommendations: those need a follow. */
async function forgetFollowed(tx: Tx, followerId: AccountId, targetId: AccountId): Promise<void> {
  await tx.delete(endorsements).where(and(eq(endorsements.accountId, followerId), eq(endorsements.targetId, targetId)))
  const own = tx.select({ id: lists.id }).from(lists).where(eq(lists.accountId, followerId))
  await tx.delete(listAccounts).where(and(eq(listAccounts.accountId, targetId), inArray(listAccounts.listId, own)))
}

async function count(tx: Tx, followerId: AccountId, targetId: AccountId, by: 1 | -1): Promise<void> {
  const changed = (column: AnyColumn, of: AccountId) =>
    sql`greatest(${column} + case when ${accountStats.accountId} = ${of} then ${by}::int else 0 end, 0)`
  // The counts of the account's own server change as well, if known; `greatest` alone would turn null into 0.
  const changedRemote = (column: AnyColumn, of: AccountId) =>
    sql`case when ${column} is not null then ${changed(column, of)} end`
  // Locks both rows in id order: two people who follow each other at the same time would deadlock otherwise.
  await tx.execute(
    sql`select from account_stats where account_id = any(${arrayOf([followerId, targetId])}::bigint[]) order by account_id for update`,
  )
  await tx
    .update(accountStats)
    .set({
      followingCount: changed(accountStats.followingCount, followerId),
      followersCount: changed(accountStats.followersCount, targetId),
      remoteFollowingCount: changedRemote(accountStats.remoteFollowingCount, followerId),
      remoteFollowersCount: changedRemote(accountStats.remoteFollowersCount, targetId),
    })
    .where(or(eq(accountStats.accountId, followerId), eq(accountStats.accountId, targetId)))
}

type Side = { isLocal: boolean; isLocked: boolean; hasMoved: boolean; isSilenced: boolean }

/**
 * The columns of both accounts that decide about a follow, locked for sharing until the transaction ends. An account that is
 * unlocked, limited or deleted at the same time changes either before this look-up, or after the follow is stored.
 */
async function lockBothSides(
  tx: Tx,
  followerId: AccountId,
  targetId: AccountId,
): Promise<{ follower: Side; target: Side }> {
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
  const of = (accountId: AccountId): Side => {
    const account = rows.find(({ id }) => id === accountId)
    if (!account || account.suspendedAt) throw notFound()
    return {
      isLocal: account.domain === null,
      isLocked: account.isLocked,
      hasMoved: account.movedToId !== null,
      isSilenced: account.silencedAt !== null,
    }
  }
  return { target: of(targetId), follower: of(followerId) }
}
