/** Long jobs consist of parts, such as a day, a server or a table. A part that fails does not stop the others. */
import { isDatabaseAway } from '../db/index.ts'
import { getLogger } from '../log.ts'

const log = getLogger('jobs')
const maxNamed = 10

export type JobParts = {
  /** Does a part; undefined when it failed, which is logged. Without a database the whole job fails. */
  run<T>(part: string, work: () => Promise<T>): Promise<T | undefined>
  /** @throws Error naming the failed parts, if any: so the queue stores them with the job and runs it again */
  end(): void
}

/** @param signal ends the job: a failure after that is not the part's fault */
export function jobParts(signal?: AbortSignal): JobParts {
  const failed: string[] = []
  return {
    async run(part, work) {
      try {
        return await work()
      } catch (error) {
        if (signal?.aborted || isDatabaseAway(error)) throw error
        log.error('{part} failed; the rest goes on: {error}', { part, error })
        failed.push(`${part} (${reasonOf(error)})`)
        return undefined
      }
    },
    end() {
      if (failed.length === 0) return
      const more = failed.length > maxNamed ? `, and ${failed.length - maxNamed} more` : ''
      throw new Error(`Failed: ${failed.slice(0, maxNamed).join(', ')}${more}`)
    },
  }
}

/** The message of an error, for Drizzle's errors that of PostgreSQL: Drizzle's own repeats the values. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return reason instanceof Error ? reason.message : String(reason)
}
