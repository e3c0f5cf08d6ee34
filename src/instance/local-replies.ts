import { cached } from '../platform/db/cache.ts'
import { minuteMs } from '../platform/time.ts'
import { countOpenReplies } from '../statuses/counts/stats.ts'

/** The number of public and unlisted replies by local people, at most ten minutes old. */
export const countLocalReplies = cached(10 * minuteMs, countOpenReplies)
