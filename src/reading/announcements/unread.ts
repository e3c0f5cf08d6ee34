/** The announcements that a person has not dismissed, for the counts and notices beside other pages. */
import { sql } from 'drizzle-orm'
import { cachedUntilChanged } from '../../platform/db/cache.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, AnnouncementId } from '../../platform/ids.ts'

/** `text`: as an admin typed it, plain. */
export type Notice = { id: AnnouncementId; text: string; endsAt: Date | null }

type Row = { id: AnnouncementId; text: string; endsAt: string | null }

const findCurrent = statement<Record<string, never>, Row>(
  'current_announcements',
  () => sql`
    select id, text, ends_at::text as "endsAt" from announcements
    where published_at is not null and (ends_at is null or ends_at > now()) order by published_at desc limit 50`,
)

const loadCurrent = cachedUntilChanged('announcements', async (db): Promise<Notice[]> =>
  (await findCurrent(db, {})).map(({ endsAt, ...row }) => ({
    ...row,
    endsAt: endsAt === null ? null : new Date(endsAt),
  })),
)

const findDismissed = statement<{ viewer: string; ids: string }, { id: AnnouncementId }>(
  'dismissed_announcements',
  ({ viewer, ids }) => sql`
    select announcement_id as id from announcement_dismissals
    where account_id = ${viewer}::bigint and announcement_id = any(${ids}::bigint[])`,
)

/** Newest first. Mostly there are none, which takes no statement. */
export async function unreadAnnouncements(db: Reader, viewer: AccountId, now = new Date()): Promise<Notice[]> {
  const current = (await loadCurrent(db)).filter(({ endsAt }) => endsAt === null || endsAt > now)
  if (current.length === 0) return []
  const dismissed = await findDismissed(db, { viewer, ids: `{${current.map(({ id }) => id).join(',')}}` })
  const hidden = new Set(dismissed.map(({ id }) => id))
  return current.filter(({ id }) => !hidden.has(id))
}
