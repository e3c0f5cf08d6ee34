/**
 * Conditions in SQL for mutes and blocks between a viewer and an account: written once, for timelines, threads, lists of
 * accounts and notifications. `viewer` and `account` are ids, or expressions of the query that uses them.
 */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import type { AccountId } from '../platform/ids.ts'

export type AccountRef = AccountId | AnyColumn | SQL

/** Whether the viewer mutes an account; expired mutes don't count. */
export const mutesAccount = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`exists (select from mutes muting where muting.account_id = ${viewer} and muting.target_id = ${account} and ${isLasting})`

/** Whether the viewer mutes an account's notifications, too. */
export const mutesNotificationsOf = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`exists (select from mutes muting where muting.account_id = ${viewer} and muting.target_id = ${account} and muting.hides_notifications and ${isLasting})`

const isLasting = sql`(muting.expires_at is null or muting.expires_at > now())`

/** Whether the viewer blocks an account's whole server. */
export const blocksDomainOf = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`exists (select from account_domain_blocks domain_block where domain_block.account_id = ${viewer}
    and domain_block.domain = (select hosted.domain from accounts hosted where hosted.id = ${account}))`

/** Whether viewer or account blocks the other. */
export const blockedEitherWay = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`(exists (select from blocks blocking where blocking.account_id = ${viewer} and blocking.target_id = ${account})
    or exists (select from blocks blocking where blocking.account_id = ${account} and blocking.target_id = ${viewer}))`

/** Whether lists of people hide an account from the viewer: by a block either way, a mute, or a block of its server. */
export const avoids = (viewer: AccountRef, account: AccountRef): SQL =>
  sql`(${blockedEitherWay(viewer, account)} or ${mutesAccount(viewer, account)} or ${blocksDomainOf(viewer, account)})`
