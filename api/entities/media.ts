import type { Uris } from '#src/platform/uris.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { MediaView } from '#src/statuses/views/views.ts'

export type AttachmentView = MediaView

/**
 * A file as apps show it; without a URL while it is being processed.
 *
 * @see https://docs.joinmastodon.org/entities/MediaAttachment/
 */
export function toMediaAttachment(view: AttachmentView, uris: Uris) {
  const remote = view.remoteUrl && webUrl(view.remoteUrl)
  const preview = view.previewRemoteUrl && webUrl(view.previewRemoteUrl)
  const url =
    view.state !== 'ready'
      ? null
      : view.file
        ? uris.file(view.file)
        : remote && uris.remoteFile(remote, variantOf(view))
  return {
    id: view.id,
    type: url || view.state === 'processing' ? view.kind : 'unknown',
    url,
    // Apps show it as a picture, so it is never a video or sound.
    preview_url: view.previewFile
      ? uris.file(view.previewFile)
      : view.kind !== 'image'
        ? preview && uris.remoteFile(preview, 'small')
        : url && remote && !view.file
          ? uris.remoteFile(remote, 'small')
          : url,
    remote_url: remote,
    preview_remote_url: preview,
    text_url: null,
    meta: {
      ...toOriginal(view),
      ...sized('small', view.previewWidth, view.previewHeight),
      focus: { x: view.focusX, y: view.focusY },
    },
    description: view.description || null,
    blurhash: view.blurhash,
  }
}

const variantOf = ({ kind }: AttachmentView) => (kind === 'image' || kind === 'unknown' ? 'image' : 'recording')

function toOriginal({ width, height, frameRate, durationSeconds, bitrate }: AttachmentView): object {
  const { original } = sized('original', width, height)
  const played = {
    ...(frameRate ? { frame_rate: `${Math.round(frameRate * 100)}/100` } : {}),
    ...(durationSeconds ? { duration: durationSeconds } : {}),
    ...(bitrate ? { bitrate } : {}),
  }
  return original || Object.keys(played).length > 0 ? { original: { ...original, ...played } } : {}
}

function sized<Name extends 'original' | 'small'>(
  name: Name,
  width: number | null,
  height: number | null,
): { [N in Name]?: object } {
  return (width && height ? { [name]: { width, height, size: `${width}x${height}`, aspect: width / height } } : {}) as {
    [N in Name]?: object
  }
}
