import type { RemoteEmoji } from '#src/media/emojis/receive.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { isShortcode } from '#src/text/shortcodes.ts'
import { asList, isObject, type JsonObject, linkOf, text, typesOf } from '../documents/json.ts'

/** With or without colons. */
const emojiName = /^:?([^:]{1,64}):?$/

/** The custom emojis among the tags of an object or actor. */
export function parseEmojis(tags: JsonObject[]): RemoteEmoji[] {
  return tags.flatMap((tag) => {
    if (!typesOf(tag).some((type) => type === 'Emoji' || type === 'toot:Emoji')) return []
    const [, shortcode] = emojiName.exec(text(tag['name']) ?? '') ?? []
    const [icon] = asList(tag['icon'])
    const url = isObject(icon) ? linkOf(icon['url'] ?? icon['href']) : linkOf(icon)
    return shortcode && isShortcode(shortcode) && url && webUrl(url) ? [{ shortcode, url }] : []
  })
}
