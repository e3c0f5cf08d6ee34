/**
 * Local-only statuses never leave this server. A status that needs a remote person is refused, as this person's server
 * would never get it: a mention of a remote account, a quote of a remote status, a reply that a remote author must
 * accept first.
 */
import { and, isNotNull } from 'drizzle-orm'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import type { AccountId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'
import type { Permission } from './access/interaction-policy.ts'

/** @throws Refusal `invalid` when somebody on another server would have to get the status */
export async function checkLocalOnly(
  tx: Tx,
  {
    mentionedIds,
    parent,
    quoted,
  }: {
    mentionedIds: readonly AccountId[]
    parent: { permission: Permission } | null
    quoted: { isLocal: boolean } | null
  },
): Promise<void> {
  if (quoted && !quoted.isLocal) throw refuse('invalid', 'localOnlyQuotes')
  if (parent?.permission === 'ask') throw refuse('invalid', 'localOnlyAsks')
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
  if (remote) throw refuse('invalid', 'localOnlyMentions', { handle: `@${remote.username}@${remote.domain}` })
}
