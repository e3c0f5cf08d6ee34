/** The PostgreSQL of the big bench: set up as for an instance of that size, and without safety while it is filled. */
import { Client } from 'pg'
import { ensureCluster } from '#src/platform/db/embedded/cluster.ts'
import { runningServer, startServer, stopServer, urlOf } from '#src/platform/db/embedded/server.ts'

/** Settings for a machine with 8 GB of memory and an SSD. */
const production = {
  shared_buffers: '2GB',
  effective_cache_size: '6GB',
  work_mem: '16MB',
  maintenance_work_mem: '512MB',
  random_page_cost: '1.1',
  effective_io_concurrency: '200',
  max_wal_size: '4GB',
  max_connections: '50',
  jit: 'off',
}
const careless = {
  ...production,
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '16GB',
  autovacuum: 'off',
  maintenance_work_mem: '1GB',
  work_mem: '256MB',
  checkpoint_timeout: '30min',
}

export type BigServer = {
  url: string
  /** Makes the database anew, empty. */
  empty(): Promise<void>
  stop(): Promise<void>
}

/** Starts PostgreSQL on a data folder, which `DATA_DIR` may name afterwards. */
export async function startBigServer(folder: string, mode: 'production' | 'careless'): Promise<BigServer> {
  const cluster = await ensureCluster(folder, { sync: false })
  const left = await runningServer(cluster)
  if (left) await stopServer(cluster, left.pid)
  const { pid, port } = await startServer(cluster, 0, mode === 'production' ? production : careless)
  const administer = async (run: (client: Client) => Promise<void>) => {
    const client = new Client(urlOf(cluster, port, 'postgres'))
    await client.connect()
    await run(client).finally(() => client.end())
  }
  return {
    url: urlOf(cluster, port, 'pipit'),
    empty: () =>
      administer(async (client) => {
        await client.query('drop database if exists pipit with (force)')
        await client.query('create database pipit')
      }),
    stop: () => stopServer(cluster, pid),
  }
}
