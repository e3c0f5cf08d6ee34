import { listAnnouncements, publishAnnouncement, removeAnnouncement } from '#src/announcements/manage.ts'
import { type AnnouncementId, isId } from '#src/ids.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }

/** `announcements add` */
export function add(text: string, options: Global & { starts?: string; ends?: string; allDay?: true }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const [startsAt, endsAt] = [moment('--starts', options.starts), moment('--ends', options.ends)]
    const id = await app.db.transaction((tx) => publishAnnouncement(tx, { text, startsAt, endsAt, isAllDay: options.allDay === true }))
    return { data: { id, text, startsAt, endsAt }, lines: [`Published the announcement ${id}`] }
  })
}

/** `announcements list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const all = await listAnnouncements(app.db)
    return { data: all, lines: all.map(({ id, text, endsAt }) => [id, text.replaceAll('\n', ' '), ...(endsAt ? [`until ${endsAt.toISOString()}`] : [])].join('  ')) }
  })
}

/** `announcements remove` */
export function remove(id: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (!isId(id)) throw new UsageError(`${id} is not an id; npx pipit announcements list shows them`)
    await app.db.transaction((tx) => removeAnnouncement(tx, id as AnnouncementId))
    return { data: { id }, lines: [`Removed the announcement ${id}`] }
  })
}

function moment(option: string, text: string | undefined): Date | null {
  if (text === undefined) return null
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new UsageError(`${option} must be a moment such as 2026-02-28T18:00:00Z`)
  return at
}
