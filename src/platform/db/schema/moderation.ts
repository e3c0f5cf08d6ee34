import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { AccountId, Id, RelationId, ReportId, SeveranceId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
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
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
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
    createdAt: createdAt(),
    resolvedAt: moment('resolved_at'),
    resolvedById: id<AccountId>('resolved_by_id').references(() => accounts.id, { onDelete: 'set null' }),
    assignedToId: id<AccountId>('assigned_to_id').references(() => accounts.id, { onDelete: 'set null' }),
  },
  (t) => [
    index('reports_account').on(t.accountId, t.id),
    index('reports_target').on(t.targetId, t.id),
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

export const severities = ['noop', 'silence', 'suspend'] as const
export type Severity = (typeof severities)[number]

/** Rules about other servers. A rule holds for a host and its subdomains; a rule with a port holds for that one only. */
export const domainRules = pgTable(
  'domain_rules',
  {
    /** As `normalizeDomain` makes it. */
    domain: text('domain').primaryKey(),
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
  () => [check('domain_rules_form', sql`domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''`)],
)

/** The only servers that this one federates with while federation is limited; exactly these hosts, without their subdomains. */
export const domainAllows = pgTable(
  'domain_allows',
  { domain: text('domain').primaryKey(), createdAt: createdAt() },
  () => [check('domain_allows_form', sql`domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''`)],
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
