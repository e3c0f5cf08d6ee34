/** The life of a server or worker process: it starts, runs until a signal stops it, and finishes its work. */
import { configureLogging, getLogger } from '../platform/log.ts'
import { within } from '../platform/time.ts'
import { explanation } from './runtime.ts'

const log = getLogger('process')
/** The process exits after this time, even with unfinished work, whose jobs and transactions are then as after a crash. */
const stopTimeoutMs = 20_000
/** A terminal signals every process of its group, and npm forwards its signals: one Ctrl-C arrives twice. */
const sameSignalMs = 2_000

/**
 * Runs a process until SIGTERM or Ctrl-C, then closes everything that `open` deferred, the last first, and exits with 0.
 * Another, later signal exits at once. When the process can't start, it writes one line with the reason to standard error, and
 * exits with 1. `open` has to end its waits when `stopping` aborts.
 */
export async function runUntilStopped(
  open: (closing: AsyncDisposableStack, stopping: AbortSignal) => Promise<void>,
): Promise<never> {
  // For failures before the settings are loaded.
  configureLogging('info')
  // The reader of our output may be gone; to log the failure would fail again, for ever.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

  const exitCode = new Promise<number>((stop) => {
    let signalledAt = 0
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (signalledAt > 0 && performance.now() - signalledAt > sameSignalMs) process.exit(130)
        signalledAt ||= performance.now()
        stop(0)
      })
    }
    process.on('unhandledRejection', (error) => log.error('Nothing handled a failure: {error}', { error }))
    process.on('uncaughtException', (error) => {
      log.fatal('Ending, as nothing handled a failure: {error}', { error })
      stop(1)
    })
  })

  const closing = new AsyncDisposableStack()
  const stopping = new AbortController()
  void exitCode.then(() => stopping.abort())
  try {
    await open(closing, stopping.signal)
  } catch (error) {
    if (stopping.signal.aborted) process.exit((await close(closing)) ? await exitCode : 1)
    process.exit(await complain(error, closing))
  }
  const code = await exitCode
  log.info('Stopping')
  process.exit((await close(closing)) ? code : 1)
}

async function complain(error: unknown, closing: AsyncDisposableStack): Promise<1> {
  const line = explanation(error)
  if (line) process.stderr.write(`Pipit can't start. ${line}\n`)
  else log.fatal("Pipit can't start: {error}", { error })
  await close(closing)
  return 1
}

/** Closes everything, for a limited time. False when something failed or did not end in time. */
async function close(closing: AsyncDisposableStack): Promise<boolean> {
  const ended = closing.disposeAsync().then(
    () => true,
    (error: unknown) => {
      log.error('Something did not end well: {error}', { error })
      return false
    },
  )
  const result = await within(stopTimeoutMs, ended, 'late')
  if (result !== 'late') return result
  log.error('Not everything ended in time')
  return false
}
