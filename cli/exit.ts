/** The exit codes of commands, for scripts. `docs/command-line.md` explains them. */
import { Refusal } from '#src/platform/errors.ts'

export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, interrupted: 130 } as const

/** The command was called with wrong arguments. The message is one line that names the mistake. */
export class UsageError extends Error {}

/** A line for standard error, and the exit code, for an error of a command. */
export function failureOf(
  error: unknown,
  explanation: (error: unknown) => string | null,
): { line: string; code: number } {
  if (error instanceof UsageError) return { line: error.message, code: exitCodes.usage }
  if (error instanceof Refusal)
    return { line: error.message, code: error.code === 'not_found' ? exitCodes.notFound : exitCodes.failed }
  const line = explanation(error) ?? (error instanceof Error ? messageOf(error) : String(error))
  return { line, code: exitCodes.failed }
}

/** Drizzle's own message repeats the statement with its parameters; its cause has the reason. */
const messageOf = ({ message, cause }: Error): string =>
  (cause instanceof Error ? cause.message : message).replaceAll('\n', ' ')
