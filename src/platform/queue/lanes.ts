/**
 * Lanes of the queue. Each has its own places, which no job of another lane can take: however many jobs wait for push
 * services, mail servers and peers, deliveries begin at once.
 */

/** `timely`: short jobs that a person waits for. `rest`: housekeeping; some of these jobs take long. */
export type Lane = 'deliver' | 'inbox' | 'mail' | 'push' | 'fetch' | 'media' | 'timely' | 'rest'

/** The places of each lane, out of 20 in a process. */
const shares: Record<Lane, number> = { deliver: 3, inbox: 4, mail: 1, push: 3, fetch: 4, media: 2, timely: 1, rest: 2 }
const allShares = Object.values(shares).reduce((sum, share) => sum + share, 0)

/** The engine that delivers holds one place of its lane while it sends; `federate` needs another. */
const least: Partial<Record<Lane, number>> = { deliver: 2 }

export const lanes = Object.keys(shares) as Lane[]

/** Places of each lane in a process. Each lane has at least one, so a low `concurrency` is exceeded a little. */
export const placesOf = (concurrency: number): Record<Lane, number> =>
  Object.fromEntries(
    lanes.map((lane) => [lane, Math.max(least[lane] ?? 1, Math.round((concurrency * shares[lane]) / allShares))]),
  ) as Record<Lane, number>

/**
 * The channel of PostgreSQL that tells workers the number of new jobs in each lane, so that other lanes need not read
 * the queue.
 */
export const lanesChannel = 'lanes'

/** The payload of a notification. The number keeps PostgreSQL from folding several notifications of a transaction into one. */
export const toLanesPayload = (jobs: readonly Lane[]): string =>
  JSON.stringify({ ...countBy(jobs), number: Math.random() })

/** How many jobs came into each lane. Null, after a lost connection, may mean any number. */
export function fromLanesPayload(payload: string | null): Map<Lane, number> {
  const counts = payload === null ? null : (JSON.parse(payload) as Partial<Record<Lane, number>>)
  return new Map(
    lanes.flatMap((lane) =>
      counts === null ? [[lane, Number.MAX_SAFE_INTEGER]] : counts[lane] ? [[lane, counts[lane]]] : [],
    ),
  )
}

const countBy = (jobs: readonly Lane[]): Partial<Record<Lane, number>> =>
  Object.fromEntries(
    lanes.map((lane) => [lane, jobs.filter((job) => job === lane).length] as const).filter(([, count]) => count > 0),
  )
