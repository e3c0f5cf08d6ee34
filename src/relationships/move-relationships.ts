/**
 * The `move-relationships` job: carries local people's relationships from an old account to the new one, in batches. Followers of the
 * old account follow the new one; blocks, mutes and notes apply to the new one, too. Each batch may run twice.
 */
import { eq, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Jobs } from '../outbox/jobs.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { listAccounts, lists } from '../platform/db/schema/lists.ts'
import { endorsements } from '../platform/db/schema/relationships.ts'
import { Refusal } from '../platform/errors.ts'
import { type AccountId, type ListId, newId, type RelationId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { acctOf } from '../text/acct.ts'
import { block } from './block.ts'
import { follow, type FollowOptions, rejectFollow, unfollow } from './follow.ts'
import { maxNoteCharacters } from './note.ts'
import { lockPairs } from './pairs.ts'

type Step = Jobs['move-relationships']

const batchSize = 25

const parts: Record<Step['part'], (tx: Tx, uris: Uris, step: Step, acct: string) => Promise<Step | null>> = {
  decisions: carryDecisions,
  followers: moveFollowers,
  requests: answerRequests,
}

/** Does a batch and queues the next one. Stops when the move was cancelled, or the account moved on to another one. */
export async function moveRelationships(tx: Tx, uris: Uris, step: Step): Promise<void> {
  const acct = await movedAcct(tx, uris, step)
  if (acct === null) return
  const next = await parts[step.part](tx, uris, step, acct)
  if (next) await addJobs(tx, [{ name: 'move-relationships', payload: next }])
}

/**
 * The handle of the old account; null when the move no longer holds. Not all servers name the new account in the profile, so a
 * refresh may have set `movedToId` of a remote account back to null.
 */
async function movedAcct(tx: Tx, uris: Uris, { fromId, toId }: Step): Promise<string | null> {
  const [from] = await tx
    .select({
      username: accounts.username,
      domain: accounts.domain,
      movedToId: accounts.movedToId,
      deletedAt: accounts.deletedAt,
    })
    .from(accounts)
    .where(eq(accounts.id, fromId))
  if (!from || from.deletedAt) return null
  const stands = from.movedToId === toId || (from.movedToId === null && from.domain !== null)
  return stands ? acctOf({ username: from.username, domain: from.domain ?? uris.handleHost }) : null
}

/**
 * Carries blocks, mutes, private notes and permissions to notify. Blocks and mutes skip people who follow the new
 * account already.
 */
async function carryDecisions(tx: Tx, uris: Uris, step: Step, acct: string): Promise<Step | null> {
  const { fromId, toId, after } = step
  const { rows: people } = await tx.execute<{ id: AccountId; blocks: boolean; follows: boolean }>(sql`
    select a.id, exists (select from blocks b where b.account_id = a.id and b.target_id = ${fromId}) as blocks,
      exists (select from follows f where f.follower_id = a.id and f.target_id = ${toId}) as follows
    from (select account_id from blocks where target_id = ${fromId} union select account_id from mutes where target_id = ${fromId}
      union select account_id from account_notes where target_id = ${fromId} union select account_id from notification_permissions where from_account_id = ${fromId}) p
    join accounts a on a.id = p.account_id
    where a.domain is null and a.suspended_at is null and a.id <> ${toId} and a.id > ${after ?? '0'}::bigint
    order by a.id limit ${batchSize}`)
  const all = arrayOf(people.map(({ id }) => id))
  const undecided = arrayOf(people.filter(({ follows }) => !follows).map(({ id }) => id))

  const blocking = people.filter(({ blocks, follows }) => blocks && !follows)
  await lockPairs(
    tx,
    blocking.map(({ id }) => [id, toId] as const),
  )
  for (const { id } of blocking) await block(tx, uris, id, toId)
  const { rows: muted } = await tx.execute<{
    accountId: AccountId
    hidesNotifications: boolean
    expiresAt: string | null
  }>(sql`
    select m.account_id as "accountId", m.hides_notifications as "hidesNotifications", m.expires_at::text as "expiresAt" from mutes m
    where m.target_id = ${fromId} and m.account_id = any(${undecided}::bigint[]) and (m.expires_at is null or m.expires_at > now())`)
  for (const { accountId, hidesNotifications, expiresAt } of muted) {
    await tx.execute(sql`insert into mutes (id, account_id, target_id, hides_notifications, expires_at)
      values (${newId<RelationId>()}, ${accountId}, ${toId}, ${hidesNotifications}, ${expiresAt}::timestamptz) on conflict do nothing`)
  }
  await tx.execute(sql`insert into notification_permissions (account_id, from_account_id)
    select account_id, ${toId} from notification_permissions where from_account_id = ${fromId} and account_id = any(${all}::bigint[]) on conflict do nothing`)
  await carryNotes(tx, step, { all, undecided, words: `Moved from @${acct}` })

  const last = people.at(-1)
  return last && people.length === batchSize ? { ...step, after: last.id } : { ...step, part: 'followers', after: null }
}

/**
 * Adds a private note about the new account: its old handle, and the old note. An existing note stays in front; a
 * repetition adds nothing.
 */
async function carryNotes(
  tx: Tx,
  { fromId, toId }: Step,
  { all, undecided, words }: { all: string; undecided: string; words: string },
): Promise<void> {
  await tx.execute(sql`
    insert into account_notes (account_id, target_id, comment)
    select person, ${toId}::bigint, left(${words}::text || case when blocked then ', whom you blocked' when muted then ', whom you muted' else '' end || coalesce(': ' || comment, ''), ${maxNoteCharacters})
    from (
      select person, n.comment,
        person = any(${undecided}::bigint[]) and exists (select from blocks b where b.account_id = person and b.target_id = ${fromId}) as blocked,
        person = any(${undecided}::bigint[]) and exists (select from mutes m where m.account_id = person and m.target_id = ${fromId} and (m.expires_at is null or m.expires_at > now())) as muted
      from unnest(${all}::bigint[]) person left join account_notes n on n.account_id = person and n.target_id = ${fromId}) p
    where comment is not null or blocked or muted
    on conflict (account_id, target_id) do update set comment = left(account_notes.comment || e'\n\n' || excluded.comment, ${maxNoteCharacters}), updated_at = now()
      where position(${words}::text in account_notes.comment) = 0`)
}

/**
 * Moves local followers with their options, list entries and recommendations. A follower that may not follow the new
 * account stays with the old one.
 */
async function moveFollowers(tx: Tx, uris: Uris, step: Step): Promise<Step | null> {
  const { fromId, toId, after } = step
  type Row = Required<Omit<FollowOptions, 'uri'>> & { id: RelationId; followerId: AccountId; isNew: boolean }
  const { rows } = await tx.execute<Row>(sql`
    select f.id, f.follower_id as "followerId", f.shows_reblogs as "showsReblogs", f.notifies, f.languages,
      not exists (select from follows n where n.follower_id = f.follower_id and n.target_id = ${toId})
        and not exists (select from follow_requests n where n.follower_id = f.follower_id and n.target_id = ${toId}) as "isNew"
    from follows f join accounts a on a.id = f.follower_id
    where f.target_id = ${fromId} and a.domain is null and f.id > ${after ?? '0'}::bigint order by f.id limit ${batchSize}`)
  await lockPairs(tx, bothPairs(rows, step))
  for (const { followerId, isNew, showsReblogs, notifies, languages } of rows) {
    try {
      await follow(tx, uris, followerId, toId, isNew ? { showsReblogs, notifies, languages } : {})
    } catch (error) {
      if (error instanceof Refusal) continue
      throw error
    }
    await carryListsAndEndorsement(tx, followerId, fromId, toId)
    await unfollow(tx, followerId, fromId)
  }
  const last = rows.at(-1)
  return last && rows.length === batchSize ? { ...step, after: last.id } : { ...step, part: 'requests', after: null }
}

/**
 * Requests by local accounts are made to the new account. Requests by remote accounts are rejected: the old account no
 * longer decides on them.
 */
async function answerRequests(tx: Tx, uris: Uris, step: Step): Promise<Step | null> {
  const { fromId, toId, after } = step
  type Row = Required<Omit<FollowOptions, 'uri'>> & { id: RelationId; followerId: AccountId; isLocal: boolean }
  const { rows } = await tx.execute<Row>(sql`
    select r.id, r.follower_id as "followerId", a.domain is null as "isLocal", r.shows_reblogs as "showsReblogs", r.notifies, r.languages
    from follow_requests r join accounts a on a.id = r.follower_id join accounts target on target.id = r.target_id
    where r.target_id = ${fromId} and (a.domain is null or target.domain is null) and r.id > ${after ?? '0'}::bigint order by r.id limit ${batchSize}`)
  await lockPairs(tx, bothPairs(rows, step))
  for (const { followerId, isLocal, showsReblogs, notifies, languages } of rows) {
    if (!isLocal) {
      await rejectFollow(tx, fromId, followerId)
      continue
    }
    await unfollow(tx, followerId, fromId)
    await follow(tx, uris, followerId, toId, { showsReblogs, notifies, languages }).catch(ignoreRefusal)
  }
  const last = rows.at(-1)
  return last && rows.length === batchSize ? { ...step, after: last.id } : null
}

/** Pairs each follower with the old and with the new account. */
const bothPairs = (rows: { followerId: AccountId }[], { fromId, toId }: Step) =>
  rows.flatMap(
    ({ followerId }) =>
      [
        [followerId, fromId],
        [followerId, toId],
      ] as const,
  )

/** Ignores a refusal: the follower may not follow the new account. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error
}

/** Carries the follower's list entries and recommendation. */
async function carryListsAndEndorsement(
  tx: Tx,
  followerId: AccountId,
  fromId: AccountId,
  toId: AccountId,
): Promise<void> {
  const on = await tx
    .select({ listId: listAccounts.listId })
    .from(listAccounts)
    .innerJoin(lists, eq(lists.id, listAccounts.listId))
    .where(sql`${lists.accountId} = ${followerId} and ${listAccounts.accountId} = ${fromId}`)
  const memberships = on.map(({ listId }: { listId: ListId }) => ({ id: newId<RelationId>(), listId, accountId: toId }))
  if (memberships.length > 0) await tx.insert(listAccounts).values(memberships).onConflictDoNothing()
  const recommended = await tx
    .select({ id: endorsements.id })
    .from(endorsements)
    .where(sql`${endorsements.accountId} = ${followerId} and ${endorsements.targetId} = ${fromId}`)
  if (recommended.length > 0)
    await tx
      .insert(endorsements)
      .values({ id: newId<RelationId>(), accountId: followerId, targetId: toId })
      .onConflictDoNothing()
}
