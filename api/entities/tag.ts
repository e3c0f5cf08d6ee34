import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { TagDetails } from '#src/reading/tags/views.ts'
import { toHistory } from './history.ts'

/**
 * A hashtag. `following` and `featuring` are set only for a viewer. A hashtag that is not stored yet has the id 0, as
 * apps need one.
 *
 * @see https://docs.joinmastodon.org/entities/Tag/
 */
export const toTag = (
  { id, name, displayName, history, isFollowed, isFeatured }: TagDetails,
  uris: Uris,
  viewer: AccountId | null,
) => ({
  id: id ?? '0',
  name: displayName,
  url: uris.tag(name),
  history: toHistory(history),
  ...(viewer === null ? {} : { following: isFollowed, featuring: isFeatured }),
})
