/** What waits for a person's answer, of all kinds. */
import type { Reader } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'
import { countRequests } from '../relationships/lists.ts'
import { countWaiting, type RequestKind } from '../statuses/access/requests.ts'

/** Numbers of what waits: up to 100 requests to follow, and up to 100 requests of the other kinds together. */
export type WaitingCounts = Record<RequestKind | 'follow', number>

export async function countApprovalsByKind(db: Reader, accountId: AccountId): Promise<WaitingCounts> {
  const [waiting, follow] = await Promise.all([countWaiting(db, accountId), countRequests(db, accountId)])
  return { ...waiting, follow }
}

/** The number of all that waits, for the navigation; at most 200. */
export async function countApprovals(db: Reader, accountId: AccountId): Promise<number> {
  const counts = await countApprovalsByKind(db, accountId)
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}
