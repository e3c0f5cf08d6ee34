import { sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { mapConcurrently } from '../../platform/limiter.ts'
import { visibleTo } from '../access/visibility.ts'
import { type ActiveFilter, loadFiltersOf, matchFilters } from './filters.ts'
import { type Marks, marksJson } from './rows.ts'
import { loadStatusView, type StatusView } from './views.ts'

/** Viewers whose views are loaded concurrently, when each needs queries of its own. */
const atOnce = 4

/**
 * Views of one status for several viewers. Takes a fixed number of queries, unless the status has a quote, which may look
 * different to each viewer. Viewers that may not see the status are left out.
 */
export async function loadViewsFor(
  db: Reader,
  viewers: readonly AccountId[],
  statusId: StatusId,
): Promise<Map<AccountId, StatusView>> {
  const [first, ...others] = viewers
  if (!first) return new Map()
  const view = await loadStatusView(db, first, statusId)
  const views = new Map<AccountId, StatusView>(view ? [[first, view]] : [])
  if (others.length === 0) return views
  if (!view || view.quote || view.reblog?.quote) return new Map([...views, ...(await loadEach(db, others, statusId))])

  const [own, filters] = await Promise.all([
    loadOwn(db, others, [view.id, ...(view.reblog ? [view.reblog.id] : [])]),
    loadFiltersOf(db, others),
  ])
  for (const viewer of others) {
    const marks = own.get(viewer)
    if (marks?.has(view.id)) views.set(viewer, seenBy(viewer, view, marks, filters.get(viewer) ?? []))
  }
  return views
}

async function loadEach(
  db: Reader,
  viewers: readonly AccountId[],
  statusId: StatusId,
): Promise<Map<AccountId, StatusView>> {
  const views = new Map<AccountId, StatusView>()
  await mapConcurrently(viewers, atOnce, async (viewer) => {
    const view = await loadStatusView(db, viewer, statusId)
    if (view) views.set(viewer, view)
  })
  return views
}

/** The part of a view that depends on the viewer. */
type Own = { marks: Marks; ownVotes: number[] }

/** For each viewer, the statuses among `ids` that the viewer may see. */
async function loadOwn(
  db: Reader,
  viewers: readonly AccountId[],
  ids: StatusId[],
): Promise<Map<AccountId, Map<StatusId, Own>>> {
  const viewer = sql`viewer.id`
  const { rows } = await db.execute<Own & { viewer: AccountId; id: StatusId }>(sql`
    select viewer.id as viewer, ${statuses.id} as id, ${marksJson(viewer)} as marks,
      (select coalesce(json_agg(v.position order by v.position), '[]') from poll_votes v where v.status_id = ${statuses.id} and v.account_id = ${viewer}) as "ownVotes"
    from unnest(${arrayOf(viewers)}::bigint[]) viewer(id), ${statuses}
    where ${statuses.id} = any(${arrayOf(ids)}::bigint[]) and ${visibleTo(viewer)}`)
  const own = new Map<AccountId, Map<StatusId, Own>>()
  for (const row of rows) own.set(row.viewer, (own.get(row.viewer) ?? new Map<StatusId, Own>()).set(row.id, row))
  return own
}

function seenBy(viewer: AccountId, view: StatusView, own: Map<StatusId, Own>, filters: ActiveFilter[]): StatusView {
  const marked = (status: StatusView): StatusView => {
    const { marks, ownVotes } = own.get(status.id) ?? {}
    return {
      ...status,
      ...marks,
      poll: status.poll && { ...status.poll, ownVotes: ownVotes ?? [] },
      filtered: status.reblogOfId ? [] : matchFilters(filters, viewer, status),
    }
  }
  const reblog = view.reblog && marked(view.reblog)
  return { ...marked(view), reblog, ...(reblog ? { filtered: matchFilters(filters, viewer, view, reblog) } : {}) }
}
