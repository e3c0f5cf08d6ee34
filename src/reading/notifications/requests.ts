/**
 * Notification requests: accounts whose mentions and quotes a person's policy filtered, until the person accepts or
 * dismisses them. The waiting notifications are counted on reading, up to 100, as they also go with their statuses and
 * accounts.
 */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import { requestTypes } from '../../notices/notify.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import { emit } from '../../outbox/emit.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { notificationPermissions, notificationRequests, notifications } from '../../platform/db/schema/notifications.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, RelationId, StatusId } from '../../platform/ids.ts'
import { upsertConversations } from '../../statuses/conversations.ts'
import { loadStatusViews, type StatusView } from '../../statuses/views/views.ts'

export type RequestView = {
  id: RelationId
  createdAt: Date
  updatedAt: Date
  account: AccountView
  /** At most 100. */
  count: number
  /** Null when the status is gone. */
  lastStatus: StatusView | null
}

const maxCounted = 100
/** Notifications that one transaction merges; a job merges the rest. */
const mergedAtOnce = 1_000

const asking = sql`type in (${sql.join(
  requestTypes.map((type) => sql`${type}`),
  sql`, `,
)})`
const waiting = sql`cross join lateral (
  select count(*)::int as count, (array_agg(status_id::text order by id desc))[1] as "lastStatusId" from (
    select n.id, n.status_id from notifications n where n.account_id = notification_requests.account_id and n.from_account_id = notification_requests.from_account_id
      and n.is_filtered and n.${asking} order by n.id desc limit ${maxCounted}) n) waiting`
const isPending = sql`waiting.count > 0 and (select a.suspended_at is null from accounts a where a.id = notification_requests.from_account_id)`

/** A page of requests, newest first. */
export async function loadRequests(db: Reader, viewer: AccountId, page: Page): Promise<RequestView[]> {
  const { where, orderBy, limit } = slice(notificationRequests.id, page)
  const rows = await select(
    db,
    sql`${eq(notificationRequests.accountId, viewer)} and ${where ?? sql`true`} order by ${orderBy} limit ${limit}`,
  )
  return toViews(db, viewer, settle(page, rows))
}

/** @throws Refusal `not_found` */
export async function loadRequest(db: Reader, viewer: AccountId, id: RelationId): Promise<RequestView> {
  const [view] = await toViews(db, viewer, await select(db, sql`${ofViewer(viewer, [id])}`))
  if (!view) throw notFound()
  return view
}

type Row = {
  id: RelationId
  fromAccountId: AccountId
  createdAt: string
  updatedAt: string
  count: number
  lastStatusId: StatusId | null
}

async function select(db: Reader, condition: SQL): Promise<Row[]> {
  const { rows } = await db.execute<Row>(sql`
    select notification_requests.id, from_account_id as "fromAccountId", created_at as "createdAt", updated_at as "updatedAt", waiting.count, waiting."lastStatusId"
    from notification_requests ${waiting} where ${isPending} and ${condition}`)
  return rows
}

async function toViews(db: Reader, viewer: AccountId, rows: Row[]): Promise<RequestView[]> {
  const [accounts, statuses] = await Promise.all([
    loadAccountMap(
      db,
      rows.map(({ fromAccountId }) => fromAccountId),
    ),
    loadStatusViews(
      db,
      viewer,
      rows.flatMap(({ lastStatusId }) => lastStatusId ?? []),
    ),
  ])
  const statusesById = new Map(statuses.map((view) => [view.id, view]))
  return rows.flatMap(({ id, count, fromAccountId, lastStatusId, ...row }) => {
    const account = accounts.get(fromAccountId)
    const lastStatus = (lastStatusId && statusesById.get(lastStatusId)) ?? null
    return account
      ? [{ id, createdAt: new Date(row.createdAt), updatedAt: new Date(row.updatedAt), account, count, lastStatus }]
      : []
  })
}

/** Counts of the requests that wait for a person's decision: at most 100 requests, and at most 100 notifications of each. */
export async function pendingRequests(
  db: Reader,
  viewer: AccountId,
): Promise<{ pendingRequests: number; pendingNotifications: number }> {
  const {
    rows: [row],
  } = await db.execute<{ pendingRequests: number; pendingNotifications: number }>(sql`
    select count(*)::int as "pendingRequests", coalesce(sum(count), 0)::int as "pendingNotifications" from (
      select waiting.count from notification_requests ${waiting} where notification_requests.account_id = ${viewer} and ${isPending} limit ${maxCounted}) pending`)
  return row ?? { pendingRequests: 0, pendingNotifications: 0 }
}

/**
 * Accepts requests: waiting notifications from these accounts join the others, and later ones pass the policy.
 *
 * @returns number of these requests that the person had
 */
export async function acceptRequests(tx: Tx, viewer: AccountId, ids: RelationId[]): Promise<number> {
  const from = await take(tx, viewer, ids)
  if (from.length === 0) return 0
  await tx
    .insert(notificationPermissions)
    .values(from.map((fromAccountId) => ({ accountId: viewer, fromAccountId })))
    .onConflictDoNothing()
  await mergeFiltered(tx, viewer, from)
  return from.length
}

/**
 * Moves the filtered notifications of some accounts to the others, and their direct messages to the conversations. A
 * job does the rest if there are many.
 */
export async function mergeFiltered(tx: Tx, viewer: AccountId, from: AccountId[]): Promise<void> {
  const some = tx
    .select({ id: notifications.id })
    .from(notifications)
    .where(
      and(
        eq(notifications.accountId, viewer),
        inArray(notifications.fromAccountId, from),
        eq(notifications.isFiltered, true),
      ),
    )
    .limit(mergedAtOnce)
  const merged = await tx
    .update(notifications)
    .set({ isFiltered: false })
    .where(inArray(notifications.id, some))
    .returning({ type: notifications.type, statusId: notifications.statusId })
  await upsertConversations(
    tx,
    merged.flatMap(({ type, statusId }) => (type === 'mention' && statusId ? { statusId, accountId: viewer } : [])),
  )
  if (merged.length === mergedAtOnce)
    await addJobs(tx, [{ name: 'merge-notifications', payload: { accountId: viewer, fromAccountIds: from } }])
  else await emit(tx, { type: 'notifications.merged', accountId: viewer })
}

/** Whether no filtered notification of an accepted account is left to merge. */
export async function isMerged(db: Reader, viewer: AccountId): Promise<boolean> {
  const { rows } = await db.execute(sql`
    select from notification_permissions p where p.account_id = ${viewer}
      and exists (select from notifications n where n.account_id = p.account_id and n.from_account_id = p.from_account_id and n.is_filtered) limit 1`)
  return rows.length === 0
}

/**
 * Dismisses requests: removes the waiting notifications of these accounts. Later ones make a new request.
 *
 * @returns number of these requests that the person had
 */
export async function dismissRequests(tx: Tx, viewer: AccountId, ids: RelationId[]): Promise<number> {
  const from = await take(tx, viewer, ids)
  if (from.length === 0) return 0
  await tx
    .delete(notifications)
    .where(
      and(
        eq(notifications.accountId, viewer),
        inArray(notifications.fromAccountId, from),
        eq(notifications.isFiltered, true),
      ),
    )
  return from.length
}

async function take(tx: Tx, viewer: AccountId, ids: RelationId[]): Promise<AccountId[]> {
  const taken = await tx
    .delete(notificationRequests)
    .where(ofViewer(viewer, ids))
    .returning({ from: notificationRequests.fromAccountId })
  return taken.map(({ from }) => from)
}

const ofViewer = (viewer: AccountId, ids: RelationId[]): SQL | undefined =>
  and(eq(notificationRequests.accountId, viewer), isOneOfIds(notificationRequests.id, ids))
