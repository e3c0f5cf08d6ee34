import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { App } from '../platform/app.ts'
import { isDiskFull } from '../platform/db/disk-full.ts'
import { type Db, isDatabaseAway } from '../platform/db/index.ts'
import { MigrationError, pendingMigrations } from '../platform/db/migrate.ts'

export type Readiness = {
  /** False when no request can be served. When only writes fail, people can still read, and no load balancer should stop that. */
  canServe: boolean
  /** The problems, one sentence each. */
  reasons: string[]
}

/** Whether the instance can serve requests at the moment, and the problems that limit it. */
export async function readiness({
  db,
  config,
}: {
  db: Db
  config: Pick<App['config'], 'dataDir' | 'databaseUrl' | 's3'>
}): Promise<Readiness> {
  // With S3 and an external database only temporary files go to the folder.
  const usesFolder = !config.databaseUrl || !config.s3
  const [ofDatabase, ofFolder] = await Promise.all([
    readinessOfDatabase(db),
    usesFolder ? problemsOfFolder(config.dataDir) : [],
  ])
  return { canServe: ofDatabase.canServe, reasons: [...ofDatabase.reasons, ...ofFolder] }
}

async function readinessOfDatabase(db: Db): Promise<Readiness> {
  try {
    if ((await pendingMigrations(db)) > 0) return unable('The database lacks migrations')
    await db.transaction(async (tx) => {
      // More than PostgreSQL may sort in memory here: it has to write to its disk, and leaves nothing there.
      await tx.execute(sql`set local work_mem = '64kB'`)
      await tx.execute(
        sql`select count(*) from (select n from generate_series(1, 5000) n order by md5(n::text) offset 1) spilled`,
      )
    })
    return { canServe: true, reasons: [] }
  } catch (error) {
    if (error instanceof MigrationError) return unable(error.message)
    if (isDiskFull(error)) return { canServe: true, reasons: ['The disk of the database is full'] }
    if (isDatabaseAway(error)) return unable('The database is not reachable')
    throw error
  }
}

const unable = (reason: string): Readiness => ({ canServe: false, reasons: [reason] })

const folderIsFull = 'The disk of the data folder is full'
/** Bytes that have to fit, also within quotas. */
const probe = Buffer.alloc(65_536)
/** The embedded PostgreSQL allocates this much at once for its log, and stops without it. */
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
    // The folder is made with its first file, which may be never.
    return code === 'ENOENT' ? [] : [`The data folder can’t be written to (${code})`]
  } finally {
    // A failure to remove the file must not hide the reason; the next probe overwrites it.
    await rm(path, { force: true }).catch(() => {})
  }
}
