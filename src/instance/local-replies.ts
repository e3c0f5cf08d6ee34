import { cached } from '../platform/db/cache.ts'
import { minuteMs } from '../platform/time.ts'
import { countOpenReplies } from '../statuses/counts/stats.ts'

/** How many replies of people here everybody may see, at most ten minutes old. */
export const countLocalReplies = cached(10 * minuteMs, countOpenReplies)
