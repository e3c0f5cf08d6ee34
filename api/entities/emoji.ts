import type { EmojiView } from '#src/media/emojis/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import { webUrl } from '#src/platform/web-url.ts'

/**
 * Custom emojis as apps show them. An emoji without a picture is left out, since apps break without a URL.
 *
 * @see https://docs.joinmastodon.org/entities/CustomEmoji/
 */
export function toEmojis(views: readonly EmojiView[], uris: Uris) {
  return views.flatMap((view) => {
    const { url, static_url } = picturesOf(view, uris)
    return url === null
      ? []
      : [
          {
            shortcode: view.shortcode,
            url,
            static_url,
            visible_in_picker: view.isListed,
            category: view.category,
            featured: false,
          },
        ]
  })
}

/** The URLs of an emoji's picture, and of its first frame if it is animated; null if there is none. */
export function picturesOf(
  { file, staticFile, remoteUrl }: Pick<EmojiView, 'file' | 'staticFile' | 'remoteUrl'>,
  uris: Uris,
): { url: string | null; static_url: string | null } {
  const remote = remoteUrl && webUrl(remoteUrl)
  const url = file ? uris.file(file) : remote ? uris.remoteFile(remote, 'emoji') : null
  return {
    url,
    static_url: staticFile ? uris.file(staticFile) : !file && remote ? uris.remoteFile(remote, 'still') : url,
  }
}
