/** Where the versions of a file are, and which of them a browser may choose from. */
import { webUrl } from '#src/platform/web-url.ts'
import { limits } from '#src/rules/limits.ts'
import type { MediaView } from '#src/statuses/views/views.ts'
import type { PageContext } from '../page-context.ts'

export type Sources = {
  /** The whole file. */
  full: string
  /** A small still of it, if there is one. */
  small: string | null
  /** The file on the server that it comes from; null for ours. */
  origin: string | null
}

/** URLs of a file; null while it can't be shown. A remote file of unknown kind has only its origin. */
export function sourcesOf(file: MediaView, remoteFile: PageContext['remoteFile']): Sources | null {
  if (file.state !== 'ready') return null
  const own = file.previewFile && `/media/${file.previewFile}`
  if (file.file) {
    const full = `/media/${file.file}`
    return { full, small: own ?? (file.kind === 'image' ? full : null), origin: null }
  }
  const origin = webUrl(file.remoteUrl ?? '')
  if (!origin) return null
  if (file.kind === 'unknown') return { full: origin, small: null, origin }
  const isPicture = file.kind === 'image'
  const still = isPicture ? origin : webUrl(file.previewRemoteUrl ?? '')
  return {
    full: remoteFile(origin, isPicture ? 'image' : 'recording'),
    small: own ?? (still && remoteFile(still, 'small')),
    origin,
  }
}

/** Types that may move. A list shows their stills only. */
const moving = new Set(['image/gif', 'image/webp', 'image/apng'])

/**
 * `srcset` of a picture: the small and the whole version, with their widths. Empty where there is no choice, where the whole
 * picture may move, and where the small one shows something else.
 */
export function choiceOf(file: MediaView, { full, small }: Sources): string | undefined {
  const { width, height } = file
  if (file.kind !== 'image' || !small || small === full || !width || !height) return undefined
  if (!file.file && moving.has(file.mediaType)) return undefined
  const ratio = width / height
  const [smallWidth, smallHeight] =
    file.previewWidth && file.previewHeight
      ? [file.previewWidth, file.previewHeight]
      : [
          Math.round(Math.sqrt(limits.media.previewPixels * ratio)),
          Math.round(Math.sqrt(limits.media.previewPixels / ratio)),
        ]
  const isSame = Math.abs(smallWidth / smallHeight / ratio - 1) < 0.05
  return isSame && smallWidth < width ? `${small} ${smallWidth}w, ${full} ${width}w` : undefined
}
