import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { AccountId, CardId, Id, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { statuses } from './statuses.ts'

/** Previews of pages that statuses link, one a page. All texts are plain. */
export const cards = pgTable(
  'cards',
  {
    id: id<CardId>('id').primaryKey(),
    /** The page, without a fragment. */
    url: text('url').notNull().unique(),
    type: text('type', { enum: ['link', 'photo', 'video', 'rich'] })
      .notNull()
      .default('link'),
    title: text('title').notNull().default(''),
    description: text('description').notNull().default(''),
    language: text('language'),
    authorName: text('author_name').notNull().default(''),
    authorUrl: text('author_url').notNull().default(''),
    /** The account that the page names as its author, if the account lists the page's site. */
    authorAccountId: id<AccountId>('author_account_id').references(() => accounts.id, { onDelete: 'set null' }),
    providerName: text('provider_name').notNull().default(''),
    providerUrl: text('provider_url').notNull().default(''),
    /** Size of the image, in pixels. */
    width: integer('width').notNull().default(0),
    height: integer('height').notNull().default(0),
    /** Name of a file in this server's store. */
    imageFile: text('image_file'),
    imageDescription: text('image_description').notNull().default(''),
    blurhash: text('blurhash'),
    publishedAt: moment('published_at'),
    /** When the page was last fetched; null: not yet. */
    fetchedAt: moment('fetched_at'),
    /** Whether the page has anything to show. */
    isUsable: boolean('is_usable').notNull().default(false),
    /** A moderator's decision about the page as a trend; null: none yet. */
    isTrendable: boolean('is_trendable'),
    createdAt: createdAt(),
  },
  (t) => [
    index('cards_author')
      .on(t.authorAccountId)
      .where(sql`author_account_id is not null`),
    index('cards_fetched_at').on(t.fetchedAt),
    check('cards_size', sql`width >= 0 and height >= 0`),
  ],
)

/** Hosts of linked pages that trend, with moderators' decisions about all their pages as trends. */
export const linkPublishers = pgTable('link_publishers', {
  id: id<Id<'link-publisher'>>('id').primaryKey(),
  domain: text('domain').notNull().unique(),
  /** Null: no decision yet. That about a single page comes first. */
  isTrendable: boolean('is_trendable'),
  reviewedAt: moment('reviewed_at'),
  /** When moderators were first asked. */
  requestedReviewAt: moment('requested_review_at'),
  createdAt: createdAt(),
})

export const statusCards = pgTable(
  'status_cards',
  {
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    cardId: id<CardId>('card_id')
      .notNull()
      .references(() => cards.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.statusId] }), index('status_cards_of_card').on(t.cardId, t.statusId)],
)
