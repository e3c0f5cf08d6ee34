import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId } from '../platform/ids.ts'

/**
 * Removes up to `limit` files from the statuses of these authors.
 *
 * @returns the number of deleted rows, the names of files stored here, and the URLs of remote files
 */
export async function forgetMedia(
  tx: Tx,
  authors: readonly AccountId[],
  limit: number,
): Promise<{ count: number; files: (string | null)[]; urls: (string | null)[] }> {
  const { rows } = await tx.execute<Record<'file' | 'preview' | 'url' | 'previewUrl', string | null>>(sql`
    with gone as (
      delete from media where id = any(array(select id from media where account_id = any(${arrayOf(authors)}::bigint[]) limit ${limit}))
      returning status_id, file, preview_file, remote_url, preview_remote_url),
    without as (update statuses set has_media = false where id in (select status_id from gone))
    select file, preview_file as preview, remote_url as url, preview_remote_url as "previewUrl" from gone`)
  return {
    count: rows.length,
    files: rows.flatMap(({ file, preview }) => [file, preview]),
    urls: rows.flatMap(({ url, previewUrl }) => [url, previewUrl]),
  }
}
