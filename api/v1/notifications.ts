import { Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import type { NotificationId } from '#src/platform/ids.ts'
import { clearNotifications, dismissNotification, dismissNotifications } from '#src/reading/notifications/dismiss.ts'
import { countUnread, loadNotification, loadNotificationPage } from '#src/reading/notifications/page.ts'
import { toNotification } from '../entities/notification.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { countParam, listed, supporting, toNotificationFilter } from '../http/notification-params.ts'
import { limitOf, linkPage, paged, toPage } from '../http/paging.ts'
import { id, ids, params } from '../http/params.ts'

const one = { id: id<NotificationId>() }

export const notifications = new Hono<Env>()

notifications.get('/notifications', requires('read:notifications'), params({ ...paged(40), ...listed }), async (c) => {
  const { app, accountId, params } = c.var
  const page = toPage(params)
  const { ids, views } = await loadNotificationPage(app.db, accountId, toNotificationFilter(params), page)
  linkPage(c, page, ids)
  return c.json(views.map((view) => toNotification(view, app.uris, accountId, params.supported_types)))
})

notifications.get(
  '/notifications/unread_count',
  requires('read:notifications'),
  params({ ...countParam, limit: limitOf(100, 1_000) }),
  async (c) => {
    const { app, accountId, params } = c.var
    return c.json({ count: await countUnread(app.db, accountId, params.limit, toNotificationFilter(params)) })
  },
)

notifications.get(
  '/notifications/:id',
  requires('read:notifications'),
  params({ ...one, ...supporting }),
  async (c) => {
    const { app, accountId, params } = c.var
    const view = await loadNotification(app.db, accountId, params.id)
    if (!view) throw notFound()
    return c.json(toNotification(view, app.uris, accountId, params.supported_types))
  },
)

notifications.post('/notifications/clear', requires('write:notifications'), async (c) => {
  const { app, accountId } = c.var
  await app.db.transaction((tx) => clearNotifications(tx, accountId))
  return c.json({})
})

notifications.on(
  ['POST', 'DELETE'],
  '/notifications/destroy_multiple',
  requires('write:notifications'),
  params({ ids: ids<NotificationId>(1_000) }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => dismissNotifications(tx, accountId, params.ids))
    return c.json({})
  },
)

notifications.post('/notifications/:id/dismiss', requires('write:notifications'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => dismissNotification(tx, accountId, params.id))
  return c.json({})
})

notifications.post(
  '/notifications/dismiss',
  requires('write:notifications'),
  deprecated('2016-12-22'),
  params(one),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => dismissNotification(tx, accountId, params.id))
    return c.json({})
  },
)

notifications.delete(
  '/notifications/:id',
  requires('write:notifications'),
  deprecated('2017-04-15'),
  params(one),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => dismissNotification(tx, accountId, params.id))
    return c.json({})
  },
)
