/**
 * Views of statuses for pages, the API and other servers, loaded in a fixed number of queries for any number of statuses.
 * Presenters turn views into output and get no database, so they can't add a query per status.
 */
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import { type EmojiView, loadEmojiViews } from '../../media/emojis/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { cards } from '../../platform/db/schema/cards.ts'
import type { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { type FilterMatch, loadFilters, matchFilters } from './filters.ts'
import type { PollView } from './polls.ts'
import { type QuoteView, toQuoteView } from './quotes.ts'
import type { ReactionView } from './reactions.ts'
import {
  loadReportedRows,
  loadStatusRows,
  type Marks,
  type MediaView,
  type MentionView,
  type StatusRow,
  type TagView,
} from './rows.ts'

export type { MediaView, MentionView, TagView }
export type CardView = typeof cards.$inferSelect & {
  /** The account that the page names as its author, if any. */
  author: AccountView | null
}

/** A status with the viewer's marks, which are all false for a visitor. */
export type StatusView = typeof statuses.$inferSelect &
  StatusRow['stats'] &
  Marks & {
    account: AccountView
    /** The boosted status, if this is a boost. */
    reblog: StatusView | null
    media: MediaView[]
    mentions: MentionView[]
    tags: TagView[]
    application: { name: string; website: string | null } | null
    poll: PollView | null
    /** The custom emojis in its text, warning and poll. */
    emojis: EmojiView[]
    card: CardView | null
    quote: QuoteView<StatusView> | null
    /** Emoji reactions, the most used first; `reacted` has the ids of the viewer's. */
    reactions: ReactionView[]
    /** The viewer's filters that match it, for any context; none for visitors, and none on the viewer's own statuses. */
    filtered: FilterMatch[]
  }

/** Views of statuses in the order of the ids, without those that the viewer may not see. */
export async function loadStatusViews(db: Reader, viewer: AccountId | null, ids: StatusId[]): Promise<StatusView[]> {
  return ids.length === 0 ? [] : (await loadStatusesAndAccounts(db, viewer, ids, [])).statuses
}

/**
 * Views of reported statuses for staff, of any visibility, in the order of the ids, without deleted ones.
 *
 * @param ids those of reports only
 */
export async function loadReportedViews(db: Reader, ids: StatusId[]): Promise<StatusView[]> {
  if (ids.length === 0) return []
  return (await toViews(db, null, ids, [], await loadReportedRows(db, ids), [])).statuses
}

/** `loadStatusViews`, and the views of further accounts on the same page, in the same number of queries. */
export async function loadStatusesAndAccounts(
  db: Reader,
  viewer: AccountId | null,
  ids: StatusId[],
  accountIds: AccountId[],
): Promise<{ statuses: StatusView[]; accounts: Map<AccountId, AccountView> }> {
  if (ids.length === 0) return { statuses: [], accounts: await loadAccountMap(db, accountIds) }
  const [rows, filters] = await Promise.all([loadStatusRows(db, viewer, ids), loadFilters(db, viewer)])
  return toViews(db, viewer, ids, accountIds, rows, filters)
}

async function toViews(
  db: Reader,
  viewer: AccountId | null,
  ids: StatusId[],
  accountIds: AccountId[],
  rows: Map<StatusId, StatusRow>,
  filters: Awaited<ReturnType<typeof loadFilters>>,
): Promise<{ statuses: StatusView[]; accounts: Map<AccountId, AccountView> }> {
  const authors = [...rows.values()].flatMap(({ status, card }) => [
    status.accountId,
    ...(card?.authorAccountId ? [card.authorAccountId] : []),
  ])
  const accountsById = await loadAccountMap(db, [...accountIds, ...authors])
  const emojisIn = await loadEmojiViews(
    db,
    [...rows.values()].map((row) => ({
      domain: accountsById.get(row.status.accountId)?.domain ?? null,
      texts: textsOf(row),
    })),
  )

  const views = new Map<StatusId, StatusView>()
  for (const row of rows.values()) {
    const { status, stats, marks, card, quote: _, ...rest } = row
    const account = accountsById.get(status.accountId)
    if (!account) continue
    views.set(status.id, {
      ...status,
      ...stats,
      ...marks,
      ...rest,
      // The author sees what they chose themselves.
      isSensitive: status.isSensitive || (account.sensitizedAt !== null && account.id !== viewer),
      account,
      emojis: emojisIn(account.domain, textsOf(row)),
      reblog: null,
      card: card && { ...card, author: (card.authorAccountId && accountsById.get(card.authorAccountId)) ?? null },
      quote: null,
      filtered: status.reblogOfId ? [] : matchFilters(filters, viewer, { ...status, ...rest }),
    })
  }
  const withQuote = (view: StatusView): StatusView => {
    const head = rows.get(view.id)?.quote
    return head ? { ...view, quote: toQuoteView(head, views) } : view
  }
  const statuses = ids.flatMap((id) => {
    const view = views.get(id)
    if (!view) return []
    if (!view.reblogOfId) return withQuote(view)
    const reblog = views.get(view.reblogOfId)
    return reblog ? { ...view, reblog: withQuote(reblog), filtered: matchFilters(filters, viewer, view, reblog) } : []
  })
  return { statuses, accounts: accountsById }
}

const textsOf = ({ status, poll }: Pick<StatusRow, 'status' | 'poll'>): string[] => [
  status.content,
  status.spoilerText,
  ...(poll?.options.map(({ title }) => title) ?? []),
]

/** The view of one status; undefined when the viewer may not see it. */
export async function loadStatusView(
  db: Reader,
  viewer: AccountId | null,
  id: StatusId,
): Promise<StatusView | undefined> {
  const [view] = await loadStatusViews(db, viewer, [id])
  return view
}
