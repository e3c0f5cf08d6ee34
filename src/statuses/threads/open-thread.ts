/** Replies that are missing here, of threads elsewhere that somebody here reads. */
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
 * Whether the replies to a status may be asked for: on a server that has it to give, and not too soon after the last time.
 * Threads grow when they are young: the pause is a tenth of their age.
 */
const isDue: SQL = sql`not ${statuses.isLocal} and ${isPublicOrUnlisted(statuses)} and ${isNull(statuses.reblogOfId)} and ${isNull(statuses.deletedAt)}
  and (${statuses.repliesFetchedAt} is null or ${statuses.repliesFetchedAt} < now() - greatest(interval '3 minutes', least((now() - ${statuses.createdAt}) / 10, interval '3 days')))`

const refreshOf = (app: Pick<App, 'secrets'>, statusId: StatusId): string => refreshId(app, `thread ${statusId}`)

/**
 * Somebody who is logged in opens the thread of a status that they may see: what its server knows of it is fetched, if that is due.
 *
 * @returns the work that goes on; null for none
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
      // Two open it at once.
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

/** Queues what is left to do of a thread, or says that it is done. */
export async function continueThread(app: Pick<App, 'db' | 'secrets'>, left: Jobs['thread']): Promise<void> {
  const id = refreshOf(app, left.statusId)
  await app.db.transaction(async (tx) => {
    if (left.steps.length === 0 || left.fetchesLeft <= 0) return void (await finishRefresh(tx, id, left.found))
    await addJobs(tx, [{ name: 'thread', payload: left }])
    await countRefresh(tx, id, left.found)
  })
}

/** What is here of some posts: their ids and, of those whose own replies may be asked for now, where these are listed. */
export type KnownReplies = { known: Set<string>; due: { uri: string; repliesUrl: string }[] }

/** Looks for posts by their URIs. Those that are due count as asked. */
export async function knownReplies(db: Db, uris: string[]): Promise<KnownReplies> {
  if (uris.length === 0) return { known: new Set(), due: [] }
  const found = await db
    .select({
      id: statuses.id,
      uri: statuses.uri,
      isDue: sql<boolean>`${isDue} and ${statuses.repliesUrl} is not null`,
    })
    .from(statuses)
    .where(inArray(statuses.uri, uris))
  const ids = found.flatMap((status) => (status.isDue ? status.id : []))
  const due = ids.length === 0 ? [] : await claim(db, ids)
  return {
    known: new Set(found.map(({ uri }) => uri)),
    due: due.flatMap(({ uri, repliesUrl }) => (repliesUrl === null ? [] : { uri, repliesUrl })),
  }
}

/** Jobs of two threads may meet at a status: who comes second leaves it to the other. */
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

/** Whether a post that replies to another belongs to a thread that is here. */
export async function isParentKnown(db: Reader, uri: string): Promise<boolean> {
  const found = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(or(eq(statuses.uri, uri), eq(statuses.url, uri)), isNull(statuses.deletedAt)))
    .limit(1)
  return found.length > 0
}

/** The replies to a status count as asked for: its server was read just now. */
export async function markAsked(db: Db, statusId: StatusId): Promise<void> {
  await db
    .update(statuses)
    .set({ repliesFetchedAt: sql`now()` })
    .where(eq(statuses.id, statusId))
}
