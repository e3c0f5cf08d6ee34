/** A database of its own for a test, with the other arguments of use cases. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { type Config, loadConfig } from '#src/platform/config.ts'
import { databaseOver, type Db } from '#src/platform/db/index.ts'
import { openHttp } from '#src/platform/http/client.ts'
import type { RemoteLookup } from '#src/platform/remote.ts'
import { loadSecrets } from '#src/platform/secrets.ts'
import { localStorage } from '#src/platform/storage/storage.ts'
import { urisOf } from '#src/platform/uris.ts'
import { domainGate } from '#src/rules/servers/gate.ts'
import { leasePool } from './databases.ts'

export type TestDatabase = AsyncDisposable & {
  url: string
  db: Db
  app: App
  /** The port `app.remote`: finds nothing, until a test sets other functions. */
  remote: RemoteLookup
  /** Names of the queued jobs, in the order in which they were queued. */
  jobs(): Promise<string[]>
  /** Payloads of the queued jobs of a name, in the order in which they were queued. */
  jobPayloads<Name extends keyof Jobs>(name: Name): Promise<Jobs[Name][]>
}

const usualPoolSize = '5'

/**
 * Makes a database with all tables and no rows, which is given back after the test: `await using t = await database()`.
 *
 * @param env settings that differ from the defaults, as in the environment; `ORIGIN` is `https://pipit.test` unless given
 */
export async function database(env: NodeJS.ProcessEnv = {}): Promise<TestDatabase> {
  const { url, pool, drop } = await leasePool(Number(env['DB_POOL_SIZE'] ?? usualPoolSize))
  const folder = await mkdtemp(join(tmpdir(), 'pipit-files-'))
  const config: Config = loadConfig(
    {
      ORIGIN: 'https://pipit.test',
      DATA_DIR: folder,
      DATABASE_URL: url,
      DB_POOL_SIZE: usualPoolSize,
      LOG_LEVEL: 'fatal',
      // Nobody answers there: no test asks the DNS of the world.
      DNS_SERVERS: '127.0.0.1:9',
      ...env,
    },
    folder,
  )
  const db = databaseOver(pool)
  const remote: RemoteLookup = {
    account: async () => null,
    url: async () => null,
    refresh: async () => {},
    reread: async () => {},
    interactionPage: async () => null,
  }
  const http = openHttp(config, domainGate(db))
  const secrets = await loadSecrets(db)
  const app: App = Object.freeze({
    config,
    http,
    db,
    uris: urisOf(config, secrets),
    secrets,
    storage: localStorage(join(folder, 'media')),
    remote,
  })

  return {
    url,
    db,
    app,
    remote,
    async jobs() {
      const { rows } = await db.execute<{ name: string }>(
        sql`select task_identifier as name from graphile_worker.jobs order by id`,
      )
      return rows.map((row) => row.name)
    },
    async jobPayloads<Name extends keyof Jobs>(name: Name) {
      const { rows } = await db.execute<{ payload: Jobs[Name] }>(sql`
        select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
        where t.identifier = ${name} order by j.id`)
      return rows.map((row) => row.payload)
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]()
      await drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
