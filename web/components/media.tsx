import type { FC } from 'hono/jsx'
import type { StatusView } from '#src/statuses/views/views.ts'
import { profilePath } from './account.tsx'
import { FileBox } from './files/box.tsx'
import { hidesFiles } from './files/veil.tsx'
import { useMessages, usePage } from './page-context.ts'
import { Warning } from './warning.tsx'

type Shown = Pick<StatusView, 'media' | 'isSensitive' | 'spoilerText' | 'language'> &
  // A post that is still being written has no page.
  Partial<Pick<StatusView, 'id' | 'account'>>

/** The most files that a post shows. The others have their pages. */
const maxShown = 4

/** The path of the page of a status's file; `n` counts from 1. */
export const filePath = (status: Pick<StatusView, 'id' | 'account'>, n: number): string =>
  `${profilePath(status.account)}/${status.id}/media/${n}`

type Props = {
  status: Shown
  isBlurred?: boolean
  /** Whether it is part of a quoted status: smaller, and without players. */
  isQuoted?: boolean
}

/** The files of a status; sensitive ones behind a warning. */
export const Media: FC<Props> = ({ status, isBlurred = false, isQuoted = false }) => {
  const { t } = useMessages()
  const { preferences, me, used } = usePage()
  const files = [...status.media.entries()].filter(([, { state }]) => state === 'ready')
  if (files.length === 0) return null
  used.hasFiles = true
  const { id, account } = status
  const isMine = account !== undefined && me?.account.id === account.id
  const gallery = (
    <div
      class={`media media-${Math.min(files.length, maxShown)}${isQuoted ? ' media-quoted' : ''}`}
      {...(status.language ? { lang: status.language } : {})}
    >
      {files.slice(0, maxShown).map(([i, file], place) => (
        <FileBox
          file={file}
          page={id && account ? filePath({ id, account }, i + 1) : null}
          isAlone={files.length === 1}
          isStill={isQuoted}
          more={place === maxShown - 1 ? files.length - maxShown : 0}
          describeAt={isMine && !isQuoted ? `/statuses/${id}/edit` : null}
        />
      ))}
    </div>
  )
  // A content warning hides the files, too, unless it is open from the start.
  const isWarned = status.spoilerText !== '' && !preferences.expandsWarnings
  if (!hidesFiles(status, preferences, isBlurred) || (isWarned && preferences.mediaDisplay !== 'hide_all'))
    return gallery
  return (
    <Warning words={t(status.isSensitive || isBlurred ? 'status.sensitiveMedia' : 'status.media')}>{gallery}</Warning>
  )
}
