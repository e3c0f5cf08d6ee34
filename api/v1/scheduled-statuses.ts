import { Hono } from 'hono'
import type { ScheduledStatusId } from '#src/platform/ids.ts'
import { cancelScheduled, listScheduled, loadScheduled, reschedule } from '#src/statuses/scheduled.ts'
import { toScheduledStatus } from '../entities/scheduled-status.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { id, moment, params } from '../http/params.ts'

const one = { id: id<ScheduledStatusId>() }

export const scheduledStatuses = new Hono<Env>()

scheduledStatuses.get('/scheduled_statuses', requires('read:statuses'), params(paged(20)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await listScheduled(app.db, accountId, toPage(params))
  linkPage(
    c,
    toPage(params),
    found.map(({ id }) => id),
  )
  return c.json(found.map((view) => toScheduledStatus(view, app.uris)))
})

scheduledStatuses.get('/scheduled_statuses/:id', requires('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toScheduledStatus(await loadScheduled(app.db, accountId, params.id), app.uris))
})

scheduledStatuses.on(
  ['PUT', 'PATCH'],
  '/scheduled_statuses/:id',
  requires('write:statuses'),
  params({ ...one, scheduled_at: moment().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const { scheduled_at: at } = params
    // As with Mastodon: without a time, nothing changes.
    if (at) await app.db.transaction((tx) => reschedule(tx, accountId, params.id, at))
    return c.json(toScheduledStatus(await loadScheduled(app.db, accountId, params.id), app.uris))
  },
)

scheduledStatuses.delete('/scheduled_statuses/:id', requires('write:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => cancelScheduled(tx, accountId, params.id))
  return c.json({})
})
