import type { FoundTag } from '#src/search.ts'
import type { Uris } from '#src/uris.ts'

/**
 * A hashtag, whose use by the day nobody counts yet.
 *
 * @see https://docs.joinmastodon.org/entities/Tag/
 */
export const toTag = ({ id, name }: FoundTag, uris: Uris) => ({ id, name, url: uris.tag(name), history: [] })
