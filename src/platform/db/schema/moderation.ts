import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  cidr,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type {
  AccountId,
  AuditId,
  Id,
  RelationId,
  ReportId,
  SeveranceId,
  StatusId,
  StrikeId,
  WebhookId,
} from '../../ids.ts'
import { countedId, createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'

/** Rules of this instance, in their order. Removed ones stay for the reports that name them. */
export const rules = pgTable('rules', {
  id: id<Id<'rule'>>('id').primaryKey(),
  position: integer('position').notNull().default(0),
  text: text('text').notNull(),
  hint: text('hint').notNull().default(''),
  deletedAt: moment('deleted_at'),
  createdAt: createdAt(),
})

/** Reports of local people and of remote servers to the moderators. */
export const reports = pgTable(
  'reports',
  {
    id: id<ReportId>('id').primaryKey(),
    /** Null: a person without an account, whose name and address stand below. */
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    targetId: id<AccountId>('target_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    statusIds: id<StatusId>('status_ids').array().notNull().default([]),
    collectionIds: id<Id<'collection'>>('collection_ids').array().notNull().default([]),
    ruleIds: id<Id<'rule'>>('rule_ids').array().notNull().default([]),
    comment: text('comment').notNull().default(''),
    category: text('category', { enum: ['spam', 'legal', 'violation', 'other'] })
      .notNull()
      .default('other'),
    /** Whether the reporter wants the report sent to the other server, too. */
    isForwarded: boolean('is_forwarded').notNull().default(false),
    uri: text('uri').unique(),
    /** The posts as they were when they were reported. Null: from before this was recorded. */
    snapshot: jsonb('snapshot').$type<ReportedStatus[]>(),
    reporterName: text('reporter_name'),
    reporterEmail: text('reporter_email'),
    forwardedAt: moment('forwarded_at'),
    /** What the reporter was told. */
    answer: text('answer').notNull().default(''),
    answeredAt: moment('answered_at'),
    updatedAt: moment('updated_at'),
    createdAt: createdAt(),
    resolvedAt: moment('resolved_at'),
    resolvedById: id<AccountId>('resolved_by_id').references(() => accounts.id, { onDelete: 'set null' }),
    assignedToId: id<AccountId>('assigned_to_id').references(() => accounts.id, { onDelete: 'set null' }),
  },
  (t) => [
    index('reports_account').on(t.accountId, t.id),
    index('reports_target').on(t.targetId, t.id),
    index('reports_category').on(t.category, t.id),
    index('reports_open')
      .on(t.id)
      .where(sql`resolved_at is null`),
    index('reports_resolved_by')
      .on(t.resolvedById)
      .where(sql`resolved_by_id is not null`),
    index('reports_assigned_to')
      .on(t.assignedToId)
      .where(sql`assigned_to_id is not null`),
  ],
)

/** A post as it was when it was reported. */
export type ReportedStatus = {
  id: StatusId
  url: string
  text: string
  spoilerText: string
  visibility: string
  createdAt: string
  media: { url: string; description: string }[]
}

/** Notes of staff to each other, about an account or a report. */
export const moderationNotes = pgTable(
  'moderation_notes',
  {
    id: id<Id<'moderation-note'>>('id').primaryKey(),
    authorId: id<AccountId>('author_id').references(() => accounts.id, { onDelete: 'set null' }),
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    reportId: id<ReportId>('report_id').references(() => reports.id, { onDelete: 'cascade' }),
    text: text('text').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('moderation_notes_of_account')
      .on(t.accountId, t.id)
      .where(sql`account_id is not null`),
    index('moderation_notes_of_report')
      .on(t.reportId, t.id)
      .where(sql`report_id is not null`),
    index('moderation_notes_by_author').on(t.authorId),
    check('moderation_notes_subject', sql`(account_id is null) <> (report_id is null)`),
  ],
)

export const strikeActions = [
  'none',
  'mark_statuses_as_sensitive',
  'delete_statuses',
  'sensitive',
  'disable',
  'silence',
  'suspend',
] as const
export type StrikeAction = (typeof strikeActions)[number]

/** Actions of staff against an account, of which its person is told, and which they may appeal. */
export const strikes = pgTable(
  'strikes',
  {
    id: id<StrikeId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    actorId: id<AccountId>('actor_id').references(() => accounts.id, { onDelete: 'set null' }),
    action: text('action', { enum: strikeActions }).notNull(),
    /** To the person. */
    text: text('text').notNull().default(''),
    statusIds: id<StatusId>('status_ids').array().notNull().default([]),
    reportId: id<ReportId>('report_id').references(() => reports.id, { onDelete: 'set null' }),
    /** The state before, by which the action is undone. */
    before: jsonb('before').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
    /** When it lifts itself, or comes up for review. */
    endsAt: moment('ends_at'),
    reviewAt: moment('review_at'),
    /** When it was lifted, and by whom: an account of staff, or nobody if its time was over. */
    liftedAt: moment('lifted_at'),
    liftedById: id<AccountId>('lifted_by_id').references(() => accounts.id, { onDelete: 'set null' }),
  },
  (t) => [
    index('strikes_of_account').on(t.accountId, t.id),
    index('strikes_by_actor').on(t.actorId, t.id),
    index('strikes_of_report')
      .on(t.reportId)
      .where(sql`report_id is not null`),
    index('strikes_lifted_by')
      .on(t.liftedById)
      .where(sql`lifted_by_id is not null`),
    index('strikes_ending')
      .on(t.endsAt)
      .where(sql`ends_at is not null and lifted_at is null`),
    index('strikes_for_review')
      .on(t.reviewAt)
      .where(sql`review_at is not null and lifted_at is null`),
  ],
)

/** A post as it was when a strike deleted or changed it. */
export type StruckStatus = {
  id: StatusId
  text: string
  spoilerText: string
  visibility: string
  createdAt: string
  /** Of its files, an empty text for each without. The files themselves are not kept. */
  descriptions: string[]
}

/** The words of the posts that a strike deleted or changed, for a year: for their author, and for staff who answer the appeal. */
export const strikePosts = pgTable('strike_posts', {
  strikeId: id<StrikeId>('strike_id')
    .primaryKey()
    .references(() => strikes.id, { onDelete: 'cascade' }),
  posts: jsonb('posts').$type<StruckStatus[]>().notNull(),
})

/** Appeals against strikes, one each. */
export const appeals = pgTable(
  'appeals',
  {
    strikeId: id<StrikeId>('strike_id')
      .primaryKey()
      .references(() => strikes.id, { onDelete: 'cascade' }),
    text: text('text').notNull(),
    createdAt: createdAt(),
    approvedAt: moment('approved_at'),
    rejectedAt: moment('rejected_at'),
    /** What staff wrote to the person when they decided. */
    answer: text('answer').notNull().default(''),
    decidedById: id<AccountId>('decided_by_id').references(() => accounts.id, { onDelete: 'set null' }),
  },
  (t) => [
    index('appeals_open')
      .on(t.strikeId)
      .where(sql`approved_at is null and rejected_at is null`),
    index('appeals_decided_by')
      .on(t.decidedById)
      .where(sql`decided_by_id is not null`),
    check('appeals_one_decision', sql`approved_at is null or rejected_at is null`),
  ],
)

/** Actions of staff, kept for good. Names are copied, as accounts and posts may be deleted later. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: id<AuditId>('id').primaryKey(),
    /** Null: the command line, or a job. */
    actorId: id<AccountId>('actor_id').references(() => accounts.id, { onDelete: 'set null' }),
    actorName: text('actor_name').notNull(),
    action: text('action').notNull(),
    /** The kind of the object, its id, and its name at that time. */
    targetKind: text('target_kind').notNull(),
    targetId: text('target_id').notNull(),
    targetName: text('target_name').notNull().default(''),
    details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    index('audit_log_by_actor').on(t.actorId, t.id),
    index('audit_log_of_target').on(t.targetKind, t.targetId, t.id),
    index('audit_log_by_action').on(t.action, t.id),
  ],
)

export const ipSeverities = ['sign_up_requires_approval', 'sign_up_block', 'no_access'] as const

/** Rules about addresses of clients. */
export const ipBlocks = pgTable(
  'ip_blocks',
  {
    id: id<Id<'ip-block'>>('id').primaryKey(),
    /** CIDR. */
    network: cidr('network').notNull().unique(),
    severity: text('severity', { enum: ipSeverities }).notNull(),
    comment: text('comment').notNull().default(''),
    createdAt: createdAt(),
    expiresAt: moment('expires_at'),
  },
  (t) => [
    index('ip_blocks_expiry')
      .on(t.expiresAt)
      .where(sql`expires_at is not null`),
  ],
)

/** Mail domains that nobody signs up with, or only with approval. */
export const emailDomainBlocks = pgTable('email_domain_blocks', {
  id: id<Id<'email-domain-block'>>('id').primaryKey(),
  domain: text('domain').notNull().unique(),
  allowsWithApproval: boolean('allows_with_approval').notNull().default(false),
  createdAt: createdAt(),
})

/** SHA-256 of canonical mail addresses (lower case, without dots and plus parts) that nobody signs up with. */
export const canonicalEmailBlocks = pgTable(
  'canonical_email_blocks',
  {
    id: id<Id<'canonical-email-block'>>('id').primaryKey(),
    hash: text('hash').notNull().unique(),
    /** The suspended account that had it. */
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (t) => [
    index('canonical_email_blocks_of_account')
      .on(t.accountId)
      .where(sql`account_id is not null`),
  ],
)

export const webhookEvents = [
  'account.created',
  'account.approved',
  'account.updated',
  'report.created',
  'report.updated',
  'status.created',
  'status.updated',
] as const

export type WebhookEvent = (typeof webhookEvents)[number]

/** Addresses that are told of events. */
export const webhooks = pgTable('webhooks', {
  id: id<WebhookId>('id').primaryKey(),
  url: text('url').notNull(),
  events: text('events', { enum: webhookEvents }).array().notNull(),
  /** Sealed. */
  secret: text('secret').notNull(),
  isEnabled: boolean('is_enabled').notNull().default(true),
  lastSuccessAt: moment('last_success_at'),
  lastFailureAt: moment('last_failure_at'),
  lastFailure: text('last_failure').notNull().default(''),
  /** When this server turned it off, as it failed for a week. Null: it is on, or staff turned it off. */
  gaveUpAt: moment('gave_up_at'),
  createdAt: createdAt(),
})

export const severities = ['noop', 'silence', 'suspend'] as const
export type Severity = (typeof severities)[number]

/** Rules about other servers. A rule holds for a host and its subdomains; a rule with a port holds for that one only. */
export const domainRules = pgTable(
  'domain_rules',
  {
    /** As `normalizeDomain` makes it. */
    domain: text('domain').primaryKey(),
    /** By which apps name the rule. */
    id: countedId<Id<'domain-rule'>>('id'),
    severity: text('severity', { enum: severities }).notNull(),
    rejectsMedia: boolean('rejects_media').notNull().default(false),
    rejectsReports: boolean('rejects_reports').notNull().default(false),
    /** For moderators. */
    privateComment: text('private_comment').notNull().default(''),
    /** Shown to everybody who may see the list. */
    publicComment: text('public_comment').notNull().default(''),
    /** Whether the public list shows only part of the name. */
    isObfuscated: boolean('is_obfuscated').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    uniqueIndex('domain_rules_id').on(t.id),
    check('domain_rules_form', sql`domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''`),
  ],
)

/** The only servers that this one federates with while federation is limited; exactly these hosts, without their subdomains. */
export const domainAllows = pgTable(
  'domain_allows',
  { domain: text('domain').primaryKey(), id: countedId<Id<'domain-allow'>>('id'), createdAt: createdAt() },
  (t) => [
    uniqueIndex('domain_allows_id').on(t.id),
    check('domain_allows_form', sql`domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''`),
  ],
)

/** An action that ended many follows at once. `finished_at`: all of them are ended, and the accounts that lost some are notified. */
export const severanceEvents = pgTable(
  'severance_events',
  {
    id: id<RelationId>('id').primaryKey(),
    type: text('type', { enum: ['domain_block', 'user_domain_block', 'account_suspension'] }).notNull(),
    /** The server, or the handle of the account. */
    targetName: text('target_name').notNull(),
    createdAt: createdAt(),
    finishedAt: moment('finished_at'),
  },
  (t) => [
    index('severance_events_unfinished')
      .on(t.targetName, t.type)
      .where(sql`finished_at is null`),
  ],
)

/** The losses of a local account by such an action. */
export const severances = pgTable(
  'severances',
  {
    id: id<SeveranceId>('id').primaryKey(),
    eventId: id<RelationId>('event_id')
      .notNull()
      .references(() => severanceEvents.id, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    followersCount: integer('followers_count').notNull().default(0),
    followingCount: integer('following_count').notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [unique('severances_once').on(t.eventId, t.accountId), index('severances_account').on(t.accountId)],
)

/** Each follow that a local account lost, either way. */
export const severedFollows = pgTable(
  'severed_follows',
  {
    severanceId: id<SeveranceId>('severance_id')
      .notNull()
      .references(() => severances.id, { onDelete: 'cascade' }),
    otherId: id<AccountId>('other_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Whether the local account followed the other, not the other way round. */
    isFollowing: boolean('is_following').notNull(),
    showsReblogs: boolean('shows_reblogs').notNull(),
    notifies: boolean('notifies').notNull(),
    languages: text('languages').array(),
  },
  (t) => [
    primaryKey({ columns: [t.severanceId, t.otherId, t.isFollowing] }),
    index('severed_follows_other').on(t.otherId),
  ],
)
