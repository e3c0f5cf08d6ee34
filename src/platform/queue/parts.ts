/** Long jobs consist of parts, such as a day, a server or a table. One that fails keeps none of the others from being done. */
import { isDatabaseAway } from '../db/index.ts'
import { getLogger } from '../log.ts'

const log = getLogger('jobs')
const maxNamed = 10

export type Parts = {
  /** Does a part; undefined when it failed, which is logged. Without a database there is no use in going on. */
  run<T>(part: string, work: () => Promise<T>): Promise<T | undefined>
  /** @throws Error naming the parts that failed, if any did: so the job is kept with them, and is run again */
  end(): void
}

/** @param signal that ends the job: what fails then is not the part's fault */
export function inParts(signal?: AbortSignal): Parts {
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

/** Of an error of Drizzle what PostgreSQL says: its own message repeats what was to be stored. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return reason instanceof Error ? reason.message : String(reason)
}
