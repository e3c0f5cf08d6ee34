import { index, boolean, pgTable, text, unique } from 'drizzle-orm/pg-core'
import type { AccountId, FilterId, RelationId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { statuses } from './statuses.ts'

export const filterContexts = ['home', 'notifications', 'public', 'thread', 'account'] as const
export type FilterContext = (typeof filterContexts)[number]

/** Filters of a person: they hide, blur or warn of statuses, by words or one by one. */
export const filters = pgTable(
  'filters',
  {
    id: id<FilterId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    contexts: text('contexts', { enum: filterContexts }).array().notNull(),
    action: text('action', { enum: ['warn', 'hide', 'blur'] })
      .notNull()
      .default('warn'),
    expiresAt: moment('expires_at'),
    createdAt: createdAt(),
  },
  (t) => [index('filters_of_account').on(t.accountId, t.id)],
)

const filterId = () =>
  id<FilterId>('filter_id')
    .notNull()
    .references(() => filters.id, { onDelete: 'cascade' })

export const filterKeywords = pgTable(
  'filter_keywords',
  {
    id: id<RelationId>('id').primaryKey(),
    filterId: filterId(),
    keyword: text('keyword').notNull(),
    isWholeWord: boolean('is_whole_word').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [index('filter_keywords_of_filter').on(t.filterId, t.id)],
)

export const filterStatuses = pgTable(
  'filter_statuses',
  {
    id: id<RelationId>('id').primaryKey(),
    filterId: filterId(),
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [unique('filter_statuses_once').on(t.filterId, t.statusId), index('filter_statuses_status').on(t.statusId)],
)
