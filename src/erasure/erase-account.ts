/**
 * Erases the rows of a deleted account in batches: some accounts have hundreds of thousands of posts, favourites or
 * followers.
 */
import { type SQL, sql } from 'drizzle-orm'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { storeDeleteRecipients } from '../outbox/delete-recipients.ts'
import { emit } from '../outbox/emit.ts'
import { contactInboxes } from '../outgoing/contacts.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import { deleteSome } from '../platform/db/delete-some.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import type { AccountId, RelationId, StatusId } from '../platform/ids.ts'
import { eraseSomeStatuses } from '../statuses/erase.ts'

const batch = 500

/** How long the look-up of the Delete's recipients may take, for an account with hundreds of thousands of posts. */
const recipientsMinutes = 15

/**
 * The `erase-account` job: erases what `deleteAccount` left. It may be repeated.
 *
 * @param hasRecipients whether the recipients of the Delete are stored; they have to be before anything is erased
 */
export async function eraseAccount(
  db: Db,
  accountId: AccountId,
  hasRecipients: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { rows } = await db.execute(sql`select from accounts where id = ${accountId} and deleted_at is not null`)
  if (rows.length === 0) return
  if (!hasRecipients) return db.transaction((tx) => announceDeletion(tx, accountId))
  await db.transaction((tx) => eraseOwn(tx, accountId))
  for (let left: Left | null = { before: null }; left;) {
    signal?.throwIfAborted()
    const from: Left = left
    left = await db.transaction((tx) => eraseSome(tx, accountId, from))
  }
}

/** Stores the recipients of the Delete, and queues the jobs that send it and that erase the account. */
async function announceDeletion(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.execute(sql`set local statement_timeout = ${sql.raw(`'${recipientsMinutes}min'`)}`)
  await storeDeleteRecipients(tx, accountId, contactInboxes(accountId))
  await emit(tx, { type: 'account.deleted', accountId })
  await emit(tx, { type: 'account.erasure-pending', accountId, hasRecipients: true })
}

/** The rows that may be left: posts older than `before`; null for all. */
type Left = { before: StatusId | null }

/** Erases up to a batch of each kind; returns what may be left, or null when nothing is. */
export async function eraseSome(
  tx: Tx,
  accountId: AccountId,
  { before }: Left = { before: null },
): Promise<Left | null> {
  const last = await eraseSomeStatuses(tx, accountId, batch, before)
  let hasMore = last !== null
  // Requests come before follows: a request being accepted at this moment is waited for, and then found among the follows.
  for (const erase of [
    favourites,
    reactions,
    bookmarks,
    ownNotifications,
    notificationsFrom,
    requests,
    askings,
    followed,
    followers,
    blocks,
    mutes,
    media,
  ]) {
    if ((await erase(tx, accountId, batch)) === batch) hasMore = true
  }
  return hasMore ? { before: last ?? before } : null
}

/** Erases up to `limit` rows of an account; returns their number. */
type Erase = (tx: Tx, accountId: AccountId, limit: number) => Promise<number>

const deletes =
  (table: string, where: (accountId: AccountId) => SQL): Erase =>
  async (tx, accountId, limit) =>
    (await deleteSome(tx, table, where(accountId), limit)).length

const bookmarks = deletes('bookmarks', (id) => sql`account_id = ${id}`)
const ownNotifications = deletes('notifications', (id) => sql`account_id = ${id}`)
const notificationsFrom = deletes('notifications', (id) => sql`from_account_id = ${id}`)
const requests = deletes('follow_requests', (id) => sql`follower_id = ${id} or target_id = ${id}`)
const askings = deletes('interaction_requests', (id) => sql`account_id = ${id} or from_account_id = ${id}`)
const blocks = deletes('blocks', (id) => sql`account_id = ${id} or target_id = ${id}`)
const mutes = deletes('mutes', (id) => sql`account_id = ${id} or target_id = ${id}`)

const favourites: Erase = async (tx, accountId, limit) => {
  const liked = await deleteSome<{ statusId: StatusId; isPending: boolean }>(
    tx,
    'favourites',
    sql`account_id = ${accountId}`,
    limit,
    { returning: sql`status_id::text as "statusId", is_pending as "isPending"` },
  )
  const ids = arrayOf(liked.filter(({ isPending }) => !isPending).map(({ statusId }) => statusId))
  await tx.execute(sql`update status_stats set favourites_count = greatest(favourites_count - 1, 0)
    where status_id in (select status_id from status_stats where status_id = any(${ids}::bigint[]) order by status_id for update)`)
  return liked.length
}

const reactions: Erase = async (tx, accountId, limit) => {
  const removed = await deleteSome<{ reactionId: RelationId }>(tx, 'reactions', sql`account_id = ${accountId}`, limit, {
    returning: sql`reaction_id::text as "reactionId"`,
  })
  if (removed.length === 0) return 0
  const ids = arrayOf(removed.map(({ reactionId }) => reactionId))
  await tx.execute(sql`select from status_reactions where id = any(${ids}::bigint[]) order by id for update`)
  await tx.execute(sql`delete from status_reactions where id = any(${ids}::bigint[]) and count <= 1`)
  await tx.execute(sql`update status_reactions set count = count - 1 where id = any(${ids}::bigint[])`)
  return removed.length
}

const followed: Erase = async (tx, accountId, limit) => {
  const ended = await deleteSome<{ id: AccountId }>(tx, 'follows', sql`follower_id = ${accountId}`, limit, {
    returning: sql`target_id::text as id`,
  })
  await uncount(tx, 'followers_count', ended)
  return ended.length
}

/** Remote followers of a local account stay: they get its Delete first. */
const followers: Erase = async (tx, accountId, limit) => {
  const ended = await deleteSome<{ id: AccountId }>(
    tx,
    'follows',
    sql`target_id = ${accountId} and ((select a.domain is not null from accounts a where a.id = ${accountId}) or (select a.domain is null from accounts a where a.id = follows.follower_id))`,
    limit,
    { returning: sql`follower_id::text as id` },
  )
  await uncount(tx, 'following_count', ended)
  return ended.length
}

/** Locks rows in id order, like every statement that changes several of them: others would deadlock. */
async function uncount(tx: Tx, counter: 'followers_count' | 'following_count', of: { id: AccountId }[]): Promise<void> {
  const column = sql.identifier(counter)
  await tx.execute(sql`
    update account_stats set ${column} = greatest(${column} - 1, 0)
    where account_id in (select account_id from account_stats where account_id = any(${arrayOf(of.map(({ id }) => id))}::bigint[]) order by account_id for update)`)
}

const media: Erase = async (tx, accountId, limit) => {
  const gone = await deleteSome<Record<'file' | 'preview' | 'remoteUrl' | 'previewRemoteUrl', string | null>>(
    tx,
    'media',
    sql`account_id = ${accountId}`,
    limit,
    {
      returning: sql`file, preview_file as preview, remote_url as "remoteUrl", preview_remote_url as "previewRemoteUrl"`,
    },
  )
  const files = gone.flatMap(({ file, preview }) => [file, preview].filter((name) => name !== null))
  // A job's payload stays small.
  for (let i = 0; i < files.length; i += 100) await emit(tx, { type: 'files.orphaned', files: files.slice(i, i + 100) })
  await forgetRemoteFiles(
    tx,
    gone.flatMap(({ remoteUrl, previewRemoteUrl }) => [remoteUrl, previewRemoteUrl]),
  )
  return gone.length
}

/** Erases the account's private rows, and its rows in other accounts' data. Polls keep the count of its votes. */
export async function eraseOwn(tx: Tx, accountId: AccountId): Promise<void> {
  for (const table of ['endorsements', 'account_notes', 'suggestion_dismissals']) {
    await tx.execute(
      sql`delete from ${sql.identifier(table)} where account_id = ${accountId} or target_id = ${accountId}`,
    )
  }
  for (const table of ['notification_requests', 'notification_permissions']) {
    await tx.execute(
      sql`delete from ${sql.identifier(table)} where account_id = ${accountId} or from_account_id = ${accountId}`,
    )
  }
  for (const table of owned) await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId}`)
  await tx.execute(
    sql`delete from strike_posts where strike_id in (select id from strikes where account_id = ${accountId})`,
  )
  await tx.execute(sql`update cards set author_account_id = null where author_account_id = ${accountId}`)
}

const owned = [
  'lists',
  'list_accounts',
  'tag_follows',
  'featured_tags',
  'collections',
  'collection_items',
  'account_domain_blocks',
  'filters',
  'conversations',
  'thread_mutes',
  'markers',
  'poll_votes',
  'notification_policies',
  'announcement_dismissals',
  'announcement_reactions',
  'idempotency_keys',
  'scheduled_statuses',
  'drafts',
  'pins',
  'invites',
]
