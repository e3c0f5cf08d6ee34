import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { AccountId, RelationId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'

const account = (name: string) =>
  id<AccountId>(name)
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })

export const follows = pgTable(
  'follows',
  {
    id: id<RelationId>('id').primaryKey(),
    followerId: account('follower_id'),
    targetId: account('target_id'),
    /** Id of the Follow activity, ours or another server's. */
    uri: text('uri').notNull().unique(),
    showsReblogs: boolean('shows_reblogs').notNull().default(true),
    /** Whether each new status of the followed makes a notification. */
    notifies: boolean('notifies').notNull().default(false),
    /** Languages (BCP 47) of the statuses that the follower wants; null: all. */
    languages: text('languages').array(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('follows_once').on(t.followerId, t.targetId),
    index('follows_of_follower').on(t.followerId, t.id),
    index('follows_of_target').on(t.targetId, t.id),
    index('follows_created_at').on(t.createdAt),
    index('follows_notifying')
      .on(t.targetId)
      .where(sql`notifies`),
    check('follows_not_self', sql`follower_id <> target_id`),
  ],
)

export const followRequests = pgTable(
  'follow_requests',
  {
    id: id<RelationId>('id').primaryKey(),
    followerId: account('follower_id'),
    targetId: account('target_id'),
    uri: text('uri').notNull().unique(),
    showsReblogs: boolean('shows_reblogs').notNull().default(true),
    /** Whether each new status of the followed makes a notification. */
    notifies: boolean('notifies').notNull().default(false),
    /** Languages (BCP 47) of the statuses that the follower wants; null: all. */
    languages: text('languages').array(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('follow_requests_once').on(t.followerId, t.targetId),
    index('follow_requests_of_target').on(t.targetId, t.id),
    check('follow_requests_not_self', sql`follower_id <> target_id`),
  ],
)

export const blocks = pgTable(
  'blocks',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: account('account_id'),
    targetId: account('target_id'),
    uri: text('uri').notNull().unique(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('blocks_once').on(t.accountId, t.targetId),
    index('blocks_of_account').on(t.accountId, t.id),
    index('blocks_of_target').on(t.targetId),
    check('blocks_not_self', sql`account_id <> target_id`),
  ],
)

export const mutes = pgTable(
  'mutes',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: account('account_id'),
    targetId: account('target_id'),
    hidesNotifications: boolean('hides_notifications').notNull().default(true),
    /** Null: for good. Expired mutes have no effect, and are deleted later. */
    expiresAt: moment('expires_at'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('mutes_once').on(t.accountId, t.targetId),
    index('mutes_of_account').on(t.accountId, t.id),
    index('mutes_of_target').on(t.targetId),
    index('mutes_expiry')
      .on(t.expiresAt)
      .where(sql`expires_at is not null`),
    check('mutes_not_self', sql`account_id <> target_id`),
  ],
)

/** Servers that a person blocks. */
export const accountDomainBlocks = pgTable(
  'account_domain_blocks',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: account('account_id'),
    /** Host of handles, as in `accounts.domain`. */
    domain: text('domain').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('account_domain_blocks_once').on(t.accountId, t.domain),
    index('account_domain_blocks_of_account').on(t.accountId, t.id),
  ],
)

/** Private notes of a person about accounts. */
export const accountNotes = pgTable(
  'account_notes',
  {
    accountId: account('account_id'),
    targetId: account('target_id'),
    comment: text('comment').notNull(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.targetId] }), index('account_notes_target').on(t.targetId)],
)

/** Accounts that a profile recommends. */
export const endorsements = pgTable(
  'endorsements',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: account('account_id'),
    targetId: account('target_id'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('endorsements_once').on(t.accountId, t.targetId),
    index('endorsements_of_account').on(t.accountId, t.id),
    index('endorsements_target').on(t.targetId),
    check('endorsements_not_self', sql`account_id <> target_id`),
  ],
)

/** Suggested accounts that a person does not want to see again. */
export const suggestionDismissals = pgTable(
  'suggestion_dismissals',
  { accountId: account('account_id'), targetId: account('target_id'), createdAt: createdAt() },
  (t) => [primaryKey({ columns: [t.accountId, t.targetId] }), index('suggestion_dismissals_target').on(t.targetId)],
)
