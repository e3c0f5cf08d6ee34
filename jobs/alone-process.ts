import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { App } from '#src/platform/app.ts'
import { getLogger } from '#src/platform/log.ts'
import { isAloneDue } from '#src/platform/queue/worker-deaths.ts'
import { minuteMs } from '#src/platform/time.ts'

const log = getLogger('jobs')
/** How often the process sends a heartbeat, and how long it may be silent. */
export const aliveMs = 5_000
const hungMs = minuteMs
const readMs = minuteMs
/** How long it may take to end when the worker stops. */
const endMs = 8_000
const root = join(import.meta.dirname, '..')
const loaders = ['--import', 'tsx/esm', '--import', './src/process/quick-imports.ts']

export type AloneProcess = AsyncDisposable & {
  /**
   * Kills the process if it hangs, and starts it if there is a job for it. It reads the queue for that only when jobs of dead
   * workers were released, and once a minute.
   */
  check(haveReleased: boolean): Promise<void>
}

/** Runs jobs that have to run alone in a process of their own. */
export function aloneProcess({ config, db }: Pick<App, 'config' | 'db'>): AloneProcess {
  let child: ChildProcess | null = null
  let heardAt = 0
  let readAt = Number.NEGATIVE_INFINITY
  const env = {
    ...process.env,
    ORIGIN: config.origin,
    HANDLE_HOST: config.handleHost,
    DATA_DIR: config.dataDir,
    ...(config.databaseUrl === undefined ? {} : { DATABASE_URL: config.databaseUrl }),
  }
  const start = () => {
    heardAt = performance.now()
    const started = fork('jobs/alone.ts', {
      cwd: root,
      execArgv: loaders,
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child = started
    const ended = () => {
      if (child === started) child = null
    }
    started.on('message', () => (heardAt = performance.now()))
    started.once('exit', ended)
    started.once('error', (error) => {
      log.error('The process for jobs that run alone does not start: {error}', { error })
      ended()
    })
  }
  return {
    async check(haveReleased) {
      const now = performance.now()
      if (haveReleased) readAt = Number.NEGATIVE_INFINITY
      if (child && now - heardAt > hungMs) child.kill('SIGKILL')
      if (child || now - readAt < readMs) return
      readAt = now
      if (await isAloneDue(db)) start()
    },
    async [Symbol.asyncDispose]() {
      const running = child
      if (!running) return
      const ended = new Promise((resolve) => running.once('exit', resolve))
      running.kill('SIGTERM')
      const timer = setTimeout(() => running.kill('SIGKILL'), endMs)
      await ended
      clearTimeout(timer)
    },
  }
}
