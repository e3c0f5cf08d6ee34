/**
 * Moves: a person continues with another account, and the followers of the old one follow the new one. The new account has
 * to name the old one as its alias (`alsoKnownAs`): so nobody can send followers to a stranger, or take a stranger's.
 */
import { eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import { refuse } from '../../text/refusals.ts'
import { accountHead } from '../find.ts'
import { findNamed } from './aliases.ts'

/** Least number of days between two moves of a local account, and of a remote account that has followers here. */
export const daysBetweenMoves = { local: 30, remote: 7 } as const

/**
 * Moves a local account to another one, whose profile is fetched again first. May reach the network. The website asks for a proof
 * before.
 *
 * @param target handle or URL
 * @throws Refusal `invalid` for a target that can't be moved to, `not_permitted` after a recent move
 */
export async function moveAccount(app: App, accountId: AccountId, target: string): Promise<AccountId> {
  const targetId = await findNamed(app, target)
  const head = targetId && (await accountHead(app.db, targetId))
  if (!head) throw refuse('invalid', 'nameNotFound', { name: target.slice(0, 100) })
  // The stored profile may be older than the alias.
  if (head.domain !== null) await app.remote.reread([head.uri])
  await app.db.transaction((tx) => recordMove(tx, accountId, head.id))
  return head.id
}

/**
 * Records that a local or remote account moved, and queues the job that moves its followers.
 *
 * @throws Refusal `not_found`; `invalid` when the target does not name the account as an alias, or has moved itself;
 *   `not_permitted` when the account moved, or was moved to, recently
 */
export async function recordMove(tx: Tx, accountId: AccountId, targetId: AccountId): Promise<void> {
  if (accountId === targetId) throw refuse('invalid', 'moveToItself')
  const { from, to } = await lockBoth(tx, accountId, targetId)
  if (!to.alsoKnownAs.includes(from.uri)) throw refuse('invalid', 'moveWithoutAlias')
  if (to.movedToId) throw refuse('invalid', 'moveToMoved')
  await assertNoRecentMove(tx, from)

  await tx
    .update(accounts)
    .set({ movedToId: to.id, movedAt: sql`now()`, updatedAt: sql`now()` })
    .where(eq(accounts.id, from.id))
  const isLocal = from.domain === null
  if (isLocal) await emit(tx, { type: 'account.updated', accountId: from.id })
  await emit(tx, { type: 'account.moved', accountId: from.id, targetId: to.id, isLocal })
}

/** Both accounts, locked in id order: two that move to each other at the same time would deadlock otherwise. */
async function lockBoth(tx: Tx, accountId: AccountId, targetId: AccountId) {
  const rows = await tx
    .select({
      id: accounts.id,
      uri: accounts.uri,
      domain: accounts.domain,
      alsoKnownAs: accounts.alsoKnownAs,
      movedToId: accounts.movedToId,
      movedAt: accounts.movedAt,
      suspendedAt: accounts.suspendedAt,
    })
    .from(accounts)
    .where(sql`${accounts.id} in (${accountId}, ${targetId})`)
    .orderBy(accounts.id)
    .for('update')
  const [from, to] = [rows.find(({ id }) => id === accountId), rows.find(({ id }) => id === targetId)]
  if (!from || !to || from.suspendedAt || to.suspendedAt) throw notFound()
  return { from, to }
}

/** Each move changes what every follower follows, so moves are rare: `daysBetweenMoves` apart. */
async function assertNoRecentMove(
  tx: Tx,
  from: { id: AccountId; domain: string | null; movedAt: Date | null },
): Promise<void> {
  const days = daysBetweenMoves[from.domain === null ? 'local' : 'remote']
  const since = new Date(Date.now() - days * dayMs)
  if (from.movedAt && from.movedAt > since) throw refuse('not_permitted', 'movedRecently', { days })
  const { rows } = await tx.execute(
    sql`select from accounts where moved_to_id = ${from.id} and moved_at > ${since.toISOString()}::timestamptz limit 1`,
  )
  if (rows.length > 0) throw refuse('not_permitted', 'movedHereRecently', { days })
}

/**
 * Cancels a move: the account can be used again. Followers that moved stay with the new account. Without a move, nothing
 * happens.
 */
export async function cancelMove(tx: Tx, accountId: AccountId): Promise<void> {
  const updated = await tx
    .update(accounts)
    .set({ movedToId: null, updatedAt: sql`now()` })
    .where(sql`${accounts.id} = ${accountId} and ${accounts.domain} is null and ${accounts.movedToId} is not null`)
    .returning({ id: accounts.id })
  if (updated.length > 0) await emit(tx, { type: 'account.updated', accountId })
}

/** Whether a local account follows, blocks, mutes, notes or filters an account, so that the account's move matters here. */
export async function hasLocalRelationships(db: Reader, accountId: AccountId): Promise<boolean> {
  const by = (column: string) =>
    sql`exists (select from accounts a where a.id = ${sql.raw(column)} and a.domain is null)`
  const { rows } = await db.execute<{ isConcerned: boolean }>(sql`
    select exists (select from follows f where f.target_id = ${accountId} and ${by('f.follower_id')})
      or exists (select from blocks b where b.target_id = ${accountId} and ${by('b.account_id')})
      or exists (select from mutes m where m.target_id = ${accountId})
      or exists (select from account_notes n where n.target_id = ${accountId})
      or exists (select from notification_permissions p where p.from_account_id = ${accountId}) as "isConcerned"`)
  return rows[0]?.isConcerned === true
}
