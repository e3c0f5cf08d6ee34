import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  check,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import type { AccountId, ActivityId, RelayId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { statuses } from './statuses.ts'

/** What we send to other servers: the final bytes, stored once, however many inboxes get them. What others wrote and we pass on is among them. */
export const activities = pgTable(
  'activities',
  {
    id: id<ActivityId>('id').primaryKey(),
    /** ActivityPub id. One event makes one activity, however often its job runs. */
    uri: text('uri').notNull().unique(),
    /** Who signs: a local account, or null for the instance itself. */
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    /** The status or boost of ours that whoever gets it then has; null for all else. */
    statusId: id<StatusId>('status_id').references(() => statuses.id, { onDelete: 'set null' }),
    type: text('type').notNull(),
    body: text('body').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    index('activities_account').on(t.accountId, t.id),
    index('activities_status')
      .on(t.statusId)
      .where(sql`status_id is not null`),
    index('activities_created_at').on(t.createdAt),
  ],
)

/** One activity to one inbox, as long as it waits. What became of it stays in `delivery_outcomes` and `delivery_days`. */
export const deliveries = pgTable(
  'deliveries',
  {
    activityId: id<ActivityId>('activity_id')
      .notNull()
      .references(() => activities.id, { onDelete: 'cascade' }),
    inboxUrl: text('inbox_url').notNull(),
    host: text('host').notNull(),
    /** Of what only followers may see: which of the author's followers are on the host, as a digest (FEP-8fcf) in hex. */
    followersDigest: text('followers_digest'),
    attempts: integer('attempts').notNull().default(0),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    nextTryAt: moment('next_try_at')
      .notNull()
      .default(sql`now()`),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.activityId, t.inboxUrl] }),
    index('deliveries_host').on(t.host, t.activityId),
    // Those that may hold back others.
    index('deliveries_holding')
      .on(t.host, t.inboxUrl, t.activityId)
      .where(sql`attempts > 0 and attempts < 3`),
  ],
)

/** Inboxes that a status of ours went to, by a number that takes little room. */
export const inboxes = pgTable('inboxes', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  url: text('url').notNull().unique(),
  /** Its server, as in `deliveries`. */
  host: text('host').notNull(),
})

/**
 * Which inboxes got a status of ours, and which it was given up for, as long as the status is there. A row holds all those for which
 * it ended in one transaction: a status goes to hundreds of servers, and a row for each would take more room than the statuses
 * themselves. Rows are only added; of an inbox that is in several, the delivered one counts.
 */
export const deliveryOutcomes = pgTable(
  'delivery_outcomes',
  {
    statusId: id<StatusId>('status_id')
      .notNull()
      .references(() => statuses.id, { onDelete: 'cascade' }),
    finishedAt: moment('finished_at')
      .notNull()
      .default(sql`now()`),
    /** Why it was given up; null: it was delivered. */
    error: text('error'),
    inboxIds: integer('inbox_ids').array().notNull(),
  },
  (t) => [index('delivery_outcomes_status').on(t.statusId)],
)

/** How many deliveries of all kinds ended on a day (UTC), until the day was counted. Each connection counts in a row of its own: none waits for another. */
export const deliveryDays = pgTable(
  'delivery_days',
  {
    day: date('day').notNull(),
    /** Process id of the connection. */
    backend: integer('backend').notNull(),
    delivered: integer('delivered').notNull(),
    failed: integer('failed').notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.backend] })],
)

/** What is known of another server as a receiver. */
export const hosts = pgTable(
  'hosts',
  {
    host: text('host').primaryKey(),
    /** Failures in a row. */
    failures: integer('failures').notNull().default(0),
    /** Whether it failed or took long at its last turn: such hosts wait in a lane of their own. */
    isSlow: boolean('is_slow').notNull().default(false),
    signature: text('signature', { enum: ['cavage', 'cavage-path', 'rfc9421'] })
      .notNull()
      .default('cavage'),
    /** When something is to be sent to it: later than now when it was down or asked us to wait. Null when nothing waits for it. */
    nextTryAt: moment('next_try_at'),
    /** Some worker sends to it, and nobody else may, before this moment. */
    leaseEndsAt: moment('lease_ends_at'),
    /** When an admin stopped deliveries to it; they wait until they are resumed. */
    stoppedAt: moment('stopped_at'),
    lastSuccessAt: moment('last_success_at'),
    lastFailureAt: moment('last_failure_at'),
    lastError: text('last_error'),
  },
  (t) => [
    index('hosts_due')
      .on(t.isSlow, t.nextTryAt)
      .where(sql`next_try_at is not null and stopped_at is null`),
  ],
)

/** Activities that took effect: a repeated one does nothing. Written in the transaction of the effect; `incoming/received.ts` says more. */
export const receivedActivities = pgTable('received_activities', {
  /** 16 bytes of a digest of the activity's id, or of the subject whose state it told. */
  key: uuid('key').primaryKey(),
  /** No index: what is old is found by looking through a part of the table each hour. */
  receivedAt: moment('received_at')
    .notNull()
    .default(sql`now()`),
  /** A digest of that state, or that the activity was taken back; null for one that counts once. */
  said: uuid('said'),
})

/** Objects that were deleted before we knew them: a late Create is dropped. */
export const tombstones = pgTable('tombstones', { uri: text('uri').primaryKey(), createdAt: createdAt() }, (t) => [
  index('tombstones_age').on(t.createdAt),
])

/** Inboxes that are to hear of the end of an account or status of ours, written down with it: what led to them is gone when its job runs. */
export const deleteRecipients = pgTable(
  'delete_recipients',
  {
    /** Id of the account or status. */
    subjectId: id<AccountId | StatusId>('subject_id').notNull(),
    inboxUrl: text('inbox_url').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.subjectId, t.inboxUrl] }), index('delete_recipients_age').on(t.createdAt)],
)

/**
 * What accounts and statuses of ours look like to other servers, written once and sent as it is. A row without a body says
 * that what was there before is no longer true. May be emptied at any time.
 */
export const documents = pgTable(
  'documents',
  {
    /** ActivityPub id. */
    uri: text('uri').primaryKey(),
    /** Another one each time that its subject changes: what was made of an older state is not kept. */
    version: bigserial('version', { mode: 'bigint' }).notNull(),
    /** Of what it was made with, beside its subject: settings, code and the emojis of then. */
    fingerprint: text('fingerprint'),
    /** The object as JSON without its context, as it stands within an activity; null where there is none, as of boosts. */
    body: text('body'),
    /** The activity around it as JSON, without context and object; null where there is none, as of accounts. */
    envelope: text('envelope'),
    etag: text('etag'),
    madeAt: moment('made_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [
    index('documents_age').on(t.madeAt),
    check(
      'documents_whole',
      sql`(fingerprint is null) = (etag is null) and (etag is null) = (body is null and envelope is null)`,
    ),
  ],
)

/** Expiring values for Fedify (cached documents and keys). May be emptied at any time. */
export const kv = pgTable(
  'kv',
  {
    key: customType<{ data: string }>({ dataType: () => 'text collate "C"' })('key').primaryKey(),
    value: jsonb('value').notNull(),
    expiresAt: moment('expires_at'),
  },
  (t) => [
    index('kv_expiry')
      .on(t.expiresAt)
      .where(sql`expires_at is not null`),
  ],
)

/** Servers that pass public posts on: they get ours, and we theirs. */
export const relays = pgTable(
  'relays',
  {
    id: id<RelayId>('id').primaryKey(),
    inboxUrl: text('inbox_url').notNull().unique(),
    /** Its actor, where that is known: LitePub's has to be, of others the answer tells it. */
    actorUri: text('actor_uri'),
    protocol: text('protocol', { enum: ['mastodon', 'litepub'] }).notNull(),
    state: text('state', { enum: ['idle', 'pending', 'accepted', 'rejected'] })
      .notNull()
      .default('idle'),
    /** Id of the Follow that it answers, while there is one. */
    followUri: text('follow_uri').unique(),
    /** Why that Follow was given up. */
    lastError: text('last_error'),
    createdAt: createdAt(),
    answeredAt: moment('answered_at'),
  },
  (t) => [
    index('relays_actor')
      .on(t.actorUri)
      .where(sql`actor_uri is not null`),
    check('relays_follow', sql`(state = 'idle') = (follow_uri is null)`),
    check('relays_litepub_actor', sql`protocol <> 'litepub' or actor_uri is not null`),
  ],
)
