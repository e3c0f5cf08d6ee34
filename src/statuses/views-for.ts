import type { Db } from '../db/index.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { loadStatusView, type StatusView } from './views.ts'

/** Viewers whose views are loaded side by side; each takes several connections of the pool. */
const atOnce = 4

/** One status as each of several viewers sees it. Who may not see it is left out. */
export async function loadViewsFor(db: Db, viewers: readonly AccountId[], statusId: StatusId): Promise<Map<AccountId, StatusView>> {
  const views = new Map<AccountId, StatusView>()
  for (let i = 0; i < viewers.length; i += atOnce) {
    const some = viewers.slice(i, i + atOnce)
    const loaded = await Promise.all(some.map((viewer) => loadStatusView(db, viewer, statusId)))
    for (const [j, viewer] of some.entries()) {
      const view = loaded[j]
      if (view) views.set(viewer, view)
    }
  }
  return views
}
