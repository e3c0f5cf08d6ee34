/**
 * Notifications as newer apps show them: a group is one entry, in the place of its newest notification. A page walks
 * back over the index of the account's notifications from one group to the next, so that its cost is that of the rows
 * between its first and its last. A group is on one page only: older pages don't show it again.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { AccountView } from '../../accounts/views.ts'
import { groupableTypes, idInLoneKey } from '../../notices/grouping.ts'
import type { Reader } from '../../platform/db/index.ts'
import { maxBigint, type Page, settle, slice } from '../../platform/db/page.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import { notifications, type NotificationType } from '../../platform/db/schema/notifications.ts'
import type {
  AccountId,
  CollectionId,
  NotificationId,
  ReportId,
  SeveranceId,
  StatusId,
  StrikeId,
} from '../../platform/ids.ts'
import { firstReactions, type ReactionEmojiView, writtenReaction } from '../../statuses/views/reactions.ts'
import { type NotificationFilter, notificationsAs, shownTo } from './conditions.ts'
import { hiddenUnread } from './hidden.ts'
import { lastRead } from './last-read.ts'
import { loadSubjects, type Subject, subjectOf } from './views.ts'

export type GroupView = {
  key: string
  type: NotificationType
  /** Notifications of the whole group, not only of the page. */
  count: number
  latestId: NotificationId
  /** Some of the accounts behind the notifications, latest first. */
  accountIds: AccountId[]
  /** The part of the group within the page; null where no page was asked for. */
  page: { minId: NotificationId; maxId: NotificationId; latestAt: Date } | null
} & Subject

/** Groups with their accounts. */
export type Groups = { groups: GroupView[]; accounts: Map<AccountId, AccountView> }

const samples = 8
/** Unread notifications that are read for counting their groups. */
const maxCounted = 5_000

type Row = {
  key: string
  type: NotificationType
  statusId: StatusId | null
  reportId: ReportId | null
  collectionId: CollectionId | null
  severanceId: SeveranceId | null
  strikeId: StrikeId | null
  count: number
  latestId: NotificationId
  accountIds: AccountId[]
  minId: NotificationId
  maxId: NotificationId
  latestAt: string
}

/**
 * A page of groups, newest first, with everything that it shows, in a fixed number of queries.
 *
 * @param grouped types to group; undefined for all types that can be grouped
 * @returns also the cursors of the next and previous page, newest first: one for each group, including groups that may
 *   not be shown
 */
export async function loadGroupPage(
  db: Reader,
  viewer: AccountId,
  filter: NotificationFilter,
  grouped: string[] | undefined,
  page: Page,
): Promise<Groups & { cursors: NotificationId[] }> {
  const { rows } = await db.execute<Row>(pageOfGroups(viewer, filter, keyOf(grouped), page))
  const settled = settle(page, rows)
  const byId = (one: NotificationId, other: NotificationId) => Number(other) - Number(one)
  const newest = settled.map(({ maxId }) => maxId).toSorted(byId)[0]
  const cursors = settled.map(({ minId }) => minId).toSorted(byId)
  if (newest) cursors[0] = newest
  return { ...(await toGroups(db, viewer, settled, true)), cursors }
}

type Keyed = (table: ReturnType<typeof notificationsAs> | typeof notifications) => SQL

/** The key under which a notification is shown. */
function keyOf(grouped: string[] | undefined): Keyed {
  // Only a few types can be grouped. So they are part of the statement's text, which is prepared for each choice of
  // types.
  const types = groupableTypes
    .filter((type) => !grouped || grouped.includes(type))
    .map((type) => `'${type}'`)
    .join(', ')
  return (n) =>
    sql`coalesce(${types === '' ? sql`null` : sql`case when ${n.type} in (${sql.raw(types)}) then ${n.groupKey} end`}, 'ungrouped-' || ${n.id})`
}

function pageOfGroups(
  viewer: AccountId,
  filter: NotificationFilter,
  keyOf: Keyed,
  { maxId = maxBigint, minId, sinceId = '0', limit }: Page,
): SQL {
  const [n, newer, m] = [notificationsAs('n'), notificationsAs('newer'), notificationsAs('m')]
  // The start of the walk, its direction, and its end at the latest.
  const { start, further, end } =
    minId === undefined
      ? { start: maxId, further: sql.raw('<'), end: sinceId }
      : { start: minId, further: sql.raw('>'), end: maxId }
  const order = sql.raw(minId === undefined ? 'desc' : 'asc')
  const isShownAbove = sql`exists (select from notifications newer
    where ${newer.groupKey} = ${n.groupKey} and ${keyOf(newer)} = ${keyOf(n)} and ${newer.id} >= ${start}::bigint and ${shownTo(viewer, filter, newer)})`
  const isNew =
    minId === undefined && maxId !== maxBigint ? sql`(${n.groupKey} is null or not ${isShownAbove})` : sql`true`
  // A page that isn't full reaches to the end of the requested range.
  const within = sql`(${m.id} = bounds.first or ${m.id} ${further} bounds.first) and (${m.id} = bounds.last or bounds.last ${further} ${m.id} or (bounds.groups < ${limit}::int and ${end}::bigint ${further} ${m.id}))`
  return sql`
    with recursive walk as (
      select ${start}::bigint as id, null::text as key, array[]::text[] as seen
      union all
      select next.id, next.key, walk.seen || next.key from walk cross join lateral (
        select ${n.id} as id, ${keyOf(n)} as key from notifications n
        where ${shownTo(viewer, filter, n)} and ${n.id} ${further} walk.id and ${end}::bigint ${further} ${n.id} and ${isNew} and ${keyOf(n)} <> all(walk.seen)
        order by ${n.id} ${order} limit 1) next
      where cardinality(walk.seen) < ${limit}::int),
    found as (select id, key, cardinality(seen) as place from walk where key is not null),
    bounds as (select max(id) filter (where place = 1) as first, max(id) filter (where place = groups) as last, groups from found, (select count(*) as groups from found) total group by groups)
    select found.key, n.type, n.status_id as "statusId", n.report_id as "reportId", n.collection_id as "collectionId", n.severance_id as "severanceId", n.strike_id as "strikeId",
      part.count, part."latestId", part."accountIds", part."minId", part."maxId", part."latestAt"
    from found cross join bounds join notifications n on n.id = found.id
    cross join lateral (
      select count(*)::int as count, max(${m.id}) as "latestId", (array_agg(${m.fromAccountId}::text order by ${m.id} desc))[1:${sql.raw(String(samples))}] as "accountIds",
        min(${m.id}) filter (where ${within}) as "minId", max(${m.id}) filter (where ${within}) as "maxId", max(${m.createdAt}) filter (where ${within}) as "latestAt"
      from notifications m
      where ${m.groupKey} = n.group_key and found.key = n.group_key and ${shownTo(viewer, filter.withReaction ? { withReaction: true } : {}, m)}
      having count(*) > 0
      union all
      select 1, n.id, array[n.from_account_id::text], n.id, n.id, n.created_at where n.group_key is null or found.key <> n.group_key
    ) part
    order by found.place`
}

async function toGroups(db: Reader, viewer: AccountId, rows: Row[], isPage: boolean): Promise<Groups> {
  const subjects = await loadSubjects(
    db,
    viewer,
    rows,
    rows.flatMap(({ accountIds }) => accountIds),
  )
  const groups = rows.flatMap(({ key, type, count, latestId, minId, maxId, latestAt, ...row }) => {
    const of = subjectOf(subjects, { type, ...row }, row.accountIds[0])
    const accountIds = [...new Set(row.accountIds)].filter((id) => subjects.accounts.has(id))
    const page = isPage ? { minId, maxId, latestAt: new Date(latestAt) } : null
    return of && accountIds.length > 0 ? [{ key, type, count, latestId, accountIds, ...of, page }] : []
  })
  return { groups, accounts: subjects.accounts }
}

/**
 * One group, or one ungrouped notification, by its key; null where there is none, or the viewer may not see its
 * subject.
 */
export async function loadGroup(
  db: Reader,
  viewer: AccountId,
  key: string,
): Promise<(Groups & { groups: [GroupView] }) | null> {
  const n = notificationsAs('n')
  const { rows } = await db.execute<Row>(sql`
    select ${key} as key, max(${n.type}) as type, max(${n.statusId}) as "statusId", max(${n.reportId}) as "reportId", max(${n.collectionId}) as "collectionId", max(${n.severanceId}) as "severanceId", max(${n.strikeId}) as "strikeId", count(*)::int as count, max(${n.id}) as "latestId",
      (array_agg(${n.fromAccountId}::text order by ${n.id} desc))[1:${sql.raw(String(samples))}] as "accountIds", min(${n.id}) as "minId", max(${n.id}) as "maxId", max(${n.createdAt}) as "latestAt"
    from notifications n where ${ofGroup(key, n)} and ${shownTo(viewer, { withFiltered: true, withRequests: true }, n)}
    having count(*) > 0`)
  const {
    groups: [group],
    accounts,
  } = await toGroups(db, viewer, rows, false)
  return group ? { groups: [group], accounts } : null
}

/** Emojis by `accountId statusId`. */
export type GroupReactions = ReadonlyMap<string, ReactionEmojiView>

/** The emojis with which the shown accounts of groups of favourites reacted, in one query. */
export async function loadGroupReactions(db: Reader, groups: readonly GroupView[]): Promise<GroupReactions> {
  const pairs = groups.flatMap(({ type, status, accountIds }) =>
    type === 'favourite' && status?.reactions.length
      ? accountIds.map((accountId) => ({ accountId, statusId: status.id }))
      : [],
  )
  return firstReactions(db, pairs)
}

/** The emojis of a group, each once, in the order of its accounts, and whether everybody in it reacted. */
export function reactionsOf(
  { type, status, accountIds, count }: GroupView,
  reactions: GroupReactions,
): { emojis: ReactionEmojiView[]; isEverybody: boolean } {
  const found =
    type === 'favourite' && status ? accountIds.flatMap((id) => reactions.get(`${id} ${status.id}`) ?? []) : []
  const emojis = [...new Map(found.map((emoji) => [writtenReaction(emoji), emoji])).values()]
  return { emojis, isEverybody: found.length === count }
}

/** Condition for the notifications of a key. */
export function ofGroup(
  key: string,
  n: ReturnType<typeof notificationsAs> | typeof notifications = notifications,
): SQL {
  const id = idInLoneKey(key)
  return id === null ? eq(n.groupKey, key) : eq(n.id, id as NotificationId)
}

/**
 * The accounts behind a group's notifications, a page at a time. The cursor is the id of the notification. `visitorReportAt`: when
 * somebody without an account reported the account, whose notification this is not.
 */
export async function accountsOfGroup(
  db: Reader,
  viewer: AccountId,
  key: string,
  page: Page,
): Promise<{ id: NotificationId; accountId: AccountId; visitorReportAt: Date | null }[]> {
  const { where, orderBy, limit } = slice(notifications.id, page)
  const rows = await db
    .select({ id: notifications.id, accountId: notifications.fromAccountId, visitorReportAt: reports.createdAt })
    .from(notifications)
    .leftJoin(reports, and(eq(reports.id, notifications.reportId), isNull(reports.accountId)))
    .where(and(ofGroup(key), shownTo(viewer, { withFiltered: true, withRequests: true }), where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}

/**
 * Number of groups with unread notifications, at most `max`. Leaves out notifications that a filter hides.
 *
 * @param within number of unread notifications that are looked at, the newest ones
 */
export async function countUnreadGroups(
  db: Reader,
  viewer: AccountId,
  max: number,
  filter: NotificationFilter,
  grouped?: string[],
  within = maxCounted,
): Promise<number> {
  const n = notificationsAs('n')
  const hidden = await hiddenUnread(db, viewer, filter)
  const shown = hidden.length === 0 ? filter : { ...filter, exceptStatuses: hidden }
  const { rows } = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select distinct key from (
        select ${keyOf(grouped)(n)} as key from notifications n
        where ${shownTo(viewer, shown, n)} and ${n.id} > ${lastRead(viewer)} order by ${n.id} desc limit ${within}) newer
      limit ${max}) groups`)
  return rows[0]?.count ?? 0
}
