/**
 * Lanes of the queue. Each has places of its own, which no job of another lane can take: however many push services, mail
 * servers and peers keep their jobs waiting, deliveries begin at once.
 */

/** `timely`: short jobs that somebody waits for. `rest`: housekeeping, of which some goes on for long. */
export type Lane = 'deliver' | 'inbox' | 'mail' | 'push' | 'fetch' | 'media' | 'timely' | 'rest'

/** How the jobs that a process runs at once are shared out: of 20 places so many. */
const shares: Record<Lane, number> = { deliver: 3, inbox: 4, mail: 1, push: 3, fetch: 4, media: 2, timely: 1, rest: 2 }
const allShares = Object.values(shares).reduce((sum, share) => sum + share, 0)

/** The engine that delivers holds one place of its lane while it sends; `federate` needs another. */
const least: Partial<Record<Lane, number>> = { deliver: 2 }

export const lanes = Object.keys(shares) as Lane[]

/** Places of each lane in a process. Each has one at least, so few jobs at once are a little more than was asked for. */
export const placesOf = (concurrency: number): Record<Lane, number> =>
  Object.fromEntries(
    lanes.map((lane) => [lane, Math.max(least[lane] ?? 1, Math.round((concurrency * shares[lane]) / allShares))]),
  ) as Record<Lane, number>

/**
 * The channel of PostgreSQL on which workers hear how many jobs came into which lanes, so that the workers of the others need
 * not look.
 */
export const lanesChannel = 'lanes'

/** What is notified. The number keeps PostgreSQL from folding several notifications of a transaction into one. */
export const toLaneNews = (jobs: readonly Lane[]): string => JSON.stringify({ ...countBy(jobs), number: Math.random() })

/** How many jobs came into each lane. Null, after the connection was gone, may mean any: one for each place is enough. */
export function fromLaneNews(news: string | null): Map<Lane, number> {
  const counts = news === null ? null : (JSON.parse(news) as Partial<Record<Lane, number>>)
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
