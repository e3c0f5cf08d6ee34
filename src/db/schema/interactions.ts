import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, unique, check } from 'drizzle-orm/pg-core'
import type { AccountId, RelationId, StatusId, TagId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { statuses } from './statuses.ts'

export const favourites = pgTable(
  'favourites',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id').notNull().references(() => statuses.id, { onDelete: 'cascade' }),
    /** Id of the Like, where another server sent it. */
    uri: text('uri').unique(),
    /** Whether the author of the status was asked for consent and has not answered yet; such a one is not counted. */
    isPending: boolean('is_pending').notNull().default(false),
    /** ActivityPub id of that consent. */
    approvalUri: text('approval_uri'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('favourites_once').on(t.accountId, t.statusId),
    index('favourites_of_account').on(t.accountId, t.id),
    index('favourites_of_status').on(t.statusId, t.id),
    index('favourites_created_at').on(t.createdAt),
  ],
)

export const bookmarks = pgTable(
  'bookmarks',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id').notNull().references(() => statuses.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [unique('bookmarks_once').on(t.accountId, t.statusId), index('bookmarks_of_account').on(t.accountId, t.id), index('bookmarks_of_status').on(t.statusId)],
)

/** Hashtags; `name` is the normalised key, `display_name` the spelling that was seen first. */
export const tags = pgTable(
  'tags',
  {
    id: id<TagId>('id').primaryKey(),
    name: text('name').notNull().unique(),
    displayName: text('display_name').notNull(),
    /** What a moderator decided about it as a trend; null: nothing yet. */
    isTrendable: boolean('is_trendable'),
    createdAt: createdAt(),
  },
  (t) => [check('tags_name_lower', sql`name = lower(name) and name <> ''`), index('tags_name_prefix').on(sql`${t.name} text_pattern_ops`)],
)

export const statusTags = pgTable(
  'status_tags',
  {
    statusId: id<StatusId>('status_id').notNull().references(() => statuses.id, { onDelete: 'cascade' }),
    tagId: id<TagId>('tag_id').notNull().references(() => tags.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.statusId, t.tagId] }), index('status_tags_of_tag').on(t.tagId, t.statusId)],
)

/** `Idempotency-Key`s of the API: a repeated request finds the status that the first one made. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    statusId: id<StatusId>('status_id').notNull().references(() => statuses.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.key] }), index('idempotency_keys_age').on(t.createdAt), index('idempotency_keys_status').on(t.statusId)],
)

export const polls = pgTable(
  'polls',
  {
    statusId: id<StatusId>('status_id').primaryKey().references(() => statuses.id, { onDelete: 'cascade' }),
    /** Null: open for ever. */
    expiresAt: moment('expires_at'),
    kind: text('kind', { enum: ['single', 'multiple'] }).notNull(),
    /** Whether the counts stay hidden until it ends. */
    hidesTotals: boolean('hides_totals').notNull().default(false),
    votersCount: integer('voters_count').notNull().default(0),
  },
  (t) => [check('polls_not_negative', sql`voters_count >= 0`), index('polls_expiry').on(t.expiresAt)],
)

export const pollOptions = pgTable(
  'poll_options',
  {
    statusId: id<StatusId>('status_id').notNull().references(() => polls.statusId, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    title: text('title').notNull(),
    votesCount: integer('votes_count').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.statusId, t.position] }), check('poll_options_not_negative', sql`votes_count >= 0 and position >= 0`)],
)

export const pollVotes = pgTable(
  'poll_votes',
  {
    statusId: id<StatusId>('status_id').notNull().references(() => polls.statusId, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    /** Id of the Note that brought the vote, where another server sent it. */
    uri: text('uri').unique(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.statusId, t.accountId, t.position] }), index('poll_votes_account').on(t.accountId)],
)
