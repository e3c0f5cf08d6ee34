/** What an account posted in public, for staff, who see it also while the account is suspended. Never anything else. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import type { media } from '../platform/db/schema/media.ts'
import type { AccountId, MediaId, StatusId } from '../platform/ids.ts'
import { isPublicOrUnlisted, isReleased } from './access/visibility.ts'

/** The newest posts or files that are looked through: an account may have many that are not public. */
const maxScanned = 2_000
// `offset 0` has the statuses of these rows read one by one: PostgreSQL would otherwise read the whole table and hash it.

/** A post, or a boost: `shownId` is the boosted post then, and `author` the handle of its author, without `@`. */
export type OpenStatus = { id: StatusId; shownId: StatusId; author: string | null }

// As a range: PostgreSQL would otherwise look for the rows of a quiet account from the newest row of all on.
const isBy = (accountId: AccountId) => sql`account_id between ${accountId}::bigint and ${accountId}::bigint`

const isOpenRow = (alias: string) =>
  sql`${sql.raw(alias)}.deleted_at is null and ${isPublicOrUnlisted(alias)} and ${isReleased(alias)}`

/** The latest posts and boosts of an account that everybody could read if it were not suspended, the newest first. */
export async function openStatusesOf(db: Reader, accountId: AccountId, limit: number): Promise<OpenStatus[]> {
  const { rows } = await db.execute<OpenStatus>(sql`
    select s.id::text as id, coalesce(s.reblog_of_id, s.id)::text as "shownId",
      case when s.reblog_of_id is not null then a.username || coalesce('@' || a.domain, '') end as author
    from (select * from statuses where ${isBy(accountId)} order by account_id desc, id desc limit ${maxScanned}) s
    left join lateral (select * from statuses where id = s.reblog_of_id offset 0) o on true left join accounts a on a.id = o.account_id
    where ${isOpenRow('s')} and (s.reblog_of_id is null or (${isOpenRow('o')}))
    order by s.id desc limit ${limit}`)
  return rows
}

export type OpenFile = Pick<
  typeof media.$inferSelect,
  'kind' | 'file' | 'previewFile' | 'remoteUrl' | 'previewRemoteUrl' | 'description'
> & { id: MediaId; statusId: StatusId; isSensitive: boolean }

/** The latest files of such posts, boosts left out, the newest first. */
export async function openFilesOf(db: Reader, accountId: AccountId, limit: number): Promise<OpenFile[]> {
  const { rows } = await db.execute<OpenFile>(sql`
    select m.id::text as id, s.id::text as "statusId", m.kind, m.file, m.preview_file as "previewFile", m.remote_url as "remoteUrl",
      m.preview_remote_url as "previewRemoteUrl", m.description, s.is_sensitive as "isSensitive"
    from (select * from media where ${isBy(accountId)} order by account_id desc, id desc limit ${maxScanned}) m
    cross join lateral (select * from statuses where id = m.status_id offset 0) s
    where m.position is not null and m.state = 'ready' and ${isOpenRow('s')}
    order by s.id desc, m.position limit ${limit}`)
  return rows
}
