/** Removes images, videos and sounds of servers whose media a rule rejects. The texts stay. */
import { sql } from 'drizzle-orm'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { emit } from '../outbox/emit.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Db, Tx } from '../platform/db/index.ts'
import type { AccountId, CardId } from '../platform/ids.ts'
import { forgetMedia } from '../statuses/forget-media.ts'

const filesPerJob = 100
const mediaAtATime = 1_000
const cardsAtATime = 1_000
const filesAtATime = 1_000

/**
 * Removes the media of a server's accounts and emojis.
 *
 * @param each calls `work` with all accounts of the server, in batches
 */
export async function removeMediaOf(
  db: Db,
  domain: string,
  each: (work: (ids: AccountId[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  await each(async (ids) => {
    await db.transaction(async (tx) => {
      const { rows } = await tx.execute<Record<'avatar' | 'header' | 'avatarUrl' | 'headerUrl', string | null>>(sql`
        with had as (select id, avatar_file as avatar, header_file as header, avatar_remote_url, header_remote_url from accounts where id = any(${arrayOf(ids)}::bigint[])
          and (avatar_file is not null or header_file is not null or avatar_remote_url is not null or header_remote_url is not null) for update)
        update accounts set avatar_file = null, header_file = null, avatar_remote_url = null, header_remote_url = null, avatar_description = '', header_description = ''
        from had where accounts.id = had.id returning had.avatar, had.header, had.avatar_remote_url as "avatarUrl", had.header_remote_url as "headerUrl"`)
      await orphan(
        tx,
        rows.flatMap(({ avatar, header }) => [avatar, header]),
      )
      await forgetRemoteFiles(
        tx,
        rows.flatMap(({ avatarUrl, headerUrl }) => [avatarUrl, headerUrl]),
      )
    })
    for (let left = mediaAtATime; left === mediaAtATime;) {
      left = await db.transaction(async (tx) => {
        const { count, files, urls } = await forgetMedia(tx, ids, mediaAtATime)
        await orphan(tx, files)
        await forgetRemoteFiles(tx, urls)
        return count
      })
    }
  })
  await db.transaction(async (tx) => {
    const { rows } = await tx.execute<Record<'file' | 'still' | 'url', string | null>>(
      sql`delete from custom_emojis where domain = ${domain} returning file, static_file as still, remote_url as url`,
    )
    await orphan(
      tx,
      rows.flatMap(({ file, still }) => [file, still]),
    )
    await forgetRemoteFiles(
      tx,
      rows.map(({ url }) => url),
    )
  })
}

/** Removes the previews of pages on the rejected hosts, for statuses of all accounts. */
export async function removePreviewsOf(db: Db, isRejected: (host: string) => boolean): Promise<void> {
  for (let after = '0' as CardId, count = cardsAtATime; count === cardsAtATime;) {
    const { rows } = await db.execute<{ id: CardId; host: string }>(sql`
      select id, split_part(url, '/', 3) as host from cards where id > ${after} and is_usable order by id limit ${cardsAtATime}`)
    count = rows.length
    after = rows.at(-1)?.id ?? after
    const ids = rows.filter(({ host }) => isRejected(host)).map(({ id }) => id)
    if (ids.length === 0) continue
    await db.transaction(async (tx) => {
      const had = await tx.execute<{ image: string | null }>(sql`
        with had as (select id, image_file from cards where id = any(${arrayOf(ids)}::bigint[]) for update)
        update cards set is_usable = false, image_file = null, image_description = '', blurhash = null, width = 0, height = 0 from had where cards.id = had.id returning had.image_file as image`)
      await orphan(
        tx,
        had.rows.map(({ image }) => image),
      )
    })
  }
}

/** Removes copies of files on the rejected hosts, for statuses of all accounts. */
export async function removeCopiesOf(db: Db, isRejected: (host: string) => boolean): Promise<void> {
  for (let after = '', count = filesAtATime; count === filesAtATime;) {
    const { rows } = await db.execute<{ url: string; host: string }>(sql`
      select url, split_part(url, '/', 3) as host from remote_files where url > ${after} group by url order by url limit ${filesAtATime}`)
    count = rows.length
    after = rows.at(-1)?.url ?? after
    const urls = rows.filter(({ host }) => isRejected(host)).map(({ url }) => url)
    if (urls.length === 0) continue
    await db.transaction(async (tx) => {
      const gone = await tx.execute<{ file: string | null; small: string | null }>(
        sql`delete from remote_files where url = any(${sql.param(urls)}::text[]) returning file, small_file as small`,
      )
      await orphan(
        tx,
        gone.rows.flatMap(({ file, small }) => [file, small]),
      )
    })
  }
}

async function orphan(tx: Tx, names: (string | null)[]): Promise<void> {
  const files = names.filter((name) => name !== null)
  for (let i = 0; i < files.length; i += filesPerJob)
    await emit(tx, { type: 'files.orphaned', files: files.slice(i, i + filesPerJob) })
}
