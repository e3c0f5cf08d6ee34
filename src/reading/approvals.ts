/** Requests of all kinds that wait for a person's answer. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { requestKinds } from '../platform/db/schema/interactions.ts'
import type { AccountId } from '../platform/ids.ts'
import { isOpenRequest } from '../statuses/access/ask-author.ts'
import type { RequestKind } from '../statuses/access/requests.ts'

/** Numbers of waiting requests: up to 100 requests to follow, and up to 100 requests of the other kinds together. */
export type WaitingCounts = Record<RequestKind | 'follow', number>

const maxCounted = 100

export async function countApprovalsByKind(db: Reader, accountId: AccountId): Promise<WaitingCounts> {
  const { rows } = await db.execute<{ kind: RequestKind | 'follow'; n: number }>(sql`
    select kind, count(*)::int as n from (
      select kind from interaction_requests where account_id = ${accountId} and state = 'pending' and ${isOpenRequest} limit ${maxCounted}) waiting
    group by kind
    union all
    select 'follow', count(*)::int from (select from follow_requests where target_id = ${accountId} limit ${maxCounted}) following`)
  const counts = new Map(rows.map(({ kind, n }) => [kind, n]))
  const kinds = [...requestKinds, 'follow' as const]
  return Object.fromEntries(kinds.map((kind) => [kind, counts.get(kind) ?? 0])) as WaitingCounts
}

/** The number of all that waits, for the navigation; at most 200. */
export async function countApprovals(db: Reader, accountId: AccountId): Promise<number> {
  const counts = await countApprovalsByKind(db, accountId)
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}
