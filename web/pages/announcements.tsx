import { Hono } from 'hono'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type AnnouncementId, isId } from '#src/platform/ids.ts'
import { addReaction, dismissAnnouncement, removeReaction } from '#src/reading/announcements/react.ts'
import { loadAnnouncements } from '#src/reading/announcements/views.ts'
import { Announcement } from '../components/announcement.tsx'
import { Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

/** What the people who run the server announce: reading, dismissing, and reacting with emojis. */
export const announcementPages = new Hono<Env>()
  .get('/announcements', requireViewer, (c) => listPage(c))
  .post('/announcements/:id/dismiss', requireViewer, async (c) => {
    await c.var.app.db.transaction((tx) => dismissAnnouncement(tx, viewerOf(c).accountId, idOf(c)))
    return backTo(c, '/announcements')
  })
  .post('/announcements/:id/react', requireViewer, (c) => react(c, c.var.form.text('emoji')))
  .post('/announcements/:id/react/:name', requireViewer, (c) => react(c, c.req.param('name')))
  .post('/announcements/:id/unreact/:name', requireViewer, async (c) => {
    const name = c.req.param('name')
    await c.var.app.db.transaction((tx) => removeReaction(tx, viewerOf(c).accountId, idOf(c), name))
    return backTo(c, '/announcements')
  })

type Failed = { refusal: Refusal; id: AnnouncementId; typed: string }

/** @param typed an emoji, or the name of one of this server, with or without colons */
async function react(c: C, typed: string): Promise<Response> {
  const id = idOf(c)
  const name = typed.trim().replace(/^:|:$/g, '')
  const refusal = await refusalOf(() =>
    c.var.app.db.transaction((tx) => addReaction(tx, viewerOf(c).accountId, id, name)),
  )
  return refusal ? listPage(c, { refusal, id, typed }) : c.redirect(`/announcements#announcement-${id}`, 303)
}

async function listPage(c: C, failed: Failed | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const announcements = await loadAnnouncements(app.db, app.uris, viewerOf(c).accountId, { withDismissed: true })
  return page(
    c,
    t('announcements.title'),
    <>
      <Head title={t('announcements.title')} />
      <Refused refusal={failed?.refusal ?? null} />
      {announcements.length === 0 && <div class="empty">{t('announcements.empty')}</div>}
      {announcements.toReversed().map((announcement) => (
        <Announcement announcement={announcement} typed={announcement.id === failed?.id ? failed.typed : undefined} />
      ))}
    </>,
    failed ? statusOf(failed.refusal) : 200,
  )
}

function idOf(c: C): AnnouncementId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as AnnouncementId
}
