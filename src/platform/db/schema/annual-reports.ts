import { integer, jsonb, pgTable, primaryKey } from 'drizzle-orm/pg-core'
import type { AccountId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { users } from './accounts.ts'

/** A kind of person, by their main activity in a year; Mastodon's words. */
export type Archetype = 'lurker' | 'booster' | 'pollster' | 'replier' | 'oracle'

/** A year of an account in numbers. */
export type Year = {
  archetype: Archetype
  /** January first, up to the month in which it was counted. */
  months: { month: number; statuses: number; followers: number }[]
  /** The hashtag used most in public and unlisted posts. */
  topTag: { name: string; count: number } | null
  /** The public or unlisted post that was boosted most. */
  mostBoostedId: StatusId | null
}

/** The annual report of a local account, counted when the account asked for it; deleted with its login. */
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
