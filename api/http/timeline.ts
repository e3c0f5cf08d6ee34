import type { Page } from '#src/platform/db/page.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import type { FilterContext } from '#src/statuses/views/filters.ts'
import type { Status } from '../entities/status.ts'
import type { ApiContext } from '../env.ts'
import { presentStatuses } from '../present.ts'
import { linkPage } from './paging.ts'

/** Pages in a row that filters may hide completely before the answer is empty. */
const maxHidden = 5

/**
 * A page of a timeline, with its `Link`, without statuses that the viewer's filters hide. If they hide all of a page,
 * the next page is read: apps take an empty page for the end of the timeline.
 *
 * @param read ids of a page, newest first
 */
export async function presentPage(
  c: ApiContext & { var: { accountId: AccountId | null } },
  page: Page,
  context: FilterContext,
  read: (page: Page) => Promise<StatusId[]>,
): Promise<Status[]> {
  const { app, accountId } = c.var
  let ids = await read(page)
  const [newest] = ids
  let shown = await presentStatuses(app, accountId, ids, context)
  for (
    let hidden = 0;
    hidden < maxHidden && shown.length === 0 && ids.length > 0 && ids.length >= page.limit;
    hidden++
  ) {
    const next = await read(page.minId ? { ...page, minId: ids[0] } : { ...page, maxId: ids.at(-1) })
    if (next.length === 0) break
    ids = next
    shown = await presentStatuses(app, accountId, ids, context)
  }
  // The previous page begins above the newest status that was read, including hidden ones.
  linkPage(c, page, page.minId || newest === undefined || ids.length < 2 ? ids : [newest, ...ids.slice(1)])
  return shown
}
