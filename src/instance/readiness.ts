import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { App } from '../app.ts'
import { type Db, isDatabaseAway } from '../db/index.ts'
import { MigrationError, pendingMigrations } from '../db/migrate.ts'
import { isDiskFull } from '../disk-full.ts'

/** Why the instance can't serve people at the moment, or not all that they want: one sentence each; none when it can. */
export async function problems({ db, config }: { db: Db; config: Pick<App['config'], 'dataDir'> }): Promise<string[]> {
  const [ofDatabase, ofFolder] = await Promise.all([problemsOfDatabase(db), problemsOfFolder(config.dataDir)])
  return [...ofDatabase, ...ofFolder]
}

async function problemsOfDatabase(db: Db): Promise<string[]> {
  try {
    if ((await pendingMigrations(db)) > 0) return ['The database lacks migrations']
    await db.transaction(async (tx) => {
      // More than PostgreSQL may sort in memory here: it goes to its disk, and leaves nothing there.
      await tx.execute(sql`set local work_mem = '64kB'`)
      await tx.execute(sql`select count(*) from (select n from generate_series(1, 5000) n order by md5(n::text) offset 1) spilled`)
    })
    return []
  } catch (error) {
    if (error instanceof MigrationError) return [error.message]
    if (isDiskFull(error)) return ['The disk of the database is full']
    if (isDatabaseAway(error)) return ['The database is not reachable']
    throw error
  }
}

const folderIsFull = 'The disk of the data folder is full'
/** Bytes that have to fit, within quotas, too. */
const probe = Buffer.alloc(65_536)
/** What the embedded PostgreSQL takes at once for its log; without it, it stops. */
const minFreeBytes = 16_777_216

async function problemsOfFolder(folder: string): Promise<string[]> {
  const path = join(folder, '.room')
  try {
    await writeFile(path, probe)
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize < minFreeBytes ? [folderIsFull] : []
  } catch (error) {
    if (isDiskFull(error)) return [folderIsFull]
    const { code } = error as NodeJS.ErrnoException
    // It is made when there is something to put there, which may be never.
    return code === 'ENOENT' ? [] : [`The data folder can’t be written to (${code})`]
  } finally {
    // What is there already would fit the next time, too.
    await rm(path, { force: true })
  }
}
