import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { endTokensOf } from '../auth/access-tokens.ts'
import type { Tx } from '../db/index.ts'
import { accounts, users } from '../db/schema/accounts.ts'
import { bookmarks, favourites, reactions } from '../db/schema/interactions.ts'
import { media } from '../db/schema/media.ts'
import { notifications } from '../db/schema/notifications.ts'
import { blocks, followRequests, follows, mutes } from '../db/schema/relationships.ts'
import { keepInboxes } from '../deliveries/farewells.ts'
import { Refusal } from '../errors.ts'
import type { AccountId } from '../ids.ts'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { emit } from '../outbox.ts'
import { eraseStatusesOf } from '../statuses/erase.ts'
import { acquaintedInboxes } from './acquaintances.ts'
import { keepAnOwner } from './owners.ts'

/**
 * Deletes an account, local or remote, with all it wrote and did. A blank row stays: a local name is never given out again,
 * and keys and remote followers stay until the Delete was handed to their servers (`forgetFollowers`).
 *
 * @throws Refusal `not_found` when there is no such account, `not_permitted` for the last owner
 */
export async function deleteAccount(tx: Tx, accountId: AccountId): Promise<void> {
  const [account] = await tx.select().from(accounts).where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt))).for('update')
  if (!account) throw new Refusal('not_found', 'Record not found')
  const isLocal = account.domain === null
  if (isLocal) {
    await keepAnOwner(tx, accountId)
    await keepInboxes(tx, accountId, acquaintedInboxes(accountId))
  }

  await tx
    .update(accounts)
    .set({
      deletedAt: sql`now()`,
      suspendedAt: sql`coalesce(${accounts.suspendedAt}, now())`,
      displayName: '',
      note: '',
      noteSource: '',
      fields: [],
      avatarFile: null,
      headerFile: null,
      avatarRemoteUrl: null,
      headerRemoteUrl: null,
      avatarDescription: '',
      headerDescription: '',
      attributionDomains: [],
      alsoKnownAs: [],
      movedToId: null,
    })
    .where(eq(accounts.id, accountId))
  // Open streams end with their tokens.
  await endTokensOf(tx, accountId)
  // Sessions, tokens and links in mails hang on these rows.
  await tx.delete(users).where(eq(users.accountId, accountId))
  await tx.execute(sql`delete from sessions where account_id = ${accountId}`)
  await tx.execute(sql`delete from access_tokens where account_id = ${accountId}`)
  await tx.execute(sql`delete from authorization_codes where account_id = ${accountId}`)
  await tx.execute(sql`delete from mail_tokens where account_id = ${accountId}`)

  await eraseStatusesOf(tx, accountId)
  await eraseInteractions(tx, accountId)
  await severAll(tx, accountId, isLocal)
  await eraseOwn(tx, accountId)
  const gone = await tx.delete(media).where(eq(media.accountId, accountId)).returning({ file: media.file, preview: media.previewFile, remoteUrl: media.remoteUrl, previewRemoteUrl: media.previewRemoteUrl })
  const files = [account.avatarFile, account.headerFile, ...gone.flatMap(({ file, preview }) => [file, preview])].filter((name) => name !== null)
  if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
  await forgetRemoteFiles(tx, [account.avatarRemoteUrl, account.headerRemoteUrl, ...gone.flatMap(({ remoteUrl, previewRemoteUrl }) => [remoteUrl, previewRemoteUrl])])
  if (isLocal) await emit(tx, { type: 'account.deleted', accountId })
}

/** Ends the follows that were kept to know whom to send an account's Delete. */
export async function forgetFollowers(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.delete(follows).where(eq(follows.targetId, accountId))
}

async function eraseInteractions(tx: Tx, accountId: AccountId): Promise<void> {
  const liked = await tx.delete(favourites).where(eq(favourites.accountId, accountId)).returning({ statusId: favourites.statusId, isPending: favourites.isPending })
  const ids = `{${liked.filter(({ isPending }) => !isPending).map(({ statusId }) => statusId).join(',')}}`
  await tx.execute(sql`update status_stats set favourites_count = greatest(favourites_count - 1, 0)
    where status_id in (select status_id from status_stats where status_id = any(${ids}::bigint[]) order by status_id for update)`)
  await eraseReactions(tx, accountId)
  await tx.delete(bookmarks).where(eq(bookmarks.accountId, accountId))
  await tx.delete(notifications).where(or(eq(notifications.accountId, accountId), eq(notifications.fromAccountId, accountId)))
}

async function eraseReactions(tx: Tx, accountId: AccountId): Promise<void> {
  const removed = await tx.delete(reactions).where(eq(reactions.accountId, accountId)).returning({ reactionId: reactions.reactionId })
  if (removed.length === 0) return
  const ids = `{${removed.map(({ reactionId }) => reactionId).join(',')}}`
  await tx.execute(sql`select from status_reactions where id = any(${ids}::bigint[]) order by id for update`)
  await tx.execute(sql`delete from status_reactions where id = any(${ids}::bigint[]) and count <= 1`)
  await tx.execute(sql`update status_reactions set count = count - 1 where id = any(${ids}::bigint[])`)
}

async function severAll(tx: Tx, accountId: AccountId, isLocal: boolean): Promise<void> {
  // One that is accepted in this moment is waited for, and found among the follows.
  await tx.delete(followRequests).where(or(eq(followRequests.followerId, accountId), eq(followRequests.targetId, accountId)))
  await tx.execute(sql`update account_stats set
      followers_count = greatest(followers_count - (exists (select from follows f where f.follower_id = ${accountId} and f.target_id = account_id))::int, 0),
      following_count = greatest(following_count - (exists (select from follows f where f.target_id = ${accountId} and f.follower_id = account_id))::int, 0)
    where account_id in (select account_id from account_stats where account_id in (
      select target_id from follows where follower_id = ${accountId} union select follower_id from follows where target_id = ${accountId}
    ) order by account_id for update)`)
  const remote = tx.select({ id: accounts.id }).from(accounts).where(sql`${accounts.domain} is not null`)
  await tx.delete(follows).where(eq(follows.followerId, accountId))
  await tx.delete(follows).where(and(eq(follows.targetId, accountId), isLocal ? sql`not ${inArray(follows.followerId, remote)}` : undefined))
  await tx.delete(blocks).where(or(eq(blocks.accountId, accountId), eq(blocks.targetId, accountId)))
  await tx.delete(mutes).where(or(eq(mutes.accountId, accountId), eq(mutes.targetId, accountId)))
}

/** What was for the account's own eyes, and what it left in places of others; polls keep the count of its votes. */
async function eraseOwn(tx: Tx, accountId: AccountId): Promise<void> {
  for (const table of ['endorsements', 'account_notes', 'suggestion_dismissals']) {
    await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId} or target_id = ${accountId}`)
  }
  for (const table of ['notification_requests', 'notification_permissions']) {
    await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId} or from_account_id = ${accountId}`)
  }
  for (const table of owned) await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId}`)
  await tx.execute(sql`update cards set author_account_id = null where author_account_id = ${accountId}`)
}

const owned = [
  'lists', 'list_accounts', 'tag_follows', 'featured_tags', 'collections', 'collection_items', 'account_domain_blocks', 'filters', 'conversations', 'thread_mutes', 'markers', 'poll_votes',
  'notification_policies', 'announcement_dismissals', 'announcement_reactions',
]
