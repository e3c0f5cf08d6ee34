/** Finds, starts and stops the server process of an embedded PostgreSQL. It outlives the process that started it. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Cluster, isAlive, superuser } from './cluster.ts'
import { EmbeddedError } from './errors.ts'
import { spawnAs } from './run-as.ts'

export type Server = { pid: number; port: number; isReady: boolean }

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  // The process that sent a statement logs its errors, with less of the data in them.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_timezone: 'UTC',
}
const logLimit = 5_000_000
const pollMs = 20
/** How long a server may take to start; after a crash it first replays its log. */
const startTimeoutMs = 300_000

/** The connection string of a server of the cluster. */
export const urlOf = (cluster: Pick<Cluster, 'password'>, port: number, database: string): string =>
  `postgres://${superuser}:${cluster.password}@127.0.0.1:${port}/${database}`

/**
 * Starts a server, or waits for the one that is already starting, until it takes connections.
 *
 * @param preferredPort taken if it is free; any free port otherwise
 * @param extra more settings, for tests
 * @throws EmbeddedError when it does not start
 */
export async function startServer(
  cluster: Cluster,
  preferredPort = 0,
  extra: Record<string, string> = {},
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const running = await runningServer(cluster)
    if (running?.isReady) return running
    if (running) {
      await untilReadyOrGone(cluster, running.pid)
      continue
    }
    try {
      return await launch(cluster, await freePort(attempt === 1 ? preferredPort : 0), extra)
    } catch (error) {
      // Another process may have been quicker, or may have taken the port: look again.
      if (attempt >= 5) throw error
      await sleep(attempt * 200)
    }
  }
}

/** The running server of a cluster, or null. The lock file of a killed one does not count, even if its process id is in use again. */
export async function runningServer({ data }: Pick<Cluster, 'data'>): Promise<Server | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!(pid > 0) || !(await isServerOf(data, pid))) return null
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
}

/**
 * Stops a server: it ends all sessions, writes its files and exits. A server that takes longer than 15 seconds is stopped at
 * once, which costs the next start some time and no data.
 */
export async function stopServer(cluster: Cluster, pid: number): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 3_000],
  ] as const) {
    if (!(await isServerOf(cluster.data, pid))) return
    process.kill(pid, signal)
    for (let waited = 0; waited < patienceMs; waited += pollMs) {
      if (!(await isServerOf(cluster.data, pid))) return
      await sleep(pollMs)
    }
  }
}

async function launch(cluster: Cluster, port: number, extra: Record<string, string>): Promise<Server> {
  await releaseRecycledPid(cluster)
  if (((await stat(cluster.log).catch(() => null))?.size ?? 0) > logLimit) await truncate(cluster.log)
  await using log = await open(cluster.log, 'a', 0o600)
  const logStart = (await log.stat()).size
  const args = Object.entries({ ...settings, port: String(port), ...extra }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  // A session of its own, so that Ctrl-C in the terminal reaches us and not the server, which we still need then.
  const child = spawnAs(cluster.runAs, cluster.binaries.postgres, ['-D', cluster.data, ...args], {
    cwd: cluster.data,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  await once(child, 'spawn')

  for (let waited = 0; waited < startTimeoutMs; waited += pollMs) {
    const running = await runningServer(cluster)
    if (running?.isReady && running.pid === child.pid) return running
    if (child.exitCode !== null || child.signalCode !== null) {
      const complaint = (await readFile(cluster.log, 'utf8')).slice(logStart)
      const fatal =
        complaint.split('\n').findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? complaint.trim().split('\n').at(-1)
      throw new EmbeddedError(
        `PostgreSQL does not start on ${cluster.data}: ${fatal || `it ended with ${child.exitCode ?? child.signalCode}`} (more in ${cluster.log})`,
      )
    }
    await sleep(pollMs)
  }
  throw new EmbeddedError(`PostgreSQL did not become ready on ${cluster.data} (see ${cluster.log})`)
}

async function untilReadyOrGone(cluster: Cluster, pid: number): Promise<void> {
  for (let waited = 0; waited < startTimeoutMs; waited += pollMs) {
    const running = await runningServer(cluster)
    if (running?.pid !== pid || running.isReady) return
    await sleep(pollMs)
  }
  throw new EmbeddedError(`PostgreSQL (process ${pid}) did not become ready on ${cluster.data} (see ${cluster.log})`)
}

/** Whether a process is the PostgreSQL server of a data folder, rather than another process with a reused id. */
async function isServerOf(data: string, pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    try {
      const [name, cwd, own] = await Promise.all([
        readFile(`/proc/${pid}/comm`, 'utf8'),
        stat(`/proc/${pid}/cwd`),
        stat(data),
      ])
      return name.trim() === 'postgres' && cwd.dev === own.dev && cwd.ino === own.ino
    } catch {
      return false
    }
  }
  const command = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  )
  return command.includes('postgres') && command.includes(data)
}

/**
 * PostgreSQL refuses to start when its lock file names a running process, which may be any process after a restart of the
 * machine. It ignores the id of its own parent, so ours is written there. Without the file PostgreSQL could not see whether
 * sessions of the earlier server are still running.
 */
async function releaseRecycledPid({ data }: Cluster): Promise<void> {
  const path = join(data, 'postmaster.pid')
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (pid > 0 && isAlive(pid) && !(await isServerOf(data, pid)))
    await writeFile(path, [process.pid, ...lines.slice(1)].join('\n'))
}

async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    const { port: free } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return free
  }
  throw new EmbeddedError('No free port on 127.0.0.1 for PostgreSQL')
}
