/**
 * Databases with all tables and no rows. Making one takes 40 ms, dropping it 20, and its first connections read the catalogue for as
 * long again. So a database that a test gives back is emptied and used again, in the same file with its connections. If the test
 * changed tables, functions, statistics or settings, it is dropped.
 */
import type { Pool, PoolClient } from 'pg'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { openPool } from '#src/platform/db/index.ts'
import { shapeQuery } from './template.ts'

/** A database, which is nobody else's until it is given back. */
export type Lease = { url: string; drop(): Promise<void> }

type Held = { name: string; uses: number; pool: Pool; pids: Set<number> }

/** Emptying leaves dead rows behind. */
const maxUses = 40
/** Bytes of all tables; emptying larger ones takes longer than a copy. */
const maxSize = 3 * 1024 * 1024
/** Milliseconds that a statement, or the end of the statements of a test, is waited for. */
const patience = 5_000

/** A table whose rows are read by their place, so that dead ones count. */
const walked = 'received_activities'

/** With their connections, for the next test of this worker. */
const idle: Held[] = []
afterAll(async () => {
  for (const held of idle.splice(0)) {
    await held.pool.end()
    await administer(`insert into free_databases values ('${held.name}', ${held.uses})`)
  }
})

/** A database for processes, which open connections of their own. */
export async function leaseDatabase(): Promise<Lease> {
  const { pool, name } = await hold(1)
  return {
    url: urlOf(name),
    async drop() {
      await pool.end()
      await administer(`drop database ${name} with (force)`)
    },
  }
}

/** A database with a pool of connections, which later tests use again. */
export async function leasePool(poolSize: number): Promise<Lease & { pool: Pool }> {
  const at = idle.findLastIndex(({ pool }) => pool.options.max === poolSize)
  const held = idle.splice(at, at < 0 ? 0 : 1)[0] ?? (await hold(poolSize))
  const { pool, close } = untilClosed(held.pool)
  return {
    url: urlOf(held.name),
    pool,
    async drop() {
      close()
      held.uses++
      if (held.uses < maxUses && (await isUnused(held.pool)) && (await empty(held))) return void idle.push(held)
      await held.pool.end()
      await administer(`drop database ${held.name} with (force)`)
    },
  }
}

async function hold(poolSize: number): Promise<Held> {
  const [free] = await administer<{ name: string; uses: number }>(
    'delete from free_databases where name = (select name from free_databases limit 1 for update skip locked) returning name, uses',
  )
  const name = free?.name ?? `test_${crypto.randomUUID().replaceAll('-', '')}`
  // Copying files is quicker than writing them to the log first, as nothing waits for disks here.
  if (!free) await administer(`create database ${name} template template_pipit strategy file_copy`)
  const pool = openPool(urlOf(name), poolSize)
  const pids = new Set<number>()
  pool.on('connect', (client) => pids.add(pidOf(client)))
  pool.on('remove', (client) => pids.delete(pidOf(client)))
  return { name, uses: free?.uses ?? 0, pool, pids }
}

const pidOf = (client: PoolClient): number => (client as PoolClient & { processID: number }).processID

const urlOf = (name: string): string => Object.assign(new URL(inject('template')), { pathname: `/${name}` }).href

/** A pool that a test may close or change, without an effect on the pool behind it. */
function untilClosed(behind: Pool): { pool: Pool; close(): void } {
  const own: Partial<Record<PropertyKey, unknown>> = {
    ending: false,
    end: async () => {
      own['ending'] = own['ended'] = true
    },
  }
  const closed = () => Promise.reject(new Error('Cannot use a pool after calling end on the pool'))
  const pool = new Proxy(behind, {
    get(target, name) {
      if (own['ending'] && (name === 'query' || name === 'connect')) return closed
      if (name in own) return own[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set(_, name, value) {
      own[name] = value
      return true
    },
  })
  return { pool, close: () => void (own['ending'] = own['ended'] = true) }
}

/** Waits for statements that a test began and did not wait for. */
async function isUnused(pool: Pool): Promise<boolean> {
  for (const end = Date.now() + patience; pool.waitingCount > 0 || pool.idleCount < pool.totalCount;) {
    if (Date.now() > end) return false
    await new Promise((done) => setTimeout(done, 5))
  }
  return true
}

/** Deletes all rows, and resets all sequences and connections. @returns false if the database can't be used again */
async function empty({ pool, pids }: Held): Promise<boolean> {
  const clients: PoolClient[] = []
  try {
    for (let count = Math.max(pool.totalCount, 1); count > 0; count--) clients.push(await pool.connect())
    const [client] = clients as [PoolClient]
    await client.query(
      `select pg_terminate_backend(pid, ${patience}) from pg_stat_activity where datname = current_database() and pid <> all ($1::int[])`,
      [[...pids]],
    )
    const { rows: found } = await client.query<{ shape: string }>(shapeQuery)
    if (found[0]?.shape !== inject('shape')) return false
    const { rows: tables } = await client.query<{ name: string; size: number }>(`
      select oid::regclass::text as name, pg_relation_size(oid)::int as size from pg_class
      where relkind = 'r' and oid >= 16384 and pg_relation_size(oid) > 0
        and oid <> all (array['drizzle.__drizzle_migrations', 'graphile_worker.migrations']::regclass[]) and relnamespace <> 'pg_toast'::regnamespace`)
    if (tables.reduce((sum, { size }) => sum + size, 0) > maxSize) return false
    for (const each of clients) await each.query('reset all; select pg_advisory_unlock_all()')
    // As a replica, it runs no triggers and checks no foreign keys.
    await client.query(
      [
        'begin; set local session_replication_role = replica',
        ...tables.map(({ name }) => (name === walked ? `truncate ${name}` : `delete from ${name}`)),
        `select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences where last_value is not null and schemaname <> 'drizzle'`,
        'commit; select pg_stat_reset()',
      ].join(';'),
    )
    return true
  } catch {
    return false
  } finally {
    for (const client of clients) client.release()
  }
}

/** Runs a statement outside of the tests' databases. */
async function administer<Row>(statement: string): Promise<Row[]> {
  const client = new Client(urlOf('postgres'))
  await client.connect()
  const { rows } = await client.query(statement)
  await client.end()
  return rows
}
