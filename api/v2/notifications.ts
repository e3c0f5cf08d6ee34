/** Grouped notifications. */
import { Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import { clearNotifications, dismissGroup } from '#src/reading/notifications/dismiss.ts'
import { accountsOfGroup, countUnreadGroups, loadGroup, loadGroupPage } from '#src/reading/notifications/groups.ts'
import { toInstanceAccount } from '../entities/instance-account.ts'
import { toGroupedNotifications } from '../entities/notification-groups.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import {
  countParam,
  grouping,
  listed,
  supporting,
  toGroupedTypes,
  toNotificationFilter,
} from '../http/notification-params.ts'
import { limitOf, linkPage, paged, toPage } from '../http/paging.ts'
import { choice, filled, params } from '../http/params.ts'
import { presentNotifiers } from '../present.ts'

const one = { group_key: filled() }
const expanding = { expand_accounts: choice(['full', 'partial_avatars']).optional() }

export const notificationGroups = new Hono<Env>()

notificationGroups.get(
  '/notifications',
  requires('read:notifications'),
  params({ ...paged(40), ...listed, ...grouping, ...expanding }),
  async (c) => {
    const { app, accountId, params } = c.var
    const page = toPage(params)
    const { cursors, ...groups } = await loadGroupPage(
      app.db,
      accountId,
      toNotificationFilter(params),
      toGroupedTypes(params),
      page,
    )
    linkPage(c, page, cursors)
    return c.json(
      toGroupedNotifications(groups, app.uris, accountId, {
        hasPartialAccounts: params.expand_accounts === 'partial_avatars',
        supported: params.supported_types,
      }),
    )
  },
)

notificationGroups.get(
  '/notifications/unread_count',
  requires('read:notifications'),
  params({ ...countParam, ...grouping, limit: limitOf(100, 1_000) }),
  async (c) => {
    const { app, accountId, params } = c.var
    return c.json({
      count: await countUnreadGroups(
        app.db,
        accountId,
        params.limit,
        toNotificationFilter(params),
        toGroupedTypes(params),
      ),
    })
  },
)

notificationGroups.post('/notifications/clear', requires('write:notifications'), async (c) => {
  const { app, accountId } = c.var
  await app.db.transaction((tx) => clearNotifications(tx, accountId))
  return c.json({})
})

notificationGroups.get(
  '/notifications/:group_key',
  requires('read:notifications'),
  params({ ...one, ...supporting }),
  async (c) => {
    const { app, accountId, params } = c.var
    const group = await loadGroup(app.db, accountId, params.group_key)
    if (!group) throw notFound()
    return c.json(toGroupedNotifications(group, app.uris, accountId, { supported: params.supported_types }))
  },
)

notificationGroups.post(
  '/notifications/:group_key/dismiss',
  requires('write:notifications'),
  params(one),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => dismissGroup(tx, accountId, params.group_key))
    return c.json({})
  },
)

notificationGroups.get(
  '/notifications/:group_key/accounts',
  requires('read:notifications'),
  params({ ...paged(40), ...one }),
  async (c) => {
    const { app, accountId, params } = c.var
    const page = toPage(params)
    const found = await accountsOfGroup(app.db, accountId, params.group_key, page)
    linkPage(
      c,
      page,
      found.map(({ id }) => id),
    )
    const byVisitor = found.find(({ visitorReportAt }) => visitorReportAt !== null)?.visitorReportAt
    const people = found.flatMap((one) => (one.visitorReportAt === null ? one.accountId : []))
    return c.json([
      ...(byVisitor ? [toInstanceAccount(app.uris, byVisitor)] : []),
      ...(await presentNotifiers(app, people)),
    ])
  },
)
