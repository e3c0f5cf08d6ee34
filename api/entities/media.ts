import { webUrl } from '#src/html/web-url.ts'
import type { MediaView } from '#src/statuses/views.ts'
import type { Uris } from '#src/uris.ts'

/** @see https://docs.joinmastodon.org/entities/MediaAttachment/ */
export function toMediaAttachment(view: MediaView, uris: Uris) {
  const remote = view.remoteUrl && webUrl(view.remoteUrl)
  const url = view.file ? uris.file(view.file) : remote
  return {
    id: view.id,
    type: url ? view.kind : 'unknown',
    url,
    preview_url: view.previewFile ? uris.file(view.previewFile) : url,
    remote_url: remote,
    preview_remote_url: null,
    text_url: null,
    meta: {
      ...sized('original', view.width, view.height),
      ...sized('small', view.previewWidth, view.previewHeight),
      focus: { x: view.focusX, y: view.focusY },
    },
    description: view.description || null,
    blurhash: view.blurhash,
  }
}

function sized(name: 'original' | 'small', width: number | null, height: number | null): object {
  return width && height ? { [name]: { width, height, size: `${width}x${height}`, aspect: width / height } } : {}
}
