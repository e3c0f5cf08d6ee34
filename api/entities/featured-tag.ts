import type { Uris } from '#src/platform/uris.ts'
import type { FeaturedTag } from '#src/reading/tags/feature.ts'
import { toDate } from './dates.ts'

/**
 * A hashtag on a profile.
 *
 * @see https://docs.joinmastodon.org/entities/FeaturedTag/
 */
export const toFeaturedTag = ({ id, key, name, statusesCount, lastStatusAt }: FeaturedTag, uris: Uris) => ({
  id,
  name,
  url: uris.tag(key),
  statuses_count: String(statusesCount),
  last_status_at: lastStatusAt && toDate(lastStatusAt),
})
