import { Hono } from 'hono'
import { Refusal } from '#src/platform/errors.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { rebloggersOf } from '#src/reading/timelines/rebloggers.ts'
import { favouritersOf } from '#src/relationships/lists.ts'
import { visibleStatus } from '#src/statuses/find.ts'
import { openThread } from '#src/statuses/threads/open-thread.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadHistory } from '#src/statuses/views/history.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { toStatusEdit } from '../../entities/status-edit.ts'
import { toStatusSource } from '../../entities/status.ts'
import type { Env } from '../../env.ts'
import { allows, requires } from '../../http/access.ts'
import { linkRefresh } from '../../http/async-refresh.ts'
import { deprecated } from '../../http/deprecated.ts'
import { paged, toPage } from '../../http/paging.ts'
import { id, ids, params } from '../../http/params.ts'
import { presentRelated } from '../../http/related.ts'
import { presentStatus, presentStatuses } from '../../present.ts'

const one = { id: id<StatusId>() }

export const readStatuses = new Hono<Env>()

readStatuses.get('/statuses', allows('read:statuses'), params({ id: ids<StatusId>() }), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentStatuses(app, accountId, params.id))
})

readStatuses.get('/statuses/:id', allows('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentStatus(app, accountId, params.id))
})

readStatuses.get('/statuses/:id/context', allows('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const related = await thread(app.db, accountId, params.id)
  const refresh = accountId && (await openThread(app, params.id))
  if (refresh) linkRefresh(c, refresh)
  const shown = await presentStatuses(app, accountId, [...related.ancestors, ...related.descendants], 'thread')
  const above = new Set(related.ancestors)
  return c.json({
    ancestors: shown.filter(({ id }) => above.has(id)),
    descendants: shown.filter(({ id }) => !above.has(id)),
  })
})

// Statuses include their cards now; this endpoint answered {} for a status without one.
readStatuses.get('/statuses/:id/card', allows('read:statuses'), deprecated('2018-10-30'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json((await presentStatus(app, accountId, params.id)).card ?? {})
})

readStatuses.get('/statuses/:id/history', allows('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const revisions = await loadHistory(app.db, accountId, params.id)
  return c.json(revisions.map((revision) => toStatusEdit(revision, app.uris)))
})

readStatuses.get('/statuses/:id/source', requires('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const view = await loadStatusView(app.db, accountId, params.id)
  // Only authors get the source of a status; others get its HTML.
  if (view?.accountId !== accountId) throw new Refusal('not_found', 'Record not found')
  return c.json(toStatusSource(view))
})

readStatuses.get(
  '/statuses/:id/favourited_by',
  allows('read:statuses'),
  params({ ...one, ...paged(40) }),
  async (c) => {
    const { app, accountId, params } = c.var
    const { id } = await visibleStatus(app.db, accountId, params.id)
    const found = await favouritersOf(app.db, accountId, id, toPage(params))
    return c.json(await presentRelated(c, toPage(params), found))
  },
)

readStatuses.get('/statuses/:id/reblogged_by', allows('read:statuses'), params({ ...one, ...paged(40) }), async (c) => {
  const { app, accountId, params } = c.var
  const { id } = await visibleStatus(app.db, accountId, params.id)
  const found = await rebloggersOf(app.db, accountId, id, toPage(params))
  return c.json(await presentRelated(c, toPage(params), found))
})
