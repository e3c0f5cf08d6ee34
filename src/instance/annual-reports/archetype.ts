import type { Archetype } from '../../platform/db/schema/annual-reports.ts'
import type { YearOfStatuses } from '../../statuses/counts/year.ts'

/** People with fewer posts and boosts than one a month mostly read. */
const fewInAYear = 12

/** The kind of person, by their main activity: a game, not a judgement. */
export function archetypeOf({
  posts,
  replies,
  boosts,
  polls,
}: Pick<YearOfStatuses, 'posts' | 'replies' | 'boosts' | 'polls'>): Archetype {
  if (posts + replies + boosts < fewInAYear) return 'lurker'
  if (boosts > 2 * (posts + replies)) return 'booster'
  if (polls > 0 && polls * 10 >= posts + replies) return 'pollster'
  if (replies > 2 * posts) return 'replier'
  return 'oracle'
}
