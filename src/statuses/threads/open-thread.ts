/** Fetches missing replies of remote threads, when a person opens one. */
import { and, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import { emit } from '../../outbox/emit.ts'
import type { Jobs } from '../../outbox/jobs.ts'
import type { App } from '../../platform/app.ts'
import {
  type AsyncRefresh,
  countRefresh,
  finishRefresh,
  readRefresh,
  refreshId,
  startRefresh,
} from '../../platform/async-refreshes.ts'
import { whereThereIsRoom } from '../../platform/db/disk-full.ts'
import type { Db, Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { StatusId } from '../../platform/ids.ts'
import { isPublicOrUnlisted } from '../access/visibility.ts'

/**
 * SQL condition: the replies to a status may be fetched now. It is remote and public or unlisted, and the last fetch is not too
 * recent. Threads grow when they are young: the pause is a tenth of their age.
 */
const isDue: SQL = sql`not ${statuses.isLocal} and ${isPublicOrUnlisted(statuses)} and ${isNull(statuses.reblogOfId)} and ${isNull(statuses.deletedAt)}
  and (${statuses.repliesFetchedAt} is null or ${statuses.repliesFetchedAt} < now() - greatest(interval '3 minutes', least((now() - ${statuses.createdAt}) / 10, interval '3 days')))`

const refreshOf = (app: Pick<App, 'secrets'>, statusId: StatusId): string => refreshId(app, `thread ${statusId}`)

/**
 * Called when a logged-in person opens the thread of a visible status. Queues a fetch of its replies, if that is due.
 *
 * @returns the running fetch; null for none
 */
export async function openThread(app: Pick<App, 'db' | 'secrets'>, statusId: StatusId): Promise<AsyncRefresh | null> {
  const [status] = await app.db
    .select({
      uri: statuses.uri,
      isDue: sql<boolean>`${isDue}`,
      wasFetched: sql<boolean>`${statuses.repliesFetchedAt} is not null`,
    })
    .from(statuses)
    .where(eq(statuses.id, statusId))
  const id = refreshOf(app, statusId)
  if (!status?.isDue) return status?.wasFetched ? running(app.db, id) : null
  return whereThereIsRoom(() =>
    app.db.transaction(async (tx) => {
      const claimed = await tx
        .update(statuses)
        .set({ repliesFetchedAt: sql`now()` })
        .where(and(eq(statuses.id, statusId), isDue))
        .returning({ id: statuses.id })
      // Another request was faster.
      if (claimed.length === 0) return running(tx, id)
      await emit(tx, { type: 'thread.opened', statusId, uri: status.uri })
      return startRefresh(tx, id)
    }),
  )
}

async function running(db: Reader, id: string): Promise<AsyncRefresh | null> {
  const refresh = await readRefresh(db, id)
  return refresh?.status === 'running' ? refresh : null
}

/** Queues the remaining steps of a fetch, or marks it as finished. */
export async function continueThread(app: Pick<App, 'db' | 'secrets'>, left: Jobs['thread']): Promise<void> {
  const id = refreshOf(app, left.statusId)
  await app.db.transaction(async (tx) => {
    if (left.steps.length === 0 || left.fetchesLeft <= 0) return void (await finishRefresh(tx, id, left.found))
    await addJobs(tx, [{ name: 'thread', payload: left }])
    await countRefresh(tx, id, left.found)
  })
}

/**
 * `stored`: the URIs of posts that are stored here. `due`: those of them whose own replies may be fetched now, with their
 * collections.
 */
export type StoredReplies = { stored: Set<string>; due: { uri: string; repliesUrl: string }[] }

/** Looks up posts by their URIs. Posts that are due are marked as fetched. */
export async function storedReplies(db: Db, uris: string[]): Promise<StoredReplies> {
  if (uris.length === 0) return { stored: new Set(), due: [] }
  const rows = await db
    .select({
      id: statuses.id,
      uri: statuses.uri,
      isDue: sql<boolean>`${isDue} and ${statuses.repliesUrl} is not null`,
    })
    .from(statuses)
    .where(inArray(statuses.uri, uris))
  const ids = rows.flatMap((status) => (status.isDue ? status.id : []))
  const due = ids.length === 0 ? [] : await claim(db, ids)
  return {
    stored: new Set(rows.map(({ uri }) => uri)),
    due: due.flatMap(({ uri, repliesUrl }) => (repliesUrl === null ? [] : { uri, repliesUrl })),
  }
}

/** Marks statuses as fetched. Jobs of two threads may reach the same status: the second one skips it. */
async function claim(db: Db, ids: StatusId[]): Promise<{ uri: string; repliesUrl: string | null }[]> {
  const free = db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(inArray(statuses.id, ids), isDue))
    .for('update', { skipLocked: true })
  return db
    .update(statuses)
    .set({ repliesFetchedAt: sql`now()` })
    .where(inArray(statuses.id, free))
    .returning({ uri: statuses.uri, repliesUrl: statuses.repliesUrl })
}

/** Whether the parent of a reply is stored here. */
export async function isParentStored(db: Reader, uri: string): Promise<boolean> {
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(or(eq(statuses.uri, uri), eq(statuses.url, uri)), isNull(statuses.deletedAt)))
    .limit(1)
  return rows.length > 0
}

/** Marks the replies to a status as fetched now. */
export async function markAsked(db: Db, statusId: StatusId): Promise<void> {
  await db
    .update(statuses)
    .set({ repliesFetchedAt: sql`now()` })
    .where(eq(statuses.id, statusId))
}
