import { date, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { bytea, createdAt, moment } from '../columns.ts'

/** Settings that admins change while the instance runs, one row each; `src/instance/settings.ts` has their types. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  value: jsonb('value').notNull(),
})

/** Random keys, made on first start and shared by all processes. */
export const secrets = pgTable('secrets', {
  name: text('name').primaryKey(),
  value: bytea('value').notNull(),
  createdAt: createdAt(),
})

/** What happened on a day (UTC). */
export const dailyStats = pgTable('daily_stats', {
  day: date('day').primaryKey(),
  newUsers: integer('new_users').notNull(),
  activeUsers: integer('active_users').notNull(),
  statuses: integer('statuses').notNull(),
  replies: integer('replies').notNull(),
  reblogs: integer('reblogs').notNull(),
  favourites: integer('favourites').notNull(),
  follows: integer('follows').notNull(),
  remoteStatuses: integer('remote_statuses').notNull(),
  deliveries: integer('deliveries').notNull(),
  failedDeliveries: integer('failed_deliveries').notNull(),
  countedAt: moment('counted_at').notNull(),
})
