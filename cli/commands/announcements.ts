import { commandLine } from '#src/accounts/roles/staff.ts'
import {
  editAnnouncement,
  listAnnouncements,
  publishAnnouncement,
  removeAnnouncement,
} from '#src/moderation/announcements.ts'
import { type AnnouncementId, isId } from '#src/platform/ids.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }
type Times = { starts?: string; ends?: string; allDay?: true }

/** `announcements add` */
export function add(text: string, options: Global & Times): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const times = timesOf(options)
    const id = await app.db.transaction((tx) => publishAnnouncement(tx, commandLine, { text, ...times }))
    return { data: { id, text, ...times }, lines: [`Published the announcement ${id}`] }
  })
}

/** `announcements edit` */
export function edit(id: string, text: string, options: Global & Times): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const times = timesOf(options)
    await app.db.transaction((tx) => editAnnouncement(tx, commandLine, parseId(id), { text, ...times }))
    return { data: { id, text, ...times }, lines: [`Changed the announcement ${id}`] }
  })
}

/** `announcements list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const all = await listAnnouncements(app.db)
    return {
      data: all,
      lines: all.map(({ id, text, endsAt }) =>
        [id, text.replaceAll('\n', ' '), ...(endsAt ? [`until ${endsAt.toISOString()}`] : [])].join('  '),
      ),
    }
  })
}

/** `announcements remove` */
export function remove(id: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    await app.db.transaction((tx) => removeAnnouncement(tx, commandLine, parseId(id)))
    return { data: { id }, lines: [`Removed the announcement ${id}`] }
  })
}

function parseId(id: string): AnnouncementId {
  if (!isId(id)) throw new UsageError(`${id} is not an id; npx pipit announcements list shows them`)
  return id as AnnouncementId
}

const timesOf = ({ starts, ends, allDay }: Times) => ({
  startsAt: moment('--starts', starts),
  endsAt: moment('--ends', ends),
  isAllDay: allDay === true,
})

function moment(option: string, text: string | undefined): Date | null {
  if (text === undefined) return null
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new UsageError(`${option} must be a moment such as 2026-02-28T18:00:00Z`)
  return at
}
