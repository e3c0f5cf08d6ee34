/**
 * Runs before all tests: one PostgreSQL in a temporary folder, tuned for speed rather than safety, with a template database that
 * has all migrations. `databases.ts` copies it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import argon2 from 'argon2'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { generateKeys, type KeyPair } from '#src/accounts/keys/keys.ts'
import { ensureCluster } from '#src/platform/db/embedded/cluster.ts'
import { startServer, urlOf } from '#src/platform/db/embedded/server.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { password } from './password.ts'
import { makeFreeDatabases, shapeQuery } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the template database. */
    template: string
    /** A digest of its tables, functions and settings. */
    shape: string
    /** Hash of the password and keys that accounts of tests get, as making them takes a tenth of a second each. */
    people: { passwordHash: string; keys: KeyPair[][] }
  }
}

/** Tests log in some thousand times, and a hash of the usual cost takes 25 ms each time. */
const cheap = { memoryCost: 1_024, timeCost: 2, parallelism: 1 }

/** More than the number of accounts in a test whose keys must differ. */
const differentKeys = 12

/** Bytes; the tests need a quarter of it at most. */
const enoughMemory = 4 * 1024 ** 3

const careless = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  jit: 'off',
  shared_buffers: '256MB',
  max_connections: '400',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await quickFolder(), 'pipit-test-'))
  const cluster = await ensureCluster(folder, { sync: false })
  const server = await startServer(cluster, 0, careless)
  const reaper = startReaper(server.pid, folder)

  const template = urlOf(cluster, server.port, 'template_pipit')
  const client = new Client(urlOf(cluster, server.port, 'postgres'))
  await client.connect()
  await client.query('create database template_pipit')
  await client.query(makeFreeDatabases)
  await client.end()
  await migrate(template)
  project.provide('shape', await shapeOf(template))
  project.provide('template', template)
  const [passwordHash, ...keys] = await Promise.all([
    argon2.hash(password, cheap),
    ...Array.from({ length: differentKeys }, generateKeys),
  ])
  project.provide('people', { passwordHash, keys })

  return async () => {
    reaper.stdin?.end()
    await once(reaper, 'close')
  }
}

async function shapeOf(url: string): Promise<string> {
  const client = new Client(url)
  await client.connect()
  const { rows } = await client.query<{ shape: string }>(shapeQuery)
  await client.end()
  return rows[0]?.shape ?? ''
}

/** A folder in memory, if there is enough of it, as each test makes and removes a thousand files. */
async function quickFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => null)
  return memory && memory.bavail * memory.bsize > enoughMemory ? '/dev/shm' : tmpdir()
}

/** Ends the server and removes its folder when the tests are over or their process is gone. */
function startReaper(pid: number, folder: string): ChildProcess {
  const script = `
    const { rmSync } = require('node:fs')
    const signal = (name) => { try { return process.kill(${pid}, name) } catch { return false } }
    process.stdin.resume().on('end', () => {
      signal('SIGQUIT')
      const timer = setInterval(() => {
        if (signal(0)) return
        clearInterval(timer)
        rmSync(${JSON.stringify(folder)}, { recursive: true, force: true })
      }, 20)
    })`
  return spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
}
