import type { FC } from 'hono/jsx'
import { webUrl } from '#src/platform/web-url.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'
import { usePage } from './page-context.ts'

/** The files of a status; sensitive ones behind a warning. */
export const Media: FC<{ status: Pick<StatusView, 'media' | 'isSensitive' | 'spoilerText'> }> = ({ status }) => {
  if (status.media.length === 0) return null
  const gallery = (
    <div class={`media media-${Math.min(status.media.length, 4)}`}>
      {status.media.map((file) => (
        <MediaFile file={file} />
      ))}
    </div>
  )
  if (!status.isSensitive || status.spoilerText) return gallery
  return (
    <details class="warning">
      <summary>
        <span class="warning-text">Sensitive media</span>
      </summary>
      {gallery}
    </details>
  )
}

const MediaFile: FC<{ file: MediaView }> = ({ file }) => {
  const { remoteFile } = usePage()
  const remote = file.file ? null : webUrl(file.remoteUrl ?? '')
  const isPicture = file.kind === 'image'
  // A file of unknown kind is a link to its original.
  const url = file.file
    ? `/media/${file.file}`
    : remote && file.kind !== 'unknown'
      ? remoteFile(remote, isPicture ? 'image' : 'recording')
      : remote
  if (!url || file.state !== 'ready') return null
  const size = file.width && file.height ? { width: file.width, height: file.height } : {}
  switch (file.kind) {
    case 'image':
      return (
        <a href={url} class="media-item">
          <img
            src={file.previewFile ? `/media/${file.previewFile}` : remote ? remoteFile(remote, 'small') : url}
            alt={file.description || 'Picture'}
            title={file.description || undefined}
            loading="lazy"
            decoding="async"
            {...size}
          />
        </a>
      )
    case 'gifv':
    case 'video': {
      const preview = webUrl(file.previewRemoteUrl ?? '')
      const poster = file.previewFile ? `/media/${file.previewFile}` : preview && remoteFile(preview, 'small')
      return (
        <video
          class="media-item"
          src={url}
          controls
          playsinline
          loop={file.kind === 'gifv'}
          muted={file.kind === 'gifv'}
          aria-label={file.description || 'Video'}
          {...(poster ? { poster, preload: 'none' } : { preload: 'metadata' })}
          {...size}
        />
      )
    }
    case 'audio':
      return <audio class="media-item" src={url} controls preload="none" aria-label={file.description || 'Audio'} />
    case 'unknown':
      return (
        <a href={url} class="media-item media-unknown" rel="nofollow noopener noreferrer" target="_blank">
          {file.description || 'Attached file'}
        </a>
      )
  }
}
