import { sql } from 'drizzle-orm'
import { boolean, check, date, doublePrecision, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { CardId, StatusId, TagId } from '../../ids.ts'
import { id, moment } from '../columns.ts'
import { cards } from './cards.ts'
import { tags } from './interactions.ts'
import { statuses } from './statuses.ts'

/** Public uses of a hashtag on a day (UTC), and the number of people who used it. A job counts them. */
export const tagDays = pgTable(
  'tag_days',
  {
    tagId: id<TagId>('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    day: date('day').notNull(),
    uses: integer('uses').notNull(),
    accounts: integer('accounts').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tagId, t.day] }), index('tag_days_day').on(t.day, t.accounts)],
)

/** The same for links, by their preview. */
export const cardDays = pgTable(
  'card_days',
  {
    cardId: id<CardId>('card_id')
      .notNull()
      .references(() => cards.id, { onDelete: 'cascade' }),
    day: date('day').notNull(),
    uses: integer('uses').notNull(),
    accounts: integer('accounts').notNull(),
  },
  (t) => [primaryKey({ columns: [t.cardId, t.day] }), index('card_days_day').on(t.day, t.accounts)],
)

const trend = {
  score: doublePrecision('score').notNull(),
  language: text('language'),
  /** Whether everybody sees it, or only moderators who review trends. */
  isAllowed: boolean('is_allowed').notNull(),
  computedAt: moment('computed_at')
    .notNull()
    .default(sql`now()`),
}

/** Current trends; a job rewrites these tables. */
export const trendingTags = pgTable(
  'trending_tags',
  {
    tagId: id<TagId>('tag_id')
      .primaryKey()
      .references(() => tags.id, { onDelete: 'cascade' }),
    ...trend,
  },
  (t) => [index('trending_tags_score').on(t.score)],
)
export const trendingCards = pgTable(
  'trending_cards',
  {
    cardId: id<CardId>('card_id')
      .primaryKey()
      .references(() => cards.id, { onDelete: 'cascade' }),
    ...trend,
  },
  (t) => [index('trending_cards_score').on(t.score)],
)
export const trendingStatuses = pgTable(
  'trending_statuses',
  {
    statusId: id<StatusId>('status_id')
      .primaryKey()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    ...trend,
  },
  (t) => [index('trending_statuses_score').on(t.score), check('trending_statuses_score_positive', sql`score >= 0`)],
)
