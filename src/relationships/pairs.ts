import { and, eq, or, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { blocks } from '../platform/db/schema/relationships.ts'
import type { AccountId } from '../platform/ids.ts'
import { blocksDomainOf } from '../rules/avoidance.ts'

/**
 * Locks the relationship of two accounts until the transaction ends. Without it, a row that another transaction moves from one
 * table to another could be missed in both. Call it before reading follows, requests and blocks.
 */
export async function lockPair(tx: Tx, one: AccountId, other: AccountId): Promise<void> {
  await lockPairs(tx, [[one, other]])
}

/** Locks several pairs, always in the same order: two transactions with the same pairs would deadlock otherwise. */
export async function lockPairs(tx: Tx, pairs: ReadonlyArray<readonly [AccountId, AccountId]>): Promise<void> {
  const keys = new Set(
    pairs.map((pair) =>
      pair
        .map(BigInt)
        .sort((a, b) => (a < b ? -1 : 1))
        .join(' '),
    ),
  )
  if (keys.size === 0) return
  await tx.execute(sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended('pair ' || pair, 0) as key from jsonb_array_elements_text(${JSON.stringify([...keys])}::jsonb) as pair order by key) keys`)
}

export async function isBlockedEitherWay(db: Reader, one: AccountId, other: AccountId): Promise<boolean> {
  const rows = await db
    .select({ one: sql`1` })
    .from(blocks)
    .where(
      or(
        and(eq(blocks.accountId, one), eq(blocks.targetId, other)),
        and(eq(blocks.accountId, other), eq(blocks.targetId, one)),
      ),
    )
    .limit(1)
  return rows.length > 0
}

export async function hasBlocked(db: Reader, accountId: AccountId, other: AccountId): Promise<boolean> {
  const rows = await db
    .select({ one: sql`1` })
    .from(blocks)
    .where(and(eq(blocks.accountId, accountId), eq(blocks.targetId, other)))
  return rows.length > 0
}

/** Whether one of two accounts blocks the other's server. */
export async function isDomainBlockedEitherWay(db: Reader, one: AccountId, other: AccountId): Promise<boolean> {
  const { rows } = await db.execute<{ blocked: boolean }>(
    sql`select (${blocksDomainOf(one, other)} or ${blocksDomainOf(other, one)}) as blocked`,
  )
  return rows[0]?.blocked === true
}

export async function isRemote(db: Reader, accountId: AccountId): Promise<boolean> {
  const [account] = await db.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, accountId))
  return account?.domain != null
}

/** Whether an account blocks a remote actor, or its whole server. */
export async function blocksActor(
  db: Reader,
  accountId: AccountId,
  { actor, accountId: other }: { actor: string; accountId: AccountId | null },
): Promise<boolean> {
  const { rows } = await db.execute<{ blocks: boolean }>(sql`
    select exists (select from blocks b where b.account_id = ${accountId} and b.target_id = ${other}::bigint)
      or exists (select from account_domain_blocks d where d.account_id = ${accountId}
        and d.domain in (${new URL(actor).host}, (select a.domain from accounts a where a.id = ${other}::bigint))) as "blocks"`)
  return rows[0]?.blocks === true
}

/** Whether an account blocks one of these hosts, or any account on them. */
export async function blocksAnybodyOn(db: Reader, accountId: AccountId, hosts: string[]): Promise<boolean> {
  if (hosts.length === 0) return false
  const { rows } = await db.execute<{ blocks: boolean }>(sql`
    with asked as (select jsonb_array_elements_text(${JSON.stringify(hosts)}::jsonb) as host)
    select exists (select from blocks b join accounts a on a.id = b.target_id join asked on asked.host in (a.domain, split_part(a.uri, '/', 3)) where b.account_id = ${accountId})
      or exists (select from account_domain_blocks d join asked on asked.host = d.domain or asked.host like '%.' || d.domain where d.account_id = ${accountId}) as "blocks"`)
  return rows[0]?.blocks === true
}
