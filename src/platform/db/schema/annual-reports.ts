import { integer, jsonb, pgTable, primaryKey } from 'drizzle-orm/pg-core'
import type { AccountId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { users } from './accounts.ts'

/** What somebody is, by what they did most in a year; Mastodon's words. */
export type Archetype = 'lurker' | 'booster' | 'pollster' | 'replier' | 'oracle'

/** A year of an account in numbers. */
export type Year = {
  archetype: Archetype
  /** January first, up to the month in which it was counted. */
  months: { month: number; statuses: number; followers: number }[]
  /** The hashtag that was used most in what everybody may read. */
  topTag: { name: string; count: number } | null
  /** The post, of those that everybody may read, that was boosted most. */
  mostBoostedId: StatusId | null
}

/** What a local account's year was like, as it was counted when the account asked for it; gone with its login. */
export const annualReports = pgTable(
  'annual_reports',
  {
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => users.accountId, { onDelete: 'cascade' }),
    year: integer('year').notNull(),
    data: jsonb('data').$type<Year>().notNull(),
    createdAt: createdAt(),
    readAt: moment('read_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.year] })],
)
