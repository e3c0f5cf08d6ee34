import type { Reader } from '../index.ts'
import { MigrationError, pendingMigrations } from '../migrate.ts'
import { checkPresence, checkValidity } from './catalogue.ts'
import type { Finding } from './finding.ts'
import { checkBloat, checkVacuum } from './upkeep.ts'

/** What is wrong with the tables themselves. It reads the catalogue and statistics, not the rows. */
export async function checkTables(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const lag = await lagging(db)
  // Before its migrations a database lacks what they make.
  const presence = lag.length > 0 ? [] : await checkPresence(db)
  return [...lag, ...(await checkValidity(db)), ...presence, ...(await checkBloat(db)), ...(await checkVacuum(db))]
}

async function lagging(db: Pick<Reader, 'execute'>): Promise<Finding[]> {
  const of = (problem: string, advice: string): Finding => ({
    kind: 'migrations',
    what: 'the database',
    problem,
    advice,
  })
  try {
    const pending = await pendingMigrations(db)
    return pending > 0 ? [of(`lacks ${pending} migrations`, 'npx pipit db migrate')] : []
  } catch (error) {
    if (error instanceof MigrationError) return [of('is one of a newer Pipit', error.message)]
    throw error
  }
}
