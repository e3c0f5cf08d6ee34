import type { FC } from 'hono/jsx'
import { webUrl } from '#src/platform/web-url.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'
import { useMessages, usePage } from './page-context.ts'
import { Warning } from './warning.tsx'

type Shown = Pick<StatusView, 'media' | 'isSensitive' | 'spoilerText' | 'language'>

/** The files of a status; sensitive ones behind a warning. */
export const Media: FC<{ status: Shown; isBlurred?: boolean }> = ({ status, isBlurred = false }) => {
  const { t } = useMessages()
  const { mediaDisplay, expandsWarnings } = usePage().preferences
  if (status.media.length === 0) return null
  const gallery = (
    <div
      class={`media media-${Math.min(status.media.length, 4)}`}
      {...(status.language ? { lang: status.language } : {})}
    >
      {status.media.map((file) => (
        <MediaFile file={file} />
      ))}
    </div>
  )
  // A content warning hides the files, too, unless it is open from the start.
  const isWarned = status.spoilerText !== '' && !expandsWarnings
  const isHidden = isBlurred || mediaDisplay === 'hide_all' || (mediaDisplay === 'default' && status.isSensitive)
  if (!isHidden || (isWarned && mediaDisplay !== 'hide_all')) return gallery
  return (
    <Warning words={t(status.isSensitive || isBlurred ? 'status.sensitiveMedia' : 'status.media')}>{gallery}</Warning>
  )
}

const MediaFile: FC<{ file: MediaView }> = ({ file }) => {
  const { remoteFile } = usePage()
  const { t } = useMessages()
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
            alt={file.description || t('status.picture')}
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
          aria-label={file.description || t('status.video')}
          {...(poster ? { poster, preload: 'none' } : { preload: 'metadata' })}
          {...size}
        />
      )
    }
    case 'audio':
      return (
        <audio
          class="media-item"
          src={url}
          controls
          preload="none"
          aria-label={file.description || t('status.audio')}
        />
      )
    case 'unknown':
      return (
        <a href={url} class="media-item media-unknown" rel="nofollow noopener noreferrer" target="_blank">
          {file.description || t('status.attachedFile')}
        </a>
      )
  }
}
