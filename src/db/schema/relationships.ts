import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, text, unique } from 'drizzle-orm/pg-core'
import type { AccountId, RelationId } from '../../ids.ts'
import { createdAt, id } from '../columns.ts'
import { accounts } from './accounts.ts'

const account = (name: string) => id<AccountId>(name).notNull().references(() => accounts.id, { onDelete: 'cascade' })

export const follows = pgTable(
  'follows',
  {
    id: id<RelationId>('id').primaryKey(),
    followerId: account('follower_id'),
    targetId: account('target_id'),
    /** Id of the Follow activity, ours or another server's. */
    uri: text('uri').notNull().unique(),
    showsReblogs: boolean('shows_reblogs').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [
    unique('follows_once').on(t.followerId, t.targetId),
    index('follows_of_follower').on(t.followerId, t.id),
    index('follows_of_target').on(t.targetId, t.id),
    index('follows_created_at').on(t.createdAt),
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
    createdAt: createdAt(),
  },
  (t) => [
    unique('mutes_once').on(t.accountId, t.targetId),
    index('mutes_of_account').on(t.accountId, t.id),
    index('mutes_of_target').on(t.targetId),
    check('mutes_not_self', sql`account_id <> target_id`),
  ],
)
