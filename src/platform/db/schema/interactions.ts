import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, unique, check } from 'drizzle-orm/pg-core'
import type { AccountId, EmojiId, RelationId, StatusId, TagId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { customEmojis } from './instance.ts'
import { statuses } from './statuses.ts'

export const favourites = pgTable(
  'favourites',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    /** Id of the Like, where another server sent it. */
    uri: text('uri').unique(),
    /** Whether it waits for the consent of the status' author; until then it is not counted. */
    isPending: boolean('is_pending').notNull().default(false),
    /** ActivityPub id of that consent. */
    approvalUri: text('approval_uri'),
    /** Whether only emoji reactions imply it; it is deleted with the last of them. */
    isImplied: boolean('is_implied').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    unique('favourites_once').on(t.accountId, t.statusId),
    index('favourites_of_account').on(t.accountId, t.id),
    index('favourites_of_status').on(t.statusId, t.id),
    index('favourites_created_at').on(t.createdAt),
    index('favourites_approval')
      .on(t.approvalUri)
      .where(sql`approval_uri is not null`),
  ],
)

/** The kinds of consent: `quote` is FEP-044f's, the others are GoToSocial's. */
export const requestKinds = ['reply', 'quote', 'announce', 'like'] as const
export type RequestKind = (typeof requestKinds)[number]
export const requestStates = ['pending', 'accepted', 'rejected'] as const
export type RequestState = (typeof requestStates)[number]

/**
 * Interactions with statuses of local authors that the authors decide about. The interaction itself is stored, but is neither shown
 * nor counted. A rejected request stays for a while, so that it is not asked again.
 */
export const interactionRequests = pgTable(
  'interaction_requests',
  {
    id: id<RelationId>('id').primaryKey(),
    /** The author whose consent is requested. */
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    fromAccountId: id<AccountId>('from_account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** The status of the author. */
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: requestKinds }).notNull(),
    state: text('state', { enum: requestStates }).notNull().default('pending'),
    /** The favourite; null for any other kind, and after a rejection, which deletes it. */
    favouriteId: id<RelationId>('favourite_id').references(() => favourites.id, { onDelete: 'cascade' }),
    /** The reply, boost or quoting status. */
    interactionId: id<StatusId>('interaction_id').references(() => statuses.id, { onDelete: 'cascade' }),
    /** ActivityPub ids of a remote interaction and its request. A server may send the interaction without a request. */
    interactionUri: text('interaction_uri'),
    requestUri: text('request_uri'),
    createdAt: createdAt(),
    answeredAt: moment('answered_at'),
  },
  (t) => [
    unique('interaction_requests_of_favourite').on(t.favouriteId),
    unique('interaction_requests_of_interaction').on(t.interactionId, t.kind),
    index('interaction_requests_of_account').on(t.accountId, t.state, t.id),
    index('interaction_requests_from').on(t.fromAccountId, t.accountId, t.state),
    index('interaction_requests_of_status').on(t.statusId, t.fromAccountId, t.kind),
    index('interaction_requests_age')
      .on(t.createdAt)
      .where(sql`state <> 'accepted'`),
    check(
      'interaction_requests_subject',
      sql`state = 'rejected' or ((kind = 'like') = (interaction_id is null) and (kind = 'like') = (favourite_id is not null))`,
    ),
    check('interaction_requests_answered', sql`(state = 'pending') = (answered_at is null)`),
  ],
)

/** The emojis with which remote accounts reacted to a status, counted. */
export const statusReactions = pgTable(
  'status_reactions',
  {
    id: id<RelationId>('id').primaryKey(),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    /** An emoji of Unicode, or a shortcode, without colons. */
    name: text('name').notNull(),
    /** The server of the emoji; null: ours, or an emoji of Unicode. */
    domain: text('domain'),
    emojiId: id<EmojiId>('emoji_id').references(() => customEmojis.id, { onDelete: 'set null' }),
    /** The picture, as sent by the first account that used it, of an emoji that is neither ours nor its server's. */
    remoteUrl: text('remote_url'),
    count: integer('count').notNull().default(1),
  },
  (t) => [
    unique('status_reactions_once').on(t.statusId, t.name, t.domain).nullsNotDistinct(),
    index('status_reactions_emoji')
      .on(t.emojiId)
      .where(sql`emoji_id is not null`),
    check('status_reactions_positive', sql`count > 0`),
  ],
)

/** Emoji reactions of accounts to statuses. Each of the accounts has a favourite of the status, too. */
export const reactions = pgTable(
  'reactions',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    reactionId: id<RelationId>('reaction_id')
      .notNull()
      .references(() => statusReactions.id, { onDelete: 'cascade' }),
    /** Id of the activity, where it has one. */
    uri: text('uri').unique(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('reactions_once').on(t.accountId, t.statusId, t.reactionId),
    index('reactions_of_kind').on(t.reactionId, t.id),
    index('reactions_of_status').on(t.statusId),
  ],
)

export const bookmarks = pgTable(
  'bookmarks',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [
    unique('bookmarks_once').on(t.accountId, t.statusId),
    index('bookmarks_of_account').on(t.accountId, t.id),
    index('bookmarks_of_status').on(t.statusId),
  ],
)

/** Hashtags; `name` is the normalised key, `display_name` the spelling that was seen first. */
export const tags = pgTable(
  'tags',
  {
    id: id<TagId>('id').primaryKey(),
    name: text('name').notNull().unique(),
    /** The spelling of its first use in a public or unlisted post; until then its name. */
    displayName: text('display_name').notNull(),
    /** Whether it was ever used in a public or unlisted post. Other tags are not shown to strangers. */
    isOpen: boolean('is_open').notNull().default(false),
    /** A moderator's decision about the tag as a trend; null: none yet. */
    isTrendable: boolean('is_trendable'),
    /** Whether posts may use it as a hashtag, and whether search and suggestions show it: moderators' decisions. */
    isUsable: boolean('is_usable').notNull().default(true),
    isListable: boolean('is_listable').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [
    check('tags_name_lower', sql`name = lower(name) and name <> ''`),
    index('tags_name_prefix').on(sql`${t.name} text_pattern_ops`),
  ],
)

export const statusTags = pgTable(
  'status_tags',
  {
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    tagId: id<TagId>('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.statusId, t.tagId] }), index('status_tags_of_tag').on(t.tagId, t.statusId)],
)

/** `Idempotency-Key`s of the API: a repeated request finds the status that the first one made. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.key] }),
    index('idempotency_keys_age').on(t.createdAt),
    index('idempotency_keys_status').on(t.statusId),
  ],
)

export const polls = pgTable(
  'polls',
  {
    statusId: id<StatusId>('status_id')
      .primaryKey()
      .references(() => statuses.id, { onDelete: 'cascade' }),
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
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => polls.statusId, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    title: text('title').notNull(),
    votesCount: integer('votes_count').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.statusId, t.position] }),
    check('poll_options_not_negative', sql`votes_count >= 0 and position >= 0`),
  ],
)

export const pollVotes = pgTable(
  'poll_votes',
  {
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => polls.statusId, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    /** Id of the Note that brought the vote, where another server sent it. */
    uri: text('uri').unique(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.statusId, t.accountId, t.position] }), index('poll_votes_account').on(t.accountId)],
)
