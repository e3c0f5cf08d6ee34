import type { Child, FC } from 'hono/jsx'
import { averageColour } from '#src/media/average-colour.ts'
import { blurs, warningsOf, withoutHidden } from '#src/statuses/views/filters.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'
import { Icon } from '../icons.tsx'
import { filePath } from '../media.tsx'
import { useMessages, usePage } from '../page-context.ts'
import { Still } from './box.tsx'
import { focusClass } from './shape.ts'
import { sourcesOf } from './sources.ts'
import { isVeiled } from './veil.tsx'

/** The files of an account's statuses as a grid, each leading to its page; the children stand for an empty one. */
export const Thumbs: FC<{ statuses: StatusView[]; children?: Child }> = ({ statuses, children }) => {
  const { preferences, used } = usePage()
  const shown = withoutHidden(statuses, 'account').filter(({ media }) => media.some(({ state }) => state === 'ready'))
  if (shown.length === 0) return <div class="empty">{children}</div>
  used.hasFiles = true
  return (
    <ul class="thumbs">
      {shown.flatMap((status) => {
        const isFiltered = blurs(status.filtered, 'account') || warningsOf(status.filtered, 'account').length > 0
        return status.media.map((file, i) => (
          <Thumb status={status} file={file} n={i + 1} isVeiled={isVeiled(status, preferences, isFiltered)} />
        ))
      })}
    </ul>
  )
}

/** One file. A veiled one shows its colour alone. */
const Thumb: FC<{ status: StatusView; file: MediaView; n: number; isVeiled: boolean }> = ({
  status,
  file,
  n,
  isVeiled: isHidden,
}) => {
  const { remoteFile } = usePage()
  const { t } = useMessages()
  const sources = sourcesOf(file, remoteFile)
  if (!sources) return null
  const tone = averageColour(file.blurhash ?? '')
  return (
    <li
      class={['media-box', focusClass(file), tone && (tone.isDark ? 'is-dark' : 'is-light')].filter(Boolean).join(' ')}
      {...(status.language ? { lang: status.language } : {})}
    >
      <svg class="media-ground" width="100%" height="100%" aria-hidden="true">
        {tone && <rect width="100%" height="100%" fill={tone.hex} />}
      </svg>
      <a href={filePath(status, n)} class="media-link" data-viewer="" data-veiled={isHidden ? '' : undefined}>
        {isHidden ? (
          <span class="thumb-veil">
            <Icon name="warning" />
            <span>{status.spoilerText || t('status.sensitiveMedia')}</span>
          </span>
        ) : (
          <Still file={file} sources={sources} />
        )}
      </a>
    </li>
  )
}
