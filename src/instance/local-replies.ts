import { countOpenReplies } from '../statuses/stats.ts'
import { remembering } from '../db/remember.ts'

/** How many replies of people here everybody may see, at most ten minutes old. */
export const countLocalReplies = remembering(10 * 60_000, countOpenReplies)
