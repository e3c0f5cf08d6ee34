/**
 * Time from start to the first answered page, with an empty data folder and with an existing one, and the memory of the idle
 * process after it: `node --import tsx test/bench/start.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const restMs = 60_000
const waitMs = 60_000

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

async function start(folder: string, port: number): Promise<{ process: ChildProcess; ms: number }> {
  const began = performance.now()
  const child = spawn('npm', ['start', '--silent'], {
    env: { ...process.env, DATA_DIR: folder, PORT: String(port), LOG_LEVEL: 'warning' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  while (performance.now() - began < waitMs) {
    const answer = await fetch(`http://localhost:${port}/`).catch(() => null)
    if (answer?.ok) return { process: child, ms: performance.now() - began }
    await sleep(20)
  }
  throw new Error('No answer')
}

/** Resident memory in MiB of the node process that npm started, which listens on the port. */
async function memoryOf(child: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  const pids = [String(child.pid), ...children.trim().split(' ')]
  for (const pid of pids.toReversed()) {
    const nested = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
    const candidates = [...nested.trim().split(' '), pid].filter(Boolean)
    for (const candidate of candidates) {
      const command = await readFile(`/proc/${candidate}/cmdline`, 'utf8').catch(() => '')
      if (!command.includes('web/main.ts') || command.startsWith('sh')) continue
      const status = await readFile(`/proc/${candidate}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    }
  }
  return Number.NaN
}

const folder = await mkdtemp(join(tmpdir(), 'pipit-bench-'))
const port = await freePort()
for (const state of ['an empty folder', 'an existing folder', 'an existing folder']) {
  const { process: child, ms } = await start(folder, port)
  process.stdout.write(`first answer on ${state}: ${(ms / 1000).toFixed(2)} s\n`)
  if (state === 'an existing folder') {
    await sleep(restMs)
    process.stdout.write(`memory at rest: ${(await memoryOf(child)).toFixed(0)} MiB\n`)
  }
  child.kill('SIGTERM')
  await once(child, 'exit')
}
await rm(folder, { recursive: true, force: true })
