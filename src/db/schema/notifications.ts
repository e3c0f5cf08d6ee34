import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgSequence, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { AccountId, NotificationId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { statuses } from './statuses.ts'

export const notificationTypes = ['mention', 'reblog', 'favourite', 'follow', 'follow_request'] as const
export type NotificationType = (typeof notificationTypes)[number]

export const notificationIds = pgSequence('notification_ids')

export const notifications = pgTable(
  'notifications',
  {
    /** A plain sequence: apps decode these ids as numbers, so they stay below 2^53. */
    id: id<NotificationId>('id').primaryKey().default(sql`nextval('notification_ids')`),
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    type: text('type', { enum: notificationTypes }).notNull(),
    fromAccountId: id<AccountId>('from_account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id').references(() => statuses.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    /** When the person was told by mail; set once, whatever happens to the job. */
    mailedAt: moment('mailed_at'),
  },
  (t) => [
    unique('notifications_once').on(t.accountId, t.type, t.fromAccountId, t.statusId).nullsNotDistinct(),
    index('notifications_of_account').on(t.accountId, t.id),
    index('notifications_from').on(t.fromAccountId),
    index('notifications_status').on(t.statusId).where(sql`status_id is not null`),
    check('notifications_status_given', sql`(type in ('follow', 'follow_request')) = (status_id is null)`),
    check('notifications_not_self', sql`account_id <> from_account_id`),
    check('notifications_id_is_a_number', sql`id < 9007199254740992`),
  ],
)

/** How far a person has read a timeline. */
export const markers = pgTable(
  'markers',
  {
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    timeline: text('timeline', { enum: ['home', 'notifications'] }).notNull(),
    lastReadId: bigint('last_read_id', { mode: 'bigint' }).notNull(),
    version: integer('version').notNull().default(0),
    updatedAt: moment('updated_at').notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.timeline] })],
)
