/** Notification requests: accounts whose notifications a person's policy filters, and the person's answers. */
import { Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import type { RelationId } from '#src/platform/ids.ts'
import {
  acceptRequests,
  dismissRequests,
  isMerged,
  loadRequest,
  loadRequests,
} from '#src/reading/notifications/requests.ts'
import { toNotificationRequest } from '../entities/notification-request.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { id, ids, params } from '../http/params.ts'

const one = { id: id<RelationId>() }
const many = { id: ids<RelationId>(1_000) }
const answers = { accept: acceptRequests, dismiss: dismissRequests }

export const notificationRequests = new Hono<Env>()

notificationRequests.get('/notifications/requests', requires('read:notifications'), params(paged(40)), async (c) => {
  const { app, accountId, params } = c.var
  const page = toPage(params)
  const views = await loadRequests(app.db, accountId, page)
  linkPage(
    c,
    page,
    views.map(({ id }) => id),
  )
  return c.json(views.map((view) => toNotificationRequest(view, app.uris, accountId)))
})

notificationRequests.get('/notifications/requests/merged', requires('read:notifications'), async (c) => {
  const { app, accountId } = c.var
  return c.json({ merged: await isMerged(app.db, accountId) })
})

notificationRequests.get('/notifications/requests/:id', requires('read:notifications'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toNotificationRequest(await loadRequest(app.db, accountId, params.id), app.uris, accountId))
})

for (const [answer, give] of Object.entries(answers)) {
  notificationRequests.post(
    `/notifications/requests/${answer}`,
    requires('write:notifications'),
    params(many),
    async (c) => {
      const { app, accountId, params } = c.var
      await app.db.transaction((tx) => give(tx, accountId, params.id))
      return c.json({})
    },
  )

  notificationRequests.post(
    `/notifications/requests/:id/${answer}`,
    requires('write:notifications'),
    params(one),
    async (c) => {
      const { app, accountId, params } = c.var
      if ((await app.db.transaction((tx) => give(tx, accountId, [params.id]))) === 0) throw notFound()
      return c.json({})
    },
  )
}
