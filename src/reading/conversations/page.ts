import { and, eq, sql } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { conversations } from '../../platform/db/schema/notifications.ts'
import { unseen } from '../../platform/db/statement.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, ConversationId, StatusId } from '../../platform/ids.ts'
import { notMutedBy, visibleTo } from '../../statuses/access/visibility.ts'
import { loadStatusViews, type StatusView } from '../../statuses/views/views.ts'

export type ConversationView = {
  id: ConversationId
  isUnread: boolean
  /** The other participants; the viewer, if there are no others. */
  accounts: AccountView[]
  lastStatus: StatusView
}

type Row = { id: ConversationId; isUnread: boolean; lastStatusId: StatusId }

/**
 * A page of a person's conversations, the one with the newest status first. The cursor is the id of that status. Leaves
 * out conversations whose last status is by an account that the person blocks or mutes.
 */
export async function loadConversationPage(
  db: Reader,
  viewer: AccountId,
  page: Page,
): Promise<{ cursors: StatusId[]; views: ConversationView[] }> {
  const { where, orderBy, limit } = slice(conversations.lastStatusId, page)
  const { rows } = await db.execute<Row>(sql`
    select conversations.id, is_unread as "isUnread", last_status_id as "lastStatusId" from conversations join statuses on statuses.id = last_status_id
    where ${and(eq(conversations.accountId, unseen(viewer)), where, visibleTo(unseen(viewer)), notMutedBy(unseen(viewer)))} order by ${orderBy} limit ${limit}`)
  const settled = settle(page, rows)
  return { cursors: settled.map(({ lastStatusId }) => lastStatusId), views: await toViews(db, viewer, settled) }
}

/** One conversation of a person. @throws Refusal `not_found` */
export async function loadConversation(db: Reader, viewer: AccountId, id: ConversationId): Promise<ConversationView> {
  const rows = await db
    .select({ id: conversations.id, isUnread: conversations.isUnread, lastStatusId: conversations.lastStatusId })
    .from(conversations)
    .where(and(eq(conversations.id, id), eq(conversations.accountId, viewer)))
  const [view] = await toViews(db, viewer, rows)
  if (!view) throw notFound()
  return view
}

/** The conversation of a person in which a direct status is; null if there is none. */
export async function conversationOf(db: Reader, viewer: AccountId, id: StatusId): Promise<ConversationId | null> {
  const { rows } = await db.execute<{ id: ConversationId }>(sql`
    select c.id from statuses s join conversations c on c.thread_id = s.thread_id and c.account_id = ${viewer}
    where s.id = ${id} and s.visibility = 'direct'`)
  return rows[0]?.id ?? null
}

async function toViews(db: Reader, viewer: AccountId, rows: Row[]): Promise<ConversationView[]> {
  const statuses = await loadStatusViews(
    db,
    viewer,
    rows.map(({ lastStatusId }) => lastStatusId),
  )
  const statusesById = new Map(statuses.map((view) => [view.id, view]))
  const accounts = await loadAccountMap(
    db,
    statuses.flatMap(({ mentions }) => mentions.map(({ id }) => id)),
  )
  return rows.flatMap(({ id, isUnread, lastStatusId }) => {
    const lastStatus = statusesById.get(lastStatusId)
    if (!lastStatus) return []
    const people = new Map(
      [lastStatus.account, ...lastStatus.mentions.flatMap((mention) => accounts.get(mention.id) ?? [])].map(
        (account) => [account.id, account],
      ),
    )
    const others = [...people.values()].filter((account) => account.id !== viewer)
    return [{ id, isUnread, accounts: others.length > 0 ? others : [...people.values()], lastStatus }]
  })
}
