import { loadConfig } from '#src/config.ts'
import { openEmbedded } from '#src/db/embedded.ts'
import { migrate as applyMigrations } from '#src/db/migrate.ts'
import { configureLogging } from '#src/log.ts'
import { environment, home, run } from '../session.ts'

/** `db migrate` */
export function migrate(options: { json?: boolean }): Promise<void> {
  return run(options.json ?? false, async (closing) => {
    const config = loadConfig(environment(), home)
    configureLogging(config.logLevel)
    const url = config.databaseUrl ?? (await embedded(config.dataDir, closing))
    const applied = await applyMigrations(url)
    return { data: { applied }, lines: [applied === 0 ? 'The database is up to date' : `Applied ${applied} ${applied === 1 ? 'migration' : 'migrations'}`] }
  })
}

async function embedded(dataDir: string, closing: AsyncDisposableStack): Promise<string> {
  const server = await openEmbedded(dataDir)
  closing.defer(() => server.close())
  return server.url
}
