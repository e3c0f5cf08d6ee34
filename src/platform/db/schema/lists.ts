import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { AccountId, CollectionId, ListId, RelationId, TagId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { tags } from './interactions.ts'

const account = (name: string) =>
  id<AccountId>(name)
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })

/** Private lists of followed accounts, each with a timeline of its own. */
export const lists = pgTable(
  'lists',
  {
    id: id<ListId>('id').primaryKey(),
    accountId: account('account_id'),
    title: text('title').notNull(),
    /** The replies that the list shows: to accounts that its owner follows, to its members, or none. */
    repliesPolicy: text('replies_policy', { enum: ['followed', 'list', 'none'] })
      .notNull()
      .default('list'),
    /** Whether its members' statuses stay out of the home timeline. */
    isExclusive: boolean('is_exclusive').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [index('lists_of_account').on(t.accountId, t.id)],
)

export const listAccounts = pgTable(
  'list_accounts',
  {
    id: id<RelationId>('id').primaryKey(),
    listId: id<ListId>('list_id')
      .notNull()
      .references(() => lists.id, { onDelete: 'cascade' }),
    accountId: account('account_id'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('list_accounts_once').on(t.listId, t.accountId),
    index('list_accounts_of_list').on(t.listId, t.id),
    index('list_accounts_account').on(t.accountId),
  ],
)

/** Hashtags whose statuses come into an account's home timeline. */
export const tagFollows = pgTable(
  'tag_follows',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: account('account_id'),
    tagId: id<TagId>('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [
    unique('tag_follows_once').on(t.accountId, t.tagId),
    index('tag_follows_of_account').on(t.accountId, t.id),
    index('tag_follows_tag').on(t.tagId),
  ],
)

/** Hashtags that a profile shows, with the number of the account's public and unlisted statuses that use them. */
export const featuredTags = pgTable(
  'featured_tags',
  {
    id: id<RelationId>('id').primaryKey(),
    accountId: account('account_id'),
    tagId: id<TagId>('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    /** The spelling that the account chose. */
    name: text('name').notNull(),
    statusesCount: integer('statuses_count').notNull().default(0),
    lastStatusAt: moment('last_status_at'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('featured_tags_once').on(t.accountId, t.tagId),
    index('featured_tags_tag').on(t.tagId),
    check('featured_tags_not_negative', sql`statuses_count >= 0`),
  ],
)

/** Public lists of recommended accounts (FEP-7aa9), of local and remote accounts. */
export const collections = pgTable(
  'collections',
  {
    id: id<CollectionId>('id').primaryKey(),
    accountId: account('account_id'),
    /** ActivityPub id of a remote collection; null for a local one, whose id follows from `id`. */
    uri: text('uri'),
    /** Page of a remote collection. */
    url: text('url'),
    name: text('name').notNull(),
    /** Plain text. */
    description: text('description').notNull().default(''),
    language: text('language'),
    tagId: id<TagId>('tag_id').references(() => tags.id, { onDelete: 'set null' }),
    isSensitive: boolean('is_sensitive').notNull().default(false),
    isDiscoverable: boolean('is_discoverable').notNull().default(true),
    /** Whether its server no longer shows it to us. The row stays for the items of local accounts that left, and is shown nowhere. */
    isForgotten: boolean('is_forgotten').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    uniqueIndex('collections_uri')
      .on(t.uri)
      .where(sql`uri is not null`),
    index('collections_of_account').on(t.accountId, t.id),
    index('collections_tag')
      .on(t.tagId)
      .where(sql`tag_id is not null`),
  ],
)

export const collectionItems = pgTable(
  'collection_items',
  {
    id: id<RelationId>('id').primaryKey(),
    collectionId: id<CollectionId>('collection_id')
      .notNull()
      .references(() => collections.id, { onDelete: 'cascade' }),
    accountId: account('account_id'),
    /** Whether the account agreed to be in it; `rejected` and `revoked` keep it from being added again. */
    state: text('state', { enum: ['pending', 'accepted', 'rejected', 'revoked'] }).notNull(),
    /** Its place in the collection, from 1 on; items of one place are ordered by `id`. Items of older versions have 0. */
    position: integer('position').notNull().default(0),
    /** ActivityPub id of an item of a remote collection; null while the collection's server has not published it. */
    uri: text('uri'),
    /** FeatureAuthorization of a remote account. */
    approvalUri: text('approval_uri'),
    /** FeatureRequest by which another server asked for a local account. */
    requestUri: text('request_uri'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('collection_items_once').on(t.collectionId, t.accountId),
    index('collection_items_of_collection').on(t.collectionId, t.id),
    index('collection_items_approval')
      .on(t.approvalUri)
      .where(sql`approval_uri is not null`),
    index('collection_items_account').on(t.accountId, t.id),
  ],
)

/**
 * Items of remote collections whose accounts' consent is not verified. They are shown nowhere: a job turns them into items once the
 * account's own server confirms its consent.
 */
export const collectionClaims = pgTable(
  'collection_claims',
  {
    id: id<RelationId>('id').primaryKey(),
    collectionId: id<CollectionId>('collection_id')
      .notNull()
      .references(() => collections.id, { onDelete: 'cascade' }),
    /** ActivityPub id of the item. */
    uri: text('uri').notNull(),
    /** Null while the collection only names the item. */
    accountUri: text('account_uri'),
    /** FeatureAuthorization of the account. */
    approvalUri: text('approval_uri'),
    position: integer('position').notNull(),
    /** When the consent may be verified, or verified again. */
    dueAt: moment('due_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [unique('collection_claims_once').on(t.collectionId, t.uri)],
)
