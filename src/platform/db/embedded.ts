/**
 * The embedded PostgreSQL, for starting Pipit with one command. Server, worker and commands on one data folder share it:
 * the first process starts it, the last one stops it, and a PostgreSQL that survived a crash of Pipit is used again.
 *
 * Advisory locks in its database `postgres` show which processes use it. Each process holds them on one connection for as
 * long as it lives, so they vanish with it, however it ends.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { getLogger } from '../log.ts'
import { type Cluster, ensureCluster } from './embedded/cluster.ts'
import { EmbeddedError } from './embedded/errors.ts'
import { type Server, startServer, stopServer, urlOf } from './embedded/server.ts'
import { isDatabaseAway, sqlState } from './index.ts'

export { EmbeddedError }

export type Embedded = {
  /** Stays the same while it is open, also when PostgreSQL has to be started again. */
  url: string
  /** Releases the server, and stops it if no other process uses it. */
  close(): Promise<void>
}

type Hold = { client: Client; server: Server }

const log = getLogger('db')
const database = 'pipit'
/** Held shared by every process that uses the server, and exclusively by the one that stops it. */
const usageLock = 7_072_010
/** Held by the process that serves the website of a data folder. */
const webLock = 7_072_011

/**
 * Opens the embedded PostgreSQL of a data folder; makes and starts it where needed. After a crash it is started again.
 *
 * @param options.exclusive for the process that serves the website, of which there is one on a data folder
 * @throws EmbeddedError when it can't be run, or another process serves the website
 */
export async function openEmbedded(dataDir: string, { exclusive = false } = {}): Promise<Embedded> {
  const cluster = await ensureCluster(dataDir)
  let hold = await acquire(cluster, 0, exclusive)
  const { port } = hold.server
  const closing = new AbortController()
  let recovery = Promise.resolve()

  const watch = () => {
    hold.client.once('end', () => {
      if (!closing.signal.aborted) recovery = recover()
    })
  }
  const recover = async () => {
    log.error('The embedded PostgreSQL is gone; starting it again')
    for (let failures = 0; !closing.signal.aborted; failures++) {
      try {
        hold = await acquire(cluster, port, exclusive)
        watch()
        if (hold.server.port !== port) log.fatal('The embedded PostgreSQL now listens on another port; restart Pipit')
        else log.info('The embedded PostgreSQL runs again')
        return
      } catch (error) {
        log.error('The embedded PostgreSQL does not start: {error}', { error })
        await sleep(Math.min(500 * 2 ** failures, 15_000), undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  watch()
  return {
    url: urlOf(cluster, port, database),
    async close() {
      closing.abort()
      await recovery
      await release(cluster, hold)
    },
  }
}

/** Starts the server if need be and takes the locks. */
async function acquire(cluster: Cluster, preferredPort: number, exclusive: boolean): Promise<Hold> {
  for (let attempt = 1; ; attempt++) {
    const server = await startServer(cluster, preferredPort)
    const client = new Client({
      connectionString: urlOf(cluster, server.port, 'postgres'),
      application_name: `pipit, process ${process.pid}`,
      connectionTimeoutMillis: 10_000,
    })
    client.on('error', (error) => log.debug('Lost the embedded PostgreSQL: {message}', { message: error.message }))
    try {
      await client.connect()
      // Waits while another process stops the server; then this connection breaks, and the server is started again.
      await client.query('select pg_advisory_lock_shared($1)', [usageLock])
      await ensureDatabase(client)
      if (exclusive) await takeWebLock(client, cluster)
      return { client, server }
    } catch (error) {
      if (sqlState(error) === '28P01')
        throw new EmbeddedError(
          `The password in ${cluster.passwordFile} is not that of the database in ${cluster.data}`,
          { cause: error },
        )
      if (!isDatabaseAway(error) || attempt === 20) {
        await release(cluster, { client, server }).catch(() => {})
        throw error
      }
      await client.end().catch(() => {})
      await sleep(100)
    }
  }
}

async function takeWebLock(client: Client, cluster: Cluster): Promise<void> {
  // The session of a process that was just killed may take about a second to end.
  for (let attempt = 1; attempt <= 10; attempt++) {
    const {
      rows: [row],
    } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [webLock])
    if (row?.taken) return
    await sleep(100)
  }
  const {
    rows: [other],
  } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.objid = $1`,
    [webLock],
  )
  throw new EmbeddedError(
    `Pipit already runs on the data folder ${cluster.folder}${other ? ` (${other.name})` : ''}; stop it first, or set another DATA_DIR`,
  )
}

async function ensureDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  if (rowCount) return
  await client.query(`create database ${database}`).catch((error: unknown) => {
    // Another process made it meanwhile.
    if (!['42P04', '23505'].includes(sqlState(error) ?? '')) throw error
  })
}

async function release(cluster: Cluster, { client, server }: Hold): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [usageLock])
    const {
      rows: [row],
    } = await client.query<{ isLast: boolean }>('select pg_try_advisory_lock($1) as "isLast"', [usageLock])
    if (row?.isLast) await stopServer(cluster, server.pid)
  } catch (error) {
    // It is gone already.
    if (!isDatabaseAway(error)) throw error
  } finally {
    await client.end().catch(() => {})
  }
}
