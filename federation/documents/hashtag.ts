import type { Uris } from '#src/platform/uris.ts'
import { hashtagName } from '#src/text/hashtag.ts'
import type { JsonObject } from './json.ts'

/** @param name as its author wrote it, without `#` */
export const toHashtag = (name: string, uris: Uris): JsonObject => ({
  type: 'Hashtag',
  href: uris.tag(hashtagName(name)),
  name: `#${name}`,
})
