import { Hono } from 'hono'
import { notFound } from '#src/errors.ts'
import type { AccountId, NotificationId } from '#src/ids.ts'
import { clearNotifications, dismissNotification } from '#src/notifications/dismiss.ts'
import { countUnread, loadNotification, loadNotificationPage, type NotificationFilter } from '#src/notifications/page.ts'
import type { Env } from '../env.ts'
import { toNotification } from '../entities/notification.ts'
import { requires } from '../http/access.ts'
import { limitOf, linkPage, paged, toPage } from '../http/paging.ts'
import { id, idIfAny, list, params, text } from '../http/params.ts'

const filters = { types: list(text()), exclude_types: list(text()), account_id: idIfAny<AccountId>().optional() }
const one = { id: id<NotificationId>() }

export const notifications = new Hono<Env>()

notifications.get('/notifications', requires('read:notifications'), params({ ...paged(40), ...filters }), async (c) => {
  const { app, accountId, params } = c.var
  const page = toPage(params)
  const { ids, views } = await loadNotificationPage(app.db, accountId, toFilter(params), page)
  linkPage(c, page, ids)
  return c.json(views.map((view) => toNotification(view, app.uris, accountId)))
})

notifications.get('/notifications/unread_count', requires('read:notifications'), params({ ...filters, limit: limitOf(100, 1_000) }), async (c) => {
  const { app, accountId, params } = c.var
  return c.json({ count: await countUnread(app.db, accountId, params.limit, toFilter(params)) })
})

notifications.get('/notifications/:id', requires('read:notifications'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const view = await loadNotification(app.db, accountId, params.id)
  if (!view) throw notFound()
  return c.json(toNotification(view, app.uris, accountId))
})

notifications.post('/notifications/clear', requires('write:notifications'), async (c) => {
  const { app, accountId } = c.var
  await app.db.transaction((tx) => clearNotifications(tx, accountId))
  return c.json({})
})

notifications.post('/notifications/:id/dismiss', requires('write:notifications'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => dismissNotification(tx, accountId, params.id))
  return c.json({})
})

type Filters = { types: string[]; exclude_types: string[]; account_id?: AccountId | undefined }

function toFilter({ types, exclude_types: excludeTypes, account_id: accountId }: Filters): NotificationFilter {
  return { ...(types.length > 0 ? { types } : {}), ...(excludeTypes.length > 0 ? { excludeTypes } : {}), ...(accountId ? { accountId } : {}) }
}
