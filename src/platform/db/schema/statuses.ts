import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type {
  AccountId,
  ApplicationId,
  DraftId,
  Id,
  MediaId,
  RelationId,
  ScheduledStatusId,
  StatusId,
} from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { applications } from './oauth.ts'
import { type InteractionPolicy, type QuoteGroup, visibilities } from './policies.ts'

export {
  type DefaultPolicy,
  type InteractionPolicy,
  type InteractionRule,
  type QuoteGroup,
  type Visibility,
  visibilities,
} from './policies.ts'

/**
 * States of a reply or boost that lacks consent. `asked`: a local one that waits for an answer; `refused`: a local one that only its
 * author sees; `unproven`: a remote reply, which is shown apart from the thread.
 */
export const consentStates = ['asked', 'refused', 'unproven'] as const
export type ConsentState = (typeof consentStates)[number]

/**
 * Posts and boosts, local and remote. A boost is a row with `reblog_of_id` and no content of its own.
 * Deleted ones stay as blank tombstones until they are purged, so that a late copy is not taken for a new post.
 */
export const statuses = pgTable(
  'statuses',
  {
    id: id<StatusId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Whether its author is local; by this the local timeline finds its few statuses among many. */
    isLocal: boolean('is_local').notNull(),
    /** ActivityPub id of the object, or of the Announce where this is a boost. */
    uri: text('uri').notNull().unique(),
    /** Page for people. */
    url: text('url').notNull(),
    visibility: text('visibility', { enum: visibilities }).notNull(),
    /** The text as a local author typed it; empty for remote statuses. */
    text: text('text').notNull().default(''),
    textFormat: text('text_format', { enum: ['plain', 'markdown'] })
      .notNull()
      .default('plain'),
    /** Safe HTML. */
    content: text('content').notNull().default(''),
    /** Content warning, plain text; empty for none. */
    spoilerText: text('spoiler_text').notNull().default(''),
    isSensitive: boolean('is_sensitive').notNull().default(false),
    /** Whether it has files, so that pages of media need not read all other statuses. */
    hasMedia: boolean('has_media').notNull().default(false),
    /** BCP 47 tag. */
    language: text('language'),
    inReplyToId: id<StatusId>('in_reply_to_id').references((): AnyPgColumn => statuses.id, { onDelete: 'set null' }),
    inReplyToAccountId: id<AccountId>('in_reply_to_account_id').references(() => accounts.id, { onDelete: 'set null' }),
    /** ActivityPub id of the parent, kept while the parent itself is not here. */
    inReplyToUri: text('in_reply_to_uri'),
    /** URLs of its replies, and of the whole conversation (FEP-7888), on another server. */
    repliesUrl: text('replies_url'),
    contextUri: text('context_uri'),
    /** When its replies were last fetched from there. */
    repliesFetchedAt: moment('replies_fetched_at'),
    /** ActivityPub id of the group that it was written in. */
    audienceUri: text('audience_uri'),
    /** The thread: id of its first status, as far as it is known here. The first status has its own id. */
    threadId: id<StatusId>('thread_id').notNull(),
    /** The groups that may quote it without a request, and the groups that may request it, in Mastodon's words. Empty: no group. */
    quoteAutomatic: text('quote_automatic').array().$type<QuoteGroup[]>().notNull().default([]),
    quoteManual: text('quote_manual').array().$type<QuoteGroup[]>().notNull().default([]),
    /** The rules for favourites, replies and boosts; null: everybody who sees it may interact. */
    interactionPolicy: jsonb('interaction_policy').$type<InteractionPolicy>(),
    /** For a reply or boost: its state while it lacks the other author's consent. Null: it lacks none. */
    consent: text('consent', { enum: consentStates }),
    /** For a reply or boost: ActivityPub id of the other author's consent, for other servers to verify. */
    approvalUri: text('approval_uri'),
    /** Whether it never leaves this server: only people who are logged in here may see it. */
    isLocalOnly: boolean('is_local_only').notNull().default(false),
    /** Until then only people of this server see it, so that its author can still change or take it back. Null: it has left. */
    heldUntil: moment('held_until'),
    /** A moderator's decision about the status as a trend; null: none yet. */
    isTrendable: boolean('is_trendable'),
    reblogOfId: id<StatusId>('reblog_of_id').references((): AnyPgColumn => statuses.id, { onDelete: 'cascade' }),
    applicationId: id<ApplicationId>('application_id').references(() => applications.id, { onDelete: 'set null' }),
    /** When its author published it. */
    createdAt: createdAt(),
    /** When this server stored it. */
    receivedAt: moment('received_at')
      .notNull()
      .default(sql`now()`),
    editedAt: moment('edited_at'),
    deletedAt: moment('deleted_at'),
  },
  (t) => [
    // With tombstones: otherwise the deletion of an account would read the whole table.
    index('statuses_account').on(t.accountId, t.id),
    index('statuses_public')
      .on(t.id)
      .where(sql`visibility = 'public' and reblog_of_id is null and deleted_at is null`),
    index('statuses_public_by_origin')
      .on(t.isLocal, t.id)
      .where(sql`visibility = 'public' and reblog_of_id is null and deleted_at is null`),
    index('statuses_public_media')
      .on(t.id)
      .where(sql`visibility = 'public' and reblog_of_id is null and deleted_at is null and has_media`),
    index('statuses_account_media')
      .on(t.accountId, t.id)
      .where(sql`deleted_at is null and has_media`),
    index('statuses_thread').on(t.threadId, t.id),
    // In the order of the table, so that counting them goes through its visibility map once.
    index('statuses_local_replies')
      .on(t.id, t.accountId)
      .where(
        sql`is_local and in_reply_to_uri is not null and visibility in ('public', 'unlisted') and deleted_at is null and (consent is null or consent = 'unproven')`,
      ),
    index('statuses_replies')
      .on(t.inReplyToId, t.id)
      .where(sql`in_reply_to_id is not null`),
    index('statuses_reply_account')
      .on(t.inReplyToAccountId)
      .where(sql`in_reply_to_account_id is not null`),
    index('statuses_orphans')
      .on(t.inReplyToUri)
      .where(sql`in_reply_to_uri is not null and in_reply_to_id is null`),
    index('statuses_reblogs')
      .on(t.reblogOfId, t.id)
      .where(sql`reblog_of_id is not null`),
    uniqueIndex('statuses_one_reblog')
      .on(t.accountId, t.reblogOfId)
      .where(sql`reblog_of_id is not null and deleted_at is null`),
    // By hash: a quarter of the size, and nobody asks for a range of URLs.
    index('statuses_url').using('hash', t.url),
    index('statuses_received_at').on(t.receivedAt),
    index('statuses_application')
      .on(t.applicationId)
      .where(sql`application_id is not null`),
    index('statuses_approval')
      .on(t.approvalUri)
      .where(sql`approval_uri is not null`),
    index('statuses_tombstones')
      .on(t.deletedAt)
      .where(sql`deleted_at is not null`),
    check(
      'statuses_reblog_is_bare',
      sql`reblog_of_id is null or (content = '' and text = '' and in_reply_to_id is null)`,
    ),
    check('statuses_policy_object', sql`jsonb_typeof(interaction_policy) = 'object'`),
    check('statuses_not_own_parent', sql`in_reply_to_id <> id and reblog_of_id <> id`),
  ],
)

/** Counters of a status, changed in the transaction of the counted write. */
export const statusStats = pgTable(
  'status_stats',
  {
    statusId: id<StatusId>('status_id')
      .primaryKey()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    repliesCount: integer('replies_count').notNull().default(0),
    reblogsCount: integer('reblogs_count').notNull().default(0),
    favouritesCount: integer('favourites_count').notNull().default(0),
    /** Quotes that were accepted. */
    quotesCount: integer('quotes_count').notNull().default(0),
    /** The counts of the author's server, which knows more interactions than ours; null: it doesn't tell them. */
    remoteReblogsCount: integer('remote_reblogs_count'),
    remoteFavouritesCount: integer('remote_favourites_count'),
  },
  () => [
    check(
      'status_stats_not_negative',
      sql`replies_count >= 0 and reblogs_count >= 0 and favourites_count >= 0 and quotes_count >= 0`,
    ),
    check('status_stats_remote_not_negative', sql`remote_reblogs_count >= 0 and remote_favourites_count >= 0`),
  ],
)

/** Accounts that are mentioned in a status, and so may see it. */
export const mentions = pgTable(
  'mentions',
  {
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Order in the text. Negative: an edit took the name out, but not the right to see the status. */
    position: integer('position').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.statusId, t.accountId] }), index('mentions_account').on(t.accountId, t.statusId)],
)

/** Earlier revisions of statuses. The current revision is the status itself. */
export const statusEdits = pgTable(
  'status_edits',
  {
    id: id<Id<'edit'>>('id').primaryKey(),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    text: text('text').notNull().default(''),
    /** Safe HTML. */
    content: text('content').notNull().default(''),
    spoilerText: text('spoiler_text').notNull().default(''),
    isSensitive: boolean('is_sensitive').notNull().default(false),
    language: text('language'),
    /** Files in their order. A file that a later edit removed still has its row, without a position. */
    mediaIds: id<MediaId>('media_ids').array().notNull().default([]),
    mediaDescriptions: text('media_descriptions').array().notNull().default([]),
    pollOptions: text('poll_options').array(),
    /** When this revision was published. */
    createdAt: moment('created_at').notNull(),
  },
  (t) => [index('status_edits_of_status').on(t.statusId, t.id)],
)

/** Statuses that an account pinned to its profile. */
export const pins = pgTable(
  'pins',
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
    uniqueIndex('pins_once').on(t.accountId, t.statusId),
    index('pins_of_account').on(t.accountId, t.id),
    index('pins_of_status').on(t.statusId),
  ],
)

export const quoteStates = ['pending', 'accepted', 'rejected', 'revoked'] as const
export type QuoteState = (typeof quoteStates)[number]

/** Quotes of statuses by others (FEP-044f), with the quoted author's decision. */
export const quotes = pgTable(
  'quotes',
  {
    id: id<RelationId>('id').primaryKey(),
    statusId: id<StatusId>('status_id')
      .notNull()
      .unique()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Null when the quoted status is not here, or not any more. */
    quotedStatusId: id<StatusId>('quoted_status_id').references(() => statuses.id, { onDelete: 'set null' }),
    quotedAccountId: id<AccountId>('quoted_account_id').references(() => accounts.id, { onDelete: 'set null' }),
    /** ActivityPub id of the quoted object. */
    quotedUri: text('quoted_uri').notNull(),
    state: text('state', { enum: quoteStates }).notNull(),
    /** Id of the QuoteRequest, ours or another server's. */
    requestUri: text('request_uri').unique(),
    /** Id of the QuoteAuthorization that proves the consent. */
    approvalUri: text('approval_uri').unique(),
    createdAt: createdAt(),
  },
  (t) => [
    index('quotes_of_status')
      .on(t.quotedStatusId, t.id)
      .where(sql`quoted_status_id is not null`),
    index('quotes_waiting')
      .on(t.quotedUri)
      .where(sql`quoted_status_id is null`),
    index('quotes_account').on(t.accountId),
    index('quotes_quoted_account')
      .on(t.quotedAccountId)
      .where(sql`quoted_account_id is not null`),
  ],
)

/** Statuses to be published later; `params` are those of the API request, checked on arrival and again when the status is due. */
export const scheduledStatuses = pgTable(
  'scheduled_statuses',
  {
    id: id<ScheduledStatusId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    scheduledAt: moment('scheduled_at').notNull(),
    params: jsonb('params').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('scheduled_statuses_of_account').on(t.accountId, t.id),
    index('scheduled_statuses_due').on(t.scheduledAt),
  ],
)

/** Posts that somebody is still writing; `content` is the form as it was typed, and is checked when it is published. */
export const drafts = pgTable(
  'drafts',
  {
    id: id<DraftId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    content: jsonb('content').notNull(),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [index('drafts_of_account').on(t.accountId, t.id)],
)

/** Threads that an account wants no notifications from. */
export const threadMutes = pgTable(
  'thread_mutes',
  {
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    threadId: id<StatusId>('thread_id').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.threadId] }), index('thread_mutes_thread').on(t.threadId)],
)

/** The searchable words of statuses; only statuses that a local person may find have a row. */
export const statusSearch = pgTable(
  'status_search',
  {
    statusId: id<StatusId>('status_id')
      .primaryKey()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    document: customType<{ data: string }>({ dataType: () => 'tsvector' })('document').notNull(),
  },
  (t) => [index('status_search_words').using('gin', t.document)],
)
