/** Keeps hosts that send much from holding up those that send little. In memory: each process judges by what came to it. */
import { LRUCache } from 'lru-cache'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { minuteMs } from '#src/platform/time.ts'
import type { Core } from '../core.ts'

/** After this time what a host sent counts half. */
const halfLifeMs = minuteMs
/** Most hosts that are remembered; the one that was silent the longest is forgotten. */
const maxHosts = 10_000
/** From so many activities on, a host's jobs come after those of others: later ones first after other received ones, then after what we send. */
const steps = [
  { from: 2_400, priority: 18 },
  { from: 600, priority: 12 },
  { from: 120, priority: 7 },
]
const usualPriority = 5

type Score = { points: number; at: number }
const scores = perDatabase(() => new LRUCache<string, Score>({ max: maxHosts }))

/** Counts an activity of a host, and says what priority its job has. */
export function priorityOf(core: Pick<Core, 'db'>, host: string, now = Date.now()): number {
  const known = scores(core).get(host)
  const points = 1 + (known ? known.points * 2 ** ((known.at - now) / halfLifeMs) : 0)
  scores(core).set(host, { points, at: now })
  return steps.find(({ from }) => points >= from)?.priority ?? usualPriority
}
