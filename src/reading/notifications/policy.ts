/** A person's policy for notifications from strangers; `src/notices/policy.ts` applies it. */
import { eq, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { notificationPolicies } from '../../platform/db/schema/notifications.ts'
import type { AccountId } from '../../platform/ids.ts'
import { pendingRequests } from './requests.ts'

export const policyAnswers = ['accept', 'filter', 'drop'] as const
export type PolicyAnswer = (typeof policyAnswers)[number]
export type NotificationPolicy = Record<
  'forNotFollowing' | 'forNotFollowers' | 'forNewAccounts' | 'forPrivateMentions' | 'forLimitedAccounts' | 'forBots',
  PolicyAnswer
>

/** A policy with the counts of the notifications that it filters: at most 100 requests, and at most 100 notifications of each. */
export type PolicyView = NotificationPolicy & { pendingRequests: number; pendingNotifications: number }

const usual: NotificationPolicy = {
  forNotFollowing: 'accept',
  forNotFollowers: 'accept',
  forNewAccounts: 'accept',
  forPrivateMentions: 'accept',
  forLimitedAccounts: 'filter',
  forBots: 'accept',
}

export async function loadPolicy(db: Reader, viewer: AccountId): Promise<PolicyView> {
  const [row] = await db.select().from(notificationPolicies).where(eq(notificationPolicies.accountId, viewer))
  const { accountId: _, ...policy } = { ...usual, ...row, accountId: viewer }
  return { ...policy, ...(await pendingRequests(db, viewer)) }
}

/** Changes some answers. Notifications that are filtered already stay filtered. */
export async function savePolicy(tx: Tx, viewer: AccountId, changes: Partial<NotificationPolicy>): Promise<void> {
  await tx
    .insert(notificationPolicies)
    .values({ accountId: viewer, ...changes })
    .onConflictDoUpdate({
      target: notificationPolicies.accountId,
      set: { accountId: sql`excluded.account_id`, ...changes },
    })
}
