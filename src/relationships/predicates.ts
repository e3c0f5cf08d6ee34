/**
 * Conditions in SQL for whom somebody doesn't want to see or hear: written once, for timelines, threads, lists of accounts
 * and notifications. `viewer` and `account` are ids, or expressions of the query that uses them.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import type { AccountId } from '../ids.ts'

export type AccountRef = AccountId | AnyColumn | SQL

/** Whether the viewer mutes an account; mutes that have ended count no more. */
export const mutesAccount = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`exists (select from mutes m where m.account_id = ${viewer} and m.target_id = ${account} and ${isLasting})`

/** Whether the viewer mutes an account's notifications, too. */
export const mutesNotificationsOf = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`exists (select from mutes m where m.account_id = ${viewer} and m.target_id = ${account} and m.hides_notifications and ${isLasting})`

const isLasting = sql`(m.expires_at is null or m.expires_at > now())`

/** Whether the viewer wants nothing of an account's whole server. */
export const blocksDomainOf = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`exists (select from account_domain_blocks d where d.account_id = ${viewer} and d.domain = (select a.domain from accounts a where a.id = ${account}))`

/** Whether one of the two blocks the other. */
export const blockedEitherWay = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`(exists (select from blocks b where b.account_id = ${viewer} and b.target_id = ${account}) or exists (select from blocks b where b.account_id = ${account} and b.target_id = ${viewer}))`
