/** Removes copies of remote files. */
import { sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { Reader, Tx } from '../platform/db/index.ts'

/** Removes the copies of files that are no longer shown. If another post still shows one, it is fetched again. */
export async function forgetRemoteFiles(tx: Tx, urls: readonly (string | null)[]): Promise<void> {
  const named = urls.filter((url) => url !== null)
  if (named.length === 0) return
  const { rows } = await tx.execute<Orphan>(
    sql`delete from remote_files where url in (select jsonb_array_elements_text(${JSON.stringify(named)}::jsonb)) returning file, small_file as small`,
  )
  await orphan(tx, rows)
}

type Orphan = { file: string | null; small: string | null }

async function orphan(tx: Tx, rows: Orphan[]): Promise<void> {
  const files = rows.flatMap(({ file, small }) => [file, small].filter((name) => name !== null))
  // A job's payload stays small.
  for (let i = 0; i < files.length; i += 100) await emit(tx, { type: 'files.orphaned', files: files.slice(i, i + 100) })
}

/** Removes up to `limit` copies that nobody has viewed for `keptDays`, and records of failed fetches; returns their number. */
export async function evictUnseen(tx: Tx, keptDays: number, limit: number): Promise<number> {
  const { rows } = await tx.execute<Orphan>(sql`
    delete from remote_files where ctid = any(array(
      select ctid from remote_files where used_at < now() - ${keptDays}::int * interval '1 day' limit ${limit} for update skip locked))
    returning file, small_file as small`)
  await orphan(tx, rows)
  return rows.length
}

/** Removes the copies that were viewed longest ago, until `bytes` are free, but at most `limit` copies. */
export async function evictOldest(tx: Tx, bytes: number, limit: number): Promise<{ count: number; bytes: number }> {
  const { rows } = await tx.execute<Orphan & { bytes: number }>(sql`
    delete from remote_files r using (
      select url, kind, sum(bytes) over (order by used_at, url, kind) - bytes as before
      from (select url, kind, bytes, used_at from remote_files where file is not null order by used_at limit ${limit}) oldest) o
    where r.url = o.url and r.kind = o.kind and o.before < ${bytes}::bigint
    returning r.file, r.small_file as small, r.bytes`)
  await orphan(tx, rows)
  return { count: rows.length, bytes: rows.reduce((sum, row) => sum + row.bytes, 0) }
}

/** The number of copies, and their bytes together. */
export async function remoteFilesUsage(db: Reader): Promise<{ files: number; bytes: number }> {
  const { rows } = await db.execute<{ files: number; bytes: string }>(
    sql`select count(*)::int as files, coalesce(sum(bytes), 0)::text as bytes from remote_files where file is not null`,
  )
  return { files: rows[0]?.files ?? 0, bytes: Number(rows[0]?.bytes ?? 0) }
}
