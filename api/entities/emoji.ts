import type { EmojiView } from '#src/emojis/views.ts'
import { webUrl } from '#src/html/web-url.ts'
import type { Uris } from '#src/uris.ts'

/**
 * Custom emojis as apps show them; one that has no picture anywhere is left out, since apps break without a URL.
 *
 * @see https://docs.joinmastodon.org/entities/CustomEmoji/
 */
export function toEmojis(views: readonly EmojiView[], uris: Uris) {
  return views.flatMap((view) => {
    const remote = view.remoteUrl && webUrl(view.remoteUrl)
    const url = view.file ? uris.file(view.file) : remote && uris.remoteFile(remote, 'emoji')
    if (!url) return []
    const staticUrl = view.staticFile ? uris.file(view.staticFile) : !view.file && remote ? uris.remoteFile(remote, 'still') : url
    return [{ shortcode: view.shortcode, url, static_url: staticUrl, visible_in_picker: view.isListed, category: view.category, featured: false }]
  })
}
