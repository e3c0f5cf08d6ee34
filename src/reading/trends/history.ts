/** The uses of hashtags and links on each of the last days, which apps draw as small curves. */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { CardId, TagId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'

/** A day (UTC), `YYYY-MM-DD`. */
export type DayUse = { day: string; uses: number; accounts: number }

/** Days of a history, today among them. */
export const historyDays = 7

/** The last seven days of each hashtag, today first and without gaps, in one query. */
export const tagHistory = (db: Reader, ids: readonly TagId[]): Promise<Map<TagId, DayUse[]>> =>
  history(db, sql`tag_days`, sql`tag_id`, ids)

/** The same for links, by their preview cards. */
export const cardHistory = (db: Reader, ids: readonly CardId[]): Promise<Map<CardId, DayUse[]>> =>
  history(db, sql`card_days`, sql`card_id`, ids)

async function history<Id extends string>(
  db: Reader,
  table: SQL,
  column: SQL,
  ids: readonly Id[],
): Promise<Map<Id, DayUse[]>> {
  if (ids.length === 0) return new Map()
  const today = new Date()
  const { rows } = await db.execute<DayUse & { id: Id }>(sql`
    select ${column} as id, to_char(day, 'YYYY-MM-DD') as day, uses, accounts from ${table}
    where ${column} = any(${arrayOf(ids)}::bigint[]) and day > ${dayBefore(today, historyDays)}::date`)
  const counted = new Map(rows.map((row) => [`${row.id} ${row.day}`, row]))
  const days = Array.from({ length: historyDays }, (_, ago) => dayBefore(today, ago))
  return new Map(
    ids.map((id) => [
      id,
      days.map((day) => ({
        day,
        uses: counted.get(`${id} ${day}`)?.uses ?? 0,
        accounts: counted.get(`${id} ${day}`)?.accounts ?? 0,
      })),
    ]),
  )
}

const dayBefore = (date: Date, days: number): string =>
  new Date(date.getTime() - days * dayMs).toISOString().slice(0, 10)
