import type { Reader } from '../index.ts'
import { MigrationError, pendingMigrations } from '../migrate.ts'
import { checkPresence, checkValidity } from './catalogue.ts'
import type { Finding } from './finding.ts'
import { checkBloat, checkVacuum } from './vacuum.ts'

/** Finds problems of the tables themselves. It reads the catalogue and statistics, not the rows. */
export async function checkTables(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const migrations = await checkMigrations(db)
  // Before its migrations a database lacks the tables that they make.
  const presence = migrations.length > 0 ? [] : await checkPresence(db)
  return [
    ...migrations,
    ...(await checkValidity(db)),
    ...presence,
    ...(await checkBloat(db)),
    ...(await checkVacuum(db)),
  ]
}

async function checkMigrations(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const finding = (problem: string, advice: string): Finding => ({
    kind: 'migrations',
    what: 'the database',
    problem,
    advice,
  })
  try {
    const pending = await pendingMigrations(db)
    return pending > 0 ? [finding(`lacks ${pending} migrations`, 'npx pipit db migrate')] : []
  } catch (error) {
    if (error instanceof MigrationError) return [finding('is one of a newer Pipit', error.message)]
    throw error
  }
}
