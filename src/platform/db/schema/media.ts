import { sql } from 'drizzle-orm'
import { check, doublePrecision, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { AccountId, DraftId, MediaId, ScheduledStatusId, StatusId } from '../../ids.ts'
import { createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'
import { drafts, scheduledStatuses, statuses } from './statuses.ts'

/** Files of statuses: stored here (`file`) or on another server (`remote_url`). */
export const media = pgTable(
  'media',
  {
    id: id<MediaId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** Null until it is attached to a status. */
    statusId: id<StatusId>('status_id').references(() => statuses.id, { onDelete: 'cascade' }),
    /** Null: an edit removed it, and only older revisions show it. */
    position: integer('position').default(0),
    /** The scheduled status that it belongs to. */
    scheduledStatusId: id<ScheduledStatusId>('scheduled_status_id').references(() => scheduledStatuses.id, {
      onDelete: 'set null',
    }),
    /** The draft that it belongs to. */
    draftId: id<DraftId>('draft_id').references(() => drafts.id, { onDelete: 'set null' }),
    /** Whether it may be attached and shown; a job processes files that take long. */
    state: text('state', { enum: ['ready', 'processing', 'failed'] })
      .notNull()
      .default('ready'),
    kind: text('kind', { enum: ['image', 'gifv', 'video', 'audio', 'unknown'] }).notNull(),
    mediaType: text('media_type').notNull(),
    /** Name of a file in this server's store. */
    file: text('file'),
    /** Name of its small version. */
    previewFile: text('preview_file'),
    remoteUrl: text('remote_url'),
    /** URL of the other server's poster of a film or sound. */
    previewRemoteUrl: text('preview_remote_url'),
    /** Alternative text, plain. */
    description: text('description').notNull().default(''),
    width: integer('width'),
    height: integer('height'),
    previewWidth: integer('preview_width'),
    previewHeight: integer('preview_height'),
    blurhash: text('blurhash'),
    focusX: doublePrecision('focus_x').notNull().default(0),
    focusY: doublePrecision('focus_y').notNull().default(0),
    /** Length of sound and film, in seconds. */
    durationSeconds: doublePrecision('duration_seconds'),
    /** Pictures a second. */
    frameRate: doublePrecision('frame_rate'),
    /** Bits a second. */
    bitrate: integer('bitrate'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('media_order').on(t.statusId, t.position),
    index('media_remote_url')
      .on(t.remoteUrl)
      .where(sql`remote_url is not null`),
    index('media_of_account').on(t.accountId, t.id),
    // Processes of the release before clean up by it. Those of this one would read the files of all drafts with it.
    index('media_unattached')
      .on(t.createdAt)
      .where(sql`status_id is null and scheduled_status_id is null`),
    index('media_free')
      .on(t.createdAt)
      .where(sql`status_id is null and scheduled_status_id is null and draft_id is null`),
    index('media_scheduled')
      .on(t.scheduledStatusId)
      .where(sql`scheduled_status_id is not null`),
    index('media_of_draft')
      .on(t.draftId)
      .where(sql`draft_id is not null`),
    check('media_is_somewhere', sql`file is not null or remote_url is not null or state <> 'ready'`),
    check('media_focus', sql`focus_x between -1 and 1 and focus_y between -1 and 1`),
    check('media_remote_is_attached', sql`remote_url is null or status_id is not null`),
  ],
)

/** Copies of remote files, made at their first view, and files that could not be fetched. */
export const remoteFiles = pgTable(
  'remote_files',
  {
    /** The original URL. */
    url: text('url').notNull(),
    /** The use of the file; `src/platform/storage/remote-names.ts` has its variants. */
    kind: text('kind', { enum: ['image', 'avatar', 'header', 'emoji', 'recording'] }).notNull(),
    /** Names of stored files. Null: it could not be fetched. */
    file: text('file'),
    smallFile: text('small_file'),
    /** Size of both files together. */
    bytes: integer('bytes').notNull().default(0),
    fetchedAt: moment('fetched_at')
      .notNull()
      .default(sql`now()`),
    /** When it was last viewed, give or take a day. */
    usedAt: moment('used_at')
      .notNull()
      .default(sql`now()`),
    /** When it may be fetched again, if it could not be fetched. */
    retryAt: moment('retry_at'),
  },
  (t) => [
    primaryKey({ columns: [t.url, t.kind] }),
    index('remote_files_used_at').on(t.usedAt),
    check('remote_files_had_or_not', sql`(file is null) = (retry_at is not null)`),
  ],
)
