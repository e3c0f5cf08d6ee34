import { and, eq, or, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { accounts } from '../db/schema/accounts.ts'
import { blocks } from '../db/schema/relationships.ts'
import type { AccountId } from '../ids.ts'
import { blocksDomainOf } from './predicates.ts'

export async function isBlockedEitherWay(db: Reader, one: AccountId, other: AccountId): Promise<boolean> {
  const found = await db
    .select({ one: sql`1` })
    .from(blocks)
    .where(or(and(eq(blocks.accountId, one), eq(blocks.targetId, other)), and(eq(blocks.accountId, other), eq(blocks.targetId, one))))
    .limit(1)
  return found.length > 0
}

export async function hasBlocked(db: Reader, accountId: AccountId, other: AccountId): Promise<boolean> {
  const found = await db.select({ one: sql`1` }).from(blocks).where(and(eq(blocks.accountId, accountId), eq(blocks.targetId, other)))
  return found.length > 0
}

/** Whether one of the two blocks the other's whole server. */
export async function isDomainBlockedEitherWay(db: Reader, one: AccountId, other: AccountId): Promise<boolean> {
  const { rows } = await db.execute<{ blocked: boolean }>(sql`select (${blocksDomainOf(one, other)} or ${blocksDomainOf(other, one)}) as blocked`)
  return rows[0]?.blocked === true
}

export async function isRemote(db: Reader, accountId: AccountId): Promise<boolean> {
  const [found] = await db.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, accountId))
  return found?.domain != null
}
