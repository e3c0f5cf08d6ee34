import type { SeveranceView } from '#src/relationships/severance.ts'
import { toDateTime } from './dates.ts'

/**
 * The follows that a person lost. The list of accounts is stored as long as the event, so it is never purged.
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
