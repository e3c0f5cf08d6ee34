/** The limits of rules about addresses: they are kept in memory, or listed as a whole. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import type { emailDomainBlocks, ipBlocks } from '../../platform/db/schema/moderation.ts'
import type { RefusalText } from '../../platform/errors.ts'
import { refuse } from '../../text/refusals.ts'

/**
 * Requires room for one more rule. Rules are added one after another, so that two at once don't pass the limit.
 *
 * @throws Refusal `unprocessable`
 */
export async function requireRoom(
  tx: Tx,
  table: typeof ipBlocks | typeof emailDomainBlocks,
  max: number,
  refusal: RefusalText['key'],
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('address rules', 0))`)
  if ((await tx.$count(table)) >= max) throw refuse('unprocessable', refusal, { max })
}
