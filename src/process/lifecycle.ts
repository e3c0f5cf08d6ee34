/** The life of a process that serves: it starts, it runs until it is told to stop, it finishes what it has begun. */
import { configureLogging, getLogger } from '../platform/log.ts'
import { within } from '../platform/time.ts'
import { explanation } from './runtime.ts'

const log = getLogger('process')
/** What takes longer to end is left behind; its jobs and transactions are as after a crash. */
const stopTimeoutMs = 20_000
/** A terminal tells every process of its group, and npm passes on what it was told: one Ctrl-C comes twice. */
const sameSignalMs = 2_000

/**
 * Opens a process and keeps it until SIGTERM or Ctrl-C, then closes what `open` deferred, the last first, and exits with 0.
 * Another signal, later, exits at once. When it can't start, one line says why on standard error, and it exits with 1. What
 * `open` may wait for ends when `stopping` aborts.
 */
export async function runUntilStopped(
  open: (closing: AsyncDisposableStack, stopping: AbortSignal) => Promise<void>,
): Promise<never> {
  // Until the settings are known, so that whatever fails before is told, too.
  configureLogging('info')
  // Whoever read what we print may be gone; a failure to print that were treated as others are would be printed again, for ever.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

  const told = new Promise<number>((tell) => {
    let toldAt = 0
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (toldAt > 0 && performance.now() - toldAt > sameSignalMs) process.exit(130)
        toldAt ||= performance.now()
        tell(0)
      })
    }
    process.on('unhandledRejection', (error) => log.error('Nothing handled a failure: {error}', { error }))
    process.on('uncaughtException', (error) => {
      log.fatal('Ending, as nothing handled a failure: {error}', { error })
      tell(1)
    })
  })

  const closing = new AsyncDisposableStack()
  const stopping = new AbortController()
  void told.then(() => stopping.abort())
  try {
    await open(closing, stopping.signal)
  } catch (error) {
    if (stopping.signal.aborted) process.exit((await close(closing)) ? await told : 1)
    process.exit(await complain(error, closing))
  }
  const code = await told
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

/** Closes everything, for a limited time. False when something would not end. */
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
