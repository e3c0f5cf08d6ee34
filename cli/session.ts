/** Runs one command with an App, and closes everything afterwards. */
import { resolve } from 'node:path'
import type { App } from '#src/platform/app.ts'
import type { RemoteLookup } from '#src/platform/remote.ts'
import { explanation, openApp } from '#src/process/runtime.ts'
import { exitCodes, failureOf } from './exit.ts'

/** The output of a command: lines for people, data for machines. */
export type Result = {
  data: unknown
  /** The result, on standard output. */
  lines: string[]
  /** Additional notes for people, on standard error. */
  notes?: string[]
  /** The command ran, but found problems: the exit code says so. */
  isWrong?: boolean
}

type Remote = (app: Omit<App, 'remote'>) => RemoteLookup

/** The folder of `.env` and the data folder, whichever folder the command is called in. */
export const home: string = resolve(import.meta.dirname, '..')

/** The environment of a command, which logs only warnings and errors by default. */
export const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  LOG_LEVEL: process.env['LOG_LEVEL'] || 'warning',
})

const nobody: RemoteLookup = {
  account: async () => null,
  url: async () => null,
  refresh: async () => {},
  reread: async () => {},
  interactionPage: async () => null,
}

/** Runs a command on the database of the server, which may run or not. */
export function withApp(
  json: boolean,
  work: (app: App) => Promise<Result>,
  remote: Remote = () => nobody,
): Promise<void> {
  return run(json, async (closing) =>
    work(await openApp({ role: 'command', remote, env: environment(), folder: home }, closing)),
  )
}

/** Runs a command, prints its result, closes what it opened, and sets the exit code. */
export async function run(json: boolean, work: (closing: AsyncDisposableStack) => Promise<Result>): Promise<void> {
  const closing = new AsyncDisposableStack()
  // A reader of only the first lines closes the pipe.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exitCode ??= 0
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void closing.disposeAsync().finally(() => process.exit(exitCodes.interrupted)))
  }
  try {
    const result = await work(closing)
    if (json) process.stdout.write(`${JSON.stringify(result.data, null, 2)}\n`)
    else {
      for (const line of result.lines) process.stdout.write(`${line}\n`)
      for (const note of result.notes ?? []) process.stderr.write(`${note}\n`)
    }
    if (result.isWrong) process.exitCode = exitCodes.failed
  } catch (error) {
    fail(error)
  }
  await closing.disposeAsync().catch(fail)
}

/** Writes the reason of a failure in one line. */
export function fail(error: unknown): void {
  const { line, code } = failureOf(error, explanation)
  process.stderr.write(`pipit: ${line}\n`)
  process.exitCode = code
}
