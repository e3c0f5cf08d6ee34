/**
 * Local-only statuses never leave this server. What needs somebody elsewhere is refused, as they would never learn of it: a mention, a
 * quote whose author has to be asked, a reply that its recipient has to accept first.
 */
import { and, isNotNull } from 'drizzle-orm'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { invalid } from '../platform/errors.ts'
import type { AccountId } from '../platform/ids.ts'

/** @throws Refusal `invalid` when somebody on another server would have to get the status */
export async function checkLocalOnly(
  tx: Tx,
  {
    mentionedIds,
    parent,
    quoted,
  }: {
    mentionedIds: readonly AccountId[]
    parent: { isLocal: boolean; asks: boolean } | null
    quoted: { isLocal: boolean } | null
  },
): Promise<void> {
  if (quoted && !quoted.isLocal) throw invalid('A local-only post can’t quote a post of another server')
  if (parent?.asks && !parent.isLocal)
    throw invalid('A local-only post can’t answer a post whose author on another server has to accept replies')
  await refuseRemoteMentions(tx, mentionedIds)
}

/** @throws Refusal `invalid` when accounts on other servers are among the mentioned */
export async function refuseRemoteMentions(tx: Tx, mentionedIds: readonly AccountId[]): Promise<void> {
  if (mentionedIds.length === 0) return
  const [remote] = await tx
    .select({ username: accounts.username, domain: accounts.domain })
    .from(accounts)
    .where(and(isOneOfIds(accounts.id, [...mentionedIds]), isNotNull(accounts.domain)))
    .limit(1)
  if (remote)
    throw invalid(
      `A local-only post never leaves this server: @${remote.username}@${remote.domain} can’t be mentioned in it`,
    )
}
