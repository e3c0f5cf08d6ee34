import type { Db } from '../db/index.ts'
import { isDatabaseAway } from '../db/index.ts'
import { MigrationError, pendingMigrations } from '../db/migrate.ts'

/** Why the instance can't serve people at the moment: one sentence each; none when it can. */
export async function problems(db: Pick<Db, 'execute'>): Promise<string[]> {
  try {
    return (await pendingMigrations(db)) > 0 ? ['The database lacks migrations'] : []
  } catch (error) {
    if (error instanceof MigrationError) return [error.message]
    if (isDatabaseAway(error)) return ['The database is not reachable']
    throw error
  }
}
