import { Hono } from 'hono'
import type { AnnouncementId } from '#src/platform/ids.ts'
import { addReaction, dismissAnnouncement, removeReaction } from '#src/reading/announcements/react.ts'
import { loadAnnouncements } from '#src/reading/announcements/views.ts'
import { toAnnouncement } from '../entities/announcement.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { flag, id, params, text } from '../http/params.ts'

const one = { id: id<AnnouncementId>() }

export const announcements = new Hono<Env>()

announcements.get('/announcements', requires(), params({ with_dismissed: flag().optional() }), async (c) => {
  const { app, accountId, params } = c.var
  const views = await loadAnnouncements(app.db, app.uris, accountId, { withDismissed: params.with_dismissed === true })
  return c.json(views.map((view) => toAnnouncement(view, app.uris, accountId)))
})

announcements.post('/announcements/:id/dismiss', requires('write:accounts'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => dismissAnnouncement(tx, accountId, params.id))
  return c.json({})
})

announcements.on(
  ['PUT', 'PATCH'],
  '/announcements/:id/reactions/:name',
  requires('write:favourites'),
  params({ ...one, name: text() }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => addReaction(tx, accountId, params.id, params.name))
    return c.json({})
  },
)

announcements.delete(
  '/announcements/:id/reactions/:name',
  requires('write:favourites'),
  params({ ...one, name: text() }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => removeReaction(tx, accountId, params.id, params.name))
    return c.json({})
  },
)
