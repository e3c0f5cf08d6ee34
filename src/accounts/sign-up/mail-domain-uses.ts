/** How often people tried to sign up with a blocked mail domain: counted by day, for the staff who decide about the rule. */
import { type SQL, sql } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { Id } from '../../platform/ids.ts'
import { dayMs, dayOf } from '../../platform/time.ts'
import { requirePermission, type Staff } from '../roles/staff.ts'

type DomainBlockId = Id<'email-domain-block'>

/** A day (UTC), with the sign-ups, and the clients that sent them. */
export type DomainUse = { day: string; uses: number; accounts: number }

/** Days of the history, today among them. */
const historyDays = 7

const usesKey = (id: DomainBlockId, day: string) => `mail domain ${id} on ${day}`
const clientsKey = (id: DomainBlockId, day: string) => `mail domain clients ${id} on ${day}`

/** Counts a sign-up of a client for each of the rules that it met. */
export async function countDomainUse(
  db: Pick<Reader, 'execute'>,
  ids: readonly DomainBlockId[],
  address: string,
): Promise<void> {
  if (ids.length === 0) return
  const day = dayOf(new Date())
  const clientKey = (id: DomainBlockId) => `mail domain ${id} on ${day} from ${addressGroup(address)}`
  const counted = await add(
    db,
    ids.flatMap((id) => [usesKey(id, day), clientKey(id)]),
  )
  const news = ids.filter((id) => counted.get(clientKey(id)) === 1)
  if (news.length > 0)
    await add(
      db,
      news.map((id) => clientsKey(id, day)),
    )
}

/** Rows are locked in the order of their keys; two clients would deadlock otherwise. */
async function add(db: Pick<Reader, 'execute'>, keys: string[]): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ key: string; count: string }>(sql`
    insert into attempts (key, count, expires_at)
    select key, 1, now() + ${historyDays + 1} * interval '1 day' from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) as key order by key collate "C"
    on conflict (key) do update set count = attempts.count + 1
    returning key, count`)
  return new Map(rows.map(({ key, count }) => [key, Number(count)]))
}

/** The last seven days of each rule, today first and without gaps. @throws Refusal `not_permitted` */
export async function domainUses(
  db: Reader,
  staff: Staff,
  ids: readonly DomainBlockId[],
): Promise<Map<DomainBlockId, readonly DomainUse[]>> {
  requirePermission(staff, 'manage_blocks')
  if (ids.length === 0) return new Map()
  const now = Date.now()
  const days = Array.from({ length: historyDays }, (_, ago) => dayOf(new Date(now - ago * dayMs)))
  const keys = ids.flatMap((id) => days.flatMap((day) => [usesKey(id, day), clientsKey(id, day)]))
  const wanted: SQL = isOneOf(sql`key`, keys)
  const { rows } = await db.execute<{ key: string; count: string }>(
    sql`select key, count from attempts where ${wanted}`,
  )
  const counts = new Map(rows.map(({ key, count }) => [key, Number(count)]))
  return new Map(
    ids.map((id) => [
      id,
      days.map((day) => ({
        day,
        uses: counts.get(usesKey(id, day)) ?? 0,
        accounts: counts.get(clientsKey(id, day)) ?? 0,
      })),
    ]),
  )
}
