import { and, eq, isNull } from 'drizzle-orm'
import { type AccountView, loadAccountMap } from '../../accounts/views.ts'
import { toldAction, type ToldAction } from '../../notices/told-action.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { appeals, strikes } from '../../platform/db/schema/moderation.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId, StrikeId } from '../../platform/ids.ts'

/** A strike as its person sees it: without the member of staff. */
export type StrikeView = Pick<
  typeof strikes.$inferSelect,
  'id' | 'accountId' | 'action' | 'text' | 'statusIds' | 'createdAt' | 'endsAt' | 'liftedAt'
> & {
  told: ToldAction
  target: AccountView
  /** `answer`: what staff wrote when they decided. */
  appeal: { text: string; state: 'pending' | 'approved' | 'rejected'; answer: string; createdAt: Date } | null
}

const columns = {
  id: strikes.id,
  accountId: strikes.accountId,
  action: strikes.action,
  told: toldAction,
  text: strikes.text,
  statusIds: strikes.statusIds,
  createdAt: strikes.createdAt,
  endsAt: strikes.endsAt,
  liftedAt: strikes.liftedAt,
}

const withAppeals = (db: Reader) =>
  db.select({ strike: columns, appeal: appeals }).from(strikes).leftJoin(appeals, eq(appeals.strikeId, strikes.id))

type Row = { strike: Omit<StrikeView, 'target' | 'appeal'>; appeal: typeof appeals.$inferSelect | null }

async function toViews(db: Reader, rows: Row[]): Promise<StrikeView[]> {
  const targets = await loadAccountMap(
    db,
    rows.map(({ strike }) => strike.accountId),
  )
  return rows.flatMap(({ strike, appeal }) => {
    const target = targets.get(strike.accountId)
    return target ? [{ ...strike, target, appeal: appeal && toAppeal(appeal) }] : []
  })
}

const toAppeal = ({ text, answer, createdAt, approvedAt, rejectedAt }: typeof appeals.$inferSelect) => ({
  text,
  answer,
  createdAt,
  state: approvedAt ? ('approved' as const) : rejectedAt ? ('rejected' as const) : ('pending' as const),
})

/** Strikes of an account by id, in two queries. */
export async function loadStrikeMap(
  db: Reader,
  viewer: AccountId,
  ids: StrikeId[],
): Promise<Map<StrikeId, StrikeView>> {
  if (ids.length === 0) return new Map()
  const rows = await withAppeals(db).where(and(isOneOfIds(strikes.id, ids), eq(strikes.accountId, viewer)))
  return new Map((await toViews(db, rows)).map((view) => [view.id, view]))
}

/** The strikes of an account, the newest first. */
export async function listStrikes(db: Reader, accountId: AccountId, page: Page): Promise<StrikeView[]> {
  const { where, orderBy, limit } = slice(strikes.id, page)
  const rows = await withAppeals(db)
    .where(and(eq(strikes.accountId, accountId), where))
    .orderBy(orderBy)
    .limit(limit)
  return toViews(db, settle(page, rows))
}

export type StruckPost = Pick<typeof statuses.$inferSelect, 'id' | 'content' | 'spoilerText'>

/** The posts of an account that a strike is about and that are not deleted, for their author, from whom a suspension hides them elsewhere. */
export const loadStruckPosts = (db: Reader, accountId: AccountId, ids: StatusId[]): Promise<StruckPost[]> =>
  db
    .select({ id: statuses.id, content: statuses.content, spoilerText: statuses.spoilerText })
    .from(statuses)
    .where(and(isOneOfIds(statuses.id, ids), eq(statuses.accountId, accountId), isNull(statuses.deletedAt)))
    .orderBy(statuses.id)
