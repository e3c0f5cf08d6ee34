import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core'
import type {
  AccountId,
  CollectionId,
  ConversationId,
  NotificationId,
  RelationId,
  ReportId,
  SeveranceId,
  StatusId,
  StrikeId,
  TokenId,
} from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { collections } from './lists.ts'
import { reports, severances, strikes } from './moderation.ts'
import { accessTokens } from './oauth.ts'
import { statuses } from './statuses.ts'

export const notificationTypes = [
  'mention',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'poll',
  'update',
  'quote',
  'quoted_update',
  'pending.reply',
  'pending.quote',
  'pending.reblog',
  'pending.favourite',
  'added_to_collection',
  'collection_update',
  'admin.sign_up',
  'admin.report',
  'severed_relationships',
  'moderation_warning',
] as const
export type NotificationType = (typeof notificationTypes)[number]

export const notificationIds = pgSequence('notification_ids')

export const notifications = pgTable(
  'notifications',
  {
    /** A plain sequence: apps decode these ids as numbers, so they stay below 2^53. */
    id: id<NotificationId>('id')
      .primaryKey()
      .default(sql`nextval('notification_ids')`),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    type: text('type', { enum: notificationTypes }).notNull(),
    fromAccountId: id<AccountId>('from_account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id').references(() => statuses.id, { onDelete: 'cascade' }),
    collectionId: id<CollectionId>('collection_id').references(() => collections.id, { onDelete: 'cascade' }),
    reportId: id<ReportId>('report_id').references(() => reports.id, { onDelete: 'cascade' }),
    severanceId: id<SeveranceId>('severance_id').references(() => severances.id, { onDelete: 'cascade' }),
    strikeId: id<StrikeId>('strike_id').references(() => strikes.id, { onDelete: 'cascade' }),
    /** Key shared by notifications that are shown as one; null: shown alone. */
    groupKey: text('group_key'),
    /** Whether the person's policy keeps it among the requests. */
    isFiltered: boolean('is_filtered').notNull().default(false),
    createdAt: createdAt(),
    /** When the person was notified by mail; set once, whatever happens to the job. */
    mailedAt: moment('mailed_at'),
  },
  (t) => [
    unique('notifications_distinct')
      .on(t.accountId, t.type, t.fromAccountId, t.statusId, t.collectionId, t.reportId, t.severanceId, t.strikeId)
      .nullsNotDistinct(),
    index('notifications_of_account').on(t.accountId, t.id),
    index('notifications_group')
      .on(t.accountId, t.groupKey, t.id)
      .where(sql`group_key is not null`),
    index('notifications_filtered')
      .on(t.accountId, t.fromAccountId, t.id)
      .where(sql`is_filtered`),
    index('notifications_collection')
      .on(t.collectionId)
      .where(sql`collection_id is not null`),
    index('notifications_report')
      .on(t.reportId)
      .where(sql`report_id is not null`),
    index('notifications_severance')
      .on(t.severanceId)
      .where(sql`severance_id is not null`),
    index('notifications_strike')
      .on(t.strikeId)
      .where(sql`strike_id is not null`),
    index('notifications_from').on(t.fromAccountId),
    index('notifications_status')
      .on(t.statusId)
      .where(sql`status_id is not null`),
    check(
      'notifications_of_status',
      sql`(type in ('follow', 'follow_request', 'admin.sign_up', 'admin.report', 'added_to_collection', 'collection_update', 'severed_relationships', 'moderation_warning')) = (status_id is null)`,
    ),
    // A notification comes from its own account only when a poll of its own ended, or when nobody in particular caused it.
    check(
      'notifications_from_others',
      sql`account_id <> from_account_id or type in ('poll', 'severed_relationships', 'moderation_warning')`,
    ),
    check('notifications_id_is_a_number', sql`id < 9007199254740992`),
  ],
)

/** Read positions of people in timelines. */
export const markers = pgTable(
  'markers',
  {
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    timeline: text('timeline', { enum: ['home', 'notifications'] }).notNull(),
    lastReadId: bigint('last_read_id', { mode: 'bigint' }).notNull(),
    version: integer('version').notNull().default(0),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.timeline] })],
)

const answers = ['accept', 'filter', 'drop'] as const
const answer = (name: string) => text(name, { enum: answers }).notNull().default('accept')

/** A person's policy for notifications from strangers. No row: the defaults. */
export const notificationPolicies = pgTable('notification_policies', {
  accountId: id<AccountId>('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  forNotFollowing: answer('for_not_following'),
  forNotFollowers: answer('for_not_followers'),
  forNewAccounts: answer('for_new_accounts'),
  forPrivateMentions: answer('for_private_mentions'),
  forLimitedAccounts: text('for_limited_accounts', { enum: answers }).notNull().default('filter'),
  forBots: answer('for_bots'),
})

/** Accounts whose filtered notifications wait for the person's decision. Their number and the latest one are read on request. */
export const notificationRequests = pgTable(
  'notification_requests',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    fromAccountId: id<AccountId>('from_account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    unique('notification_requests_once').on(t.accountId, t.fromAccountId),
    index('notification_requests_of_account').on(t.accountId, t.id),
    index('notification_requests_from').on(t.fromAccountId),
  ],
)

/** Accounts whose notifications a person accepted, whatever the policy says. */
export const notificationPermissions = pgTable(
  'notification_permissions',
  {
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    fromAccountId: id<AccountId>('from_account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.fromAccountId] }),
    index('notification_permissions_from').on(t.fromAccountId),
  ],
)

/** A thread of direct messages, with a row for each local participant. Its last status names the other participants. */
export const conversations = pgTable(
  'conversations',
  {
    id: id<ConversationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    threadId: id<StatusId>('thread_id').notNull(),
    lastStatusId: id<StatusId>('last_status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    isUnread: boolean('is_unread').notNull().default(false),
  },
  (t) => [
    unique('conversations_once').on(t.accountId, t.threadId),
    index('conversations_of_account').on(t.accountId, t.lastStatusId),
    index('conversations_last_status').on(t.lastStatusId),
    index('conversations_thread').on(t.threadId),
  ],
)

export const pushSubscriptionIds = pgSequence('push_subscription_ids')

/** Web Push subscriptions of apps, by their token (RFC 8030). */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    /** A plain sequence: apps decode it as a number. */
    id: id<RelationId>('id')
      .primaryKey()
      .default(sql`nextval('push_subscription_ids')`),
    tokenId: id<TokenId>('token_id')
      .notNull()
      .unique()
      .references(() => accessTokens.id, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    endpoint: text('endpoint').notNull(),
    /** Keys of the app (RFC 8291), url-safe base64. */
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    /** RFC 8291 `aes128gcm`, or the draft's `aesgcm` that older apps know. */
    isStandard: boolean('is_standard').notNull().default(false),
    alerts: jsonb('alerts').$type<Partial<Record<NotificationType, boolean>>>().notNull(),
    policy: text('policy', { enum: ['all', 'followed', 'follower', 'none'] })
      .notNull()
      .default('all'),
    /** The token itself, sealed with the instance's secret: apps find their account by it in each push. */
    sealedToken: text('sealed_token').notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('push_subscriptions_account').on(t.accountId)],
)
