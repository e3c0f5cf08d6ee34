import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import type { AccountId, Id, ReportId, StatusId } from '../../ids.ts'
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

/** What people here, and servers elsewhere, report to the moderators. */
export const reports = pgTable(
  'reports',
  {
    id: id<ReportId>('id').primaryKey(),
    accountId: id<AccountId>('account_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    targetId: id<AccountId>('target_id').notNull().references(() => accounts.id, { onDelete: 'cascade' }),
    statusIds: id<StatusId>('status_ids').array().notNull().default([]),
    collectionIds: id<Id<'collection'>>('collection_ids').array().notNull().default([]),
    ruleIds: id<Id<'rule'>>('rule_ids').array().notNull().default([]),
    comment: text('comment').notNull().default(''),
    category: text('category', { enum: ['spam', 'legal', 'violation', 'other'] }).notNull().default('other'),
    /** Whether the reporter wants the other server to hear of it. */
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
    index('reports_open').on(t.id).where(sql`resolved_at is null`),
    index('reports_resolved_by').on(t.resolvedById).where(sql`resolved_by_id is not null`),
    index('reports_assigned_to').on(t.assignedToId).where(sql`assigned_to_id is not null`),
  ],
)
