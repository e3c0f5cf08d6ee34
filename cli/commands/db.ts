import { recount } from '#src/instance/recount.ts'
import { loadConfig } from '#src/platform/config.ts'
import type { Finding } from '#src/platform/db/check/finding.ts'
import { checkTables } from '#src/platform/db/check/index.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect } from '#src/platform/db/index.ts'
import { migrate as applyMigrations } from '#src/platform/db/migrate.ts'
import { configureLogging } from '#src/platform/log.ts'
import { environment, home, run } from '../session.ts'

const progressMs = 5_000

/** `db migrate` */
export function migrate(options: { json?: boolean }): Promise<void> {
  return run(options.json ?? false, async (closing) => {
    const applied = await applyMigrations(await databaseUrl(closing))
    return {
      data: { applied },
      lines: [
        applied === 0
          ? 'The database is up to date'
          : `Applied ${applied} ${applied === 1 ? 'migration' : 'migrations'}`,
      ],
    }
  })
}

/** `db check`, which migrates nothing: it is for databases with problems. */
export function check(options: { json?: boolean; repair?: boolean }): Promise<void> {
  return run(options.json ?? false, async (closing) => {
    const db = connect(await databaseUrl(closing), 1)
    closing.defer(() => db.$client.end())
    const tables = await checkTables(db)
    // Rows of another schema can't be counted, and without an index the count would take for ever.
    const canCount = !tables.some(({ kind }) => kind === 'migrations' || kind === 'missing')
    const counters = canCount
      ? await recount(db, { repairs: options.repair ?? false, onProgress: reporter() })
      : { findings: [], wrong: 0, repaired: 0 }
    const findings = [...tables, ...counters.findings]
    const isWrong = findings.some(({ advice }) => advice !== null)
    const { wrong, repaired } = counters
    return {
      data: { findings, wrongCounters: wrong, repairedCounters: repaired },
      lines: [
        ...findings.map(line),
        ...(repaired > 0 ? [`Set ${repaired} ${repaired === 1 ? 'row' : 'rows'} of counters right`] : []),
        ...(isWrong ? [] : ['The database is in order']),
      ],
      notes: canCount ? [] : ['The counters were not looked at, as parts of the schema are missing'],
      isWrong,
    }
  })
}

const line = ({ what, problem, advice }: Finding): string =>
  `${what}: ${problem}${advice === null ? '' : ` (${advice})`}`

/** Prints the progress of a long run from time to time. */
function reporter(): (table: string, rows: number) => void {
  let lastReport = Date.now()
  return (table, rows) => {
    if (Date.now() - lastReport < progressMs) return
    lastReport = Date.now()
    process.stderr.write(`${table}: looked at ${rows.toLocaleString('en')} rows\n`)
  }
}

async function databaseUrl(closing: AsyncDisposableStack): Promise<string> {
  const config = loadConfig(environment(), home)
  configureLogging(config.logLevel)
  return config.databaseUrl ?? (await embedded(config.dataDir, closing))
}

async function embedded(dataDir: string, closing: AsyncDisposableStack): Promise<string> {
  const server = await openEmbedded(dataDir)
  closing.defer(() => server.close())
  return server.url
}
