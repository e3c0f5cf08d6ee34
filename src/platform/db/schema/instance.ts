import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { AccountId, AnnouncementId, EmojiId } from '../../ids.ts'
import { bytea, createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'

/** Settings that admins change while the instance runs, one row each; `src/rules/settings.ts` has their types. */
export const settings = pgTable('settings', { name: text('name').primaryKey(), value: jsonb('value').notNull() })

/** Random keys, made on first start and shared by all processes. */
export const secrets = pgTable('secrets', {
  name: text('name').primaryKey(),
  value: bytea('value').notNull(),
  createdAt: createdAt(),
})

/** Statistics of a day (UTC). */
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

/** Pictures that stand for `:shortcode:` in texts, ours (`domain` is null) and of other servers. */
export const customEmojis = pgTable(
  'custom_emojis',
  {
    id: id<EmojiId>('id').primaryKey(),
    shortcode: text('shortcode').notNull(),
    domain: text('domain'),
    /** Names of stored files: the picture as it is, and the first frame of an animation. */
    file: text('file'),
    staticFile: text('static_file'),
    /** URL of the picture on the emoji's server. */
    remoteUrl: text('remote_url'),
    category: text('category'),
    /** Whether pickers offer it. */
    isListed: boolean('is_listed').notNull().default(true),
    disabledAt: moment('disabled_at'),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    uniqueIndex('custom_emojis_once').on(t.shortcode, sql`coalesce(${t.domain}, '')`),
    // The local ones have none, so it also finds them among those of all servers.
    index('custom_emojis_domain').on(t.domain),
    check('custom_emojis_shortcode', sql`shortcode ~ '^[A-Za-z0-9_.+-]{1,64}$'`),
    check('custom_emojis_is_somewhere', sql`file is not null or remote_url is not null`),
  ],
)

/** Announcements that admins show to all local people. */
export const announcements = pgTable(
  'announcements',
  {
    id: id<AnnouncementId>('id').primaryKey(),
    /** As an admin typed it, plain. */
    text: text('text').notNull(),
    startsAt: moment('starts_at'),
    endsAt: moment('ends_at'),
    isAllDay: boolean('is_all_day').notNull().default(false),
    /** Null: not yet. */
    publishedAt: moment('published_at'),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    index('announcements_published')
      .on(t.publishedAt)
      .where(sql`published_at is not null`),
  ],
)

const announcementId = () =>
  id<AnnouncementId>('announcement_id')
    .notNull()
    .references(() => announcements.id, { onDelete: 'cascade' })
const accountId = () =>
  id<AccountId>('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })

export const announcementDismissals = pgTable(
  'announcement_dismissals',
  { announcementId: announcementId(), accountId: accountId(), createdAt: createdAt() },
  (t) => [
    primaryKey({ columns: [t.announcementId, t.accountId] }),
    index('announcement_dismissals_account').on(t.accountId),
  ],
)

/** `name` is an emoji, or the shortcode of a local one. */
export const announcementReactions = pgTable(
  'announcement_reactions',
  { announcementId: announcementId(), accountId: accountId(), name: text('name').notNull(), createdAt: createdAt() },
  (t) => [
    primaryKey({ columns: [t.announcementId, t.accountId, t.name] }),
    index('announcement_reactions_account').on(t.accountId),
  ],
)
