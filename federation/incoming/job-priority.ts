/** Keeps hosts that send much from delaying hosts that send little. In memory: each process counts its own requests. */
import { LRUCache } from 'lru-cache'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { minuteMs } from '#src/platform/time.ts'
import type { Core } from '../core.ts'

/** After this time a host's points count half. */
const halfLifeMs = minuteMs
/** Hosts that are counted; beyond it, the host that was silent longest is dropped. */
const maxHosts = 10_000
/** Number of points from which a host's jobs get a lower priority: first below other hosts' activities, then below our deliveries. */
const steps = [
  { from: 2_400, priority: 18 },
  { from: 600, priority: 12 },
  { from: 120, priority: 7 },
]
const usualPriority = 5

type Score = { points: number; at: number }
const scores = perDatabase(() => new LRUCache<string, Score>({ max: maxHosts }))

/** Counts an activity of a host. @returns the priority of its job */
export function priorityOf(core: Pick<Core, 'db'>, host: string, now = Date.now()): number {
  const score = scores(core).get(host)
  const points = 1 + (score ? score.points * 2 ** ((score.at - now) / halfLifeMs) : 0)
  scores(core).set(host, { points, at: now })
  return steps.find(({ from }) => points >= from)?.priority ?? usualPriority
}
