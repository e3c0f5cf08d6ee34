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

/** Activities for other servers: the final bytes, stored once, however many inboxes get them. They include forwarded activities of other servers. */
export const activities = pgTable(
  'activities',
  {
    id: id<ActivityId>('id').primaryKey(),
    /** ActivityPub id. One event makes one activity, however often its job runs. */
    uri: text('uri').notNull().unique(),
    /** The signer: a local account, or null for the instance itself. */
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    /** The local status or boost that its recipients then have; null for other activities. */
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

/** One activity to one inbox, as long as it waits. Outcomes are stored in `delivery_outcomes` and `delivery_days`. */
export const deliveries = pgTable(
  'deliveries',
  {
    activityId: id<ActivityId>('activity_id')
      .notNull()
      .references(() => activities.id, { onDelete: 'cascade' }),
    inboxUrl: text('inbox_url').notNull(),
    host: text('host').notNull(),
    /** For posts that only followers may see: a digest (FEP-8fcf, in hex) of the author's followers on the host. */
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
    // Deliveries that may hold back others.
    index('deliveries_holding')
      .on(t.host, t.inboxUrl, t.activityId)
      .where(sql`attempts > 0 and attempts < 3`),
  ],
)

/** Inboxes that local statuses went to, with a number that takes little room. */
export const inboxes = pgTable('inboxes', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  url: text('url').notNull().unique(),
  /** The host, as in `deliveries`. */
  host: text('host').notNull(),
})

/**
 * The inboxes that a local status was delivered to, and those where delivery was given up, as long as the status exists. A row has all
 * inboxes that were finished in one transaction: a status goes to hundreds of servers, and a row for each would take more room than the
 * statuses themselves. Rows are only added; for an inbox in several rows, the delivered one counts.
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
    /** Why delivery was given up; null: the status was delivered. */
    error: text('error'),
    inboxIds: integer('inbox_ids').array().notNull(),
  },
  (t) => [index('delivery_outcomes_status').on(t.statusId)],
)

/**
 * Finished deliveries of all kinds by day (UTC), until the day's statistics are written. Each connection counts in a row of its own,
 * so none waits for another.
 */
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

/** The state of other servers as receivers of deliveries. */
export const hosts = pgTable(
  'hosts',
  {
    host: text('host').primaryKey(),
    /** Failures in a row. */
    failures: integer('failures').notNull().default(0),
    /** Whether it failed or took long during its last lease: such hosts wait in the slow lane. */
    isSlow: boolean('is_slow').notNull().default(false),
    signature: text('signature', { enum: ['cavage', 'cavage-path', 'rfc9421'] })
      .notNull()
      .default('cavage'),
    /** When the next delivery is due: later than now when the host was down or asked us to wait. Null when no delivery waits. */
    nextTryAt: moment('next_try_at'),
    /** Until this moment one worker holds the lease, and only it sends to the host. */
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

/** Activities that took effect: a repeated one does nothing. Written in the transaction of the effect; see `incoming/received.ts`. */
export const receivedActivities = pgTable('received_activities', {
  /** 16 bytes of a digest of the activity's id, or of the subject whose state it describes. */
  key: uuid('key').primaryKey(),
  /** No index: a job looks for old rows in a part of the table each hour. */
  receivedAt: moment('received_at')
    .notNull()
    .default(sql`now()`),
  /** A digest of that state, or a mark that the activity was undone; null for activities that count once. */
  said: uuid('said'),
})

/** Objects that were deleted before we knew them: a late Create is dropped. */
export const tombstones = pgTable('tombstones', { uri: text('uri').primaryKey(), createdAt: createdAt() }, (t) => [
  index('tombstones_age').on(t.createdAt),
])

/** Inboxes that get the Delete of a local account or status. Stored in the same transaction: when the job runs, the rows that led to them are gone. */
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
 * The ActivityPub documents of local accounts and statuses, built once and sent as they are. A row without a body says
 * that the earlier document is outdated. May be emptied at any time.
 */
export const documents = pgTable(
  'documents',
  {
    /** ActivityPub id. */
    uri: text('uri').primaryKey(),
    /** A new number after each change of the subject: a document that was built from an older state is not stored. */
    version: bigserial('version', { mode: 'bigint' }).notNull(),
    /** Of everything else that the document was built from: settings, code and emojis. */
    fingerprint: text('fingerprint'),
    /** The object as JSON without its context, as in an activity; null where there is none, as for boosts. */
    body: text('body'),
    /** The activity as JSON, without context and object; null where there is none, as for accounts. */
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

/** Relays: servers that exchange public posts with us. */
export const relays = pgTable(
  'relays',
  {
    id: id<RelayId>('id').primaryKey(),
    inboxUrl: text('inbox_url').notNull().unique(),
    /** Its actor, if known: LitePub needs it from the start, other relays name it in their answer. */
    actorUri: text('actor_uri'),
    protocol: text('protocol', { enum: ['mastodon', 'litepub'] }).notNull(),
    state: text('state', { enum: ['idle', 'pending', 'accepted', 'rejected'] })
      .notNull()
      .default('idle'),
    /** Id of our Follow, while there is one. */
    followUri: text('follow_uri').unique(),
    /** Why the delivery of that Follow was given up. */
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
