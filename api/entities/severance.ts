import type { SeveranceView } from '#src/relationships/severance.ts'
import { toDateTime } from './dates.ts'

/**
 * What somebody lost. Whom, is kept as long as the event is.
 *
 * @see https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/
 */
export const toSeverance = ({ id, type, targetName, followersCount, followingCount, createdAt }: SeveranceView) => ({
  id,
  type,
  purged: false,
  target_name: targetName,
  followers_count: followersCount,
  following_count: followingCount,
  created_at: toDateTime(createdAt),
})
