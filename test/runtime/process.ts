/** Pipit as a process of its own, as a person would start it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cleanEnvironment } from '../clean-environment.ts'
import { waitMs } from '../patience.ts'

export const root = resolve(import.meta.dirname, '../..')

export type Running = AsyncDisposable & {
  child: ChildProcess
  pid: number
  port: number
  /** The output so far. */
  stdout(): string
  stderr(): string
  /** Waits for the end; resolves with the exit code, or the signal that ended it. */
  ended: Promise<number | string>
  /** Waits until it has printed a text. Rejects if it ends before. */
  printed(text: string): Promise<void>
  get(path: string): Promise<Response>
}

/** Starts an entry file of Pipit. It is killed when the test is over, unless it has ended. */
export async function start(
  env: NodeJS.ProcessEnv,
  args: string[] = ['web/main.ts', '--with-worker'],
): Promise<Running> {
  const port = Number(env['PORT'] ?? (await freePort()))
  const child = spawn(
    process.execPath,
    ['--import', 'tsx/esm', '--import', './src/process/quick-imports.ts', ...args],
    { cwd: root, env: { ...cleanEnvironment(), PORT: String(port), ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  let hasEnded = false
  void ended.then(() => (hasEnded = true))
  return {
    child,
    pid: child.pid ?? 0,
    port,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    async printed(text) {
      for (const deadline = performance.now() + waitMs; !stdout.includes(text); await sleep(20)) {
        if (hasEnded) throw new Error(`It ended without saying ${text}: ${stderr}`)
        if (performance.now() > deadline) throw new Error(`It did not say ${text} in time: ${stdout} ${stderr}`)
      }
    },
    get: (path) => fetch(`http://localhost:${port}${path}`),
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill('SIGKILL')
      await ended
    },
  }
}

/** A folder that is removed after the test; an embedded PostgreSQL that still runs in it is ended. */
export async function dataFolder(): Promise<AsyncDisposable & { path: string; postgres(): Promise<number | null> }> {
  const path = await mkdtemp(join(tmpdir(), 'pipit-data-'))
  const postgres = async () => {
    const pid = Number((await readFile(join(path, 'postgres/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
    return pid > 0 && (await runs(pid)) ? pid : null
  }
  return {
    path,
    postgres,
    async [Symbol.asyncDispose]() {
      const pid = await postgres()
      if (pid) {
        process.kill(pid, 'SIGQUIT')
        while (await runs(pid)) await sleep(20)
      }
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Whether a process is a running PostgreSQL server, and not a zombie. */
export async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /^\d+ \(postgres\) [^ZX]/.test(stat)
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
