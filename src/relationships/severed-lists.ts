/** What a person lost when servers were blocked or accounts suspended, and the lists of it to download. */
import { stringify } from 'csv-stringify/sync'
import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { severances } from '../platform/db/schema/moderation.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, SeveranceId } from '../platform/ids.ts'
import { acctOf } from '../text/acct.ts'
import { loadSeverances, type SeveranceView } from './severance.ts'

/** A page of the events by which an account lost follows, newest first. */
export async function listSeverances(db: Reader, accountId: AccountId, page: Page): Promise<SeveranceView[]> {
  const { where, orderBy, limit } = slice(severances.id, page)
  const rows = await db
    .select({ id: severances.id })
    .from(severances)
    .where(and(eq(severances.accountId, accountId), where))
    .orderBy(orderBy)
    .limit(limit)
  const ids = settle(page, rows).map(({ id }) => id)
  const byId = await loadSeverances(db, accountId, ids)
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export const severedLists = ['following', 'followers'] as const

/** Lines of a list at most; nobody follows more. */
const maxLines = 100_000

type Lost = {
  username: string
  domain: string | null
  showsReblogs: boolean
  notifies: boolean
  languages: string[] | null
}

/**
 * The accounts that an account no longer follows, or that no longer follow it, by one event: CSV as Mastodon exports and imports it.
 *
 * @throws Refusal `not_found` for the event of somebody else
 */
export async function severedCsv(
  db: Reader,
  accountId: AccountId,
  id: SeveranceId,
  which: (typeof severedLists)[number],
): Promise<string> {
  if (!(await loadSeverances(db, accountId, [id])).has(id)) throw notFound()
  const { rows } = await db.execute<Lost>(sql`
    select a.username, a.domain, l.shows_reblogs as "showsReblogs", l.notifies, l.languages
    from severed_follows l join accounts a on a.id = l.other_id
    where l.severance_id = ${id} and l.is_following = ${which === 'following'} order by l.other_id limit ${maxLines}`)
  const lines =
    which === 'followers'
      ? [['Account address'], ...rows.map((row) => [acctOf(row)])]
      : [
          ['Account address', 'Show boosts', 'Notify on new posts', 'Languages'],
          ...rows.map((row) => [
            acctOf(row),
            String(row.showsReblogs),
            String(row.notifies),
            (row.languages ?? []).join(', '),
          ]),
        ]
  return stringify(lines, { escape_formulas: true })
}
