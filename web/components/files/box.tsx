import type { FC } from 'hono/jsx'
import { averageColour } from '#src/media/average-colour.ts'
import type { MediaView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { Icon, type IconName } from '../icons.tsx'
import { useMessages, usePage } from '../page-context.ts'
import { columnWidth, focusClass, type Shape, shapeOf } from './shape.ts'
import { choiceOf, type Sources, sourcesOf } from './sources.ts'

type BoxProps = {
  file: MediaView
  /** The path of its page; null in previews of posts that don't exist yet. */
  page: string | null
  /** Whether the status has no other file. */
  isAlone?: boolean
  /** Shows films and sounds as stills that lead to their pages. */
  isStill?: boolean
  /** How many more files there are that only their pages show. */
  more?: number
  /** The page on which its author adds a description; null for other people. */
  describeAt?: string | null
}

/** A file of a status, in a box that has its size and its average colour before it is loaded. */
export const FileBox: FC<BoxProps> = ({
  file,
  page,
  isAlone = false,
  isStill = false,
  more = 0,
  describeAt = null,
}) => {
  const { remoteFile } = usePage()
  const { t } = useMessages()
  const sources = sourcesOf(file, remoteFile)
  if (!sources) return null
  if (file.kind === 'unknown')
    return (
      <a href={sources.full} class="media-box media-unknown" rel="nofollow noopener noreferrer" target="_blank">
        {file.description || t('status.attachedFile')}
      </a>
    )
  const isPicture = file.kind === 'image' || isStill || more > 0
  if (file.kind === 'audio' && !isPicture)
    return <Sound file={file} sources={sources} page={page} describeAt={describeAt} />
  const shape = isAlone ? shapeOf(file) : null
  const tone = averageColour(file.blurhash ?? '')
  const classes = [
    'media-box',
    focusClass(file),
    tone && (tone.isDark ? 'is-dark' : 'is-light'),
    shape?.isSmall && 'is-small',
  ]
  return (
    <div class={classes.filter(Boolean).join(' ')}>
      <Ground hex={tone?.hex ?? null} shape={shape} />
      {isPicture ? (
        <a href={page ?? sources.full} class="media-link" data-viewer={page ? '' : undefined}>
          <Still file={file} sources={sources} shape={shape} />
          {more > 0 && (
            <span class="media-more">
              <span aria-hidden="true">{t('files.plus', { count: more })}</span>
              <span class="unseen">{t('files.more', { count: more })}</span>
            </span>
          )}
        </a>
      ) : (
        <Film file={file} sources={sources} />
      )}
      {more === 0 && (
        <Marks file={file} page={isPicture ? null : page} cut={shape?.cut ?? null} describeAt={describeAt} />
      )}
      <Missing file={file} origin={sources.origin} />
    </div>
  )
}

/**
 * What lies below a picture until it is loaded, and gives the box its shape. An SVG, as its attributes say size and colour, which
 * style attributes may not.
 */
const Ground: FC<{ hex: string | null; shape: Shape | null }> = ({ hex, shape }) => (
  <svg
    class="media-ground"
    aria-hidden="true"
    preserveAspectRatio="none"
    {...(shape
      ? { width: shape.width, height: shape.height, viewBox: `0 0 ${shape.width} ${shape.height}` }
      : { width: '100%', height: '100%' })}
  >
    {hex && <rect width="100%" height="100%" fill={hex} />}
  </svg>
)

const kindIcons = {
  image: 'image',
  gifv: 'play',
  video: 'play',
  audio: 'sound',
  unknown: 'note',
} as const satisfies Record<MediaView['kind'], IconName>

/** The picture, or a still of a film or sound. */
export const Still: FC<{ file: MediaView; sources: Sources; shape?: Shape | null; isNamed?: boolean }> = ({
  file,
  sources,
  shape = null,
  isNamed = true,
}) => {
  const { t } = useMessages()
  const name = isNamed ? file.description || t(kindNames[file.kind]) : ''
  const choice = choiceOf(file, sources)
  const size = file.width && file.height ? { width: file.width, height: file.height } : {}
  return (
    <>
      {sources.small ? (
        <img
          src={sources.small}
          alt={name}
          loading="lazy"
          decoding="async"
          {...(choice ? { srcset: choice, sizes: sizesOf(shape) } : {})}
          {...size}
        />
      ) : (
        <span class="media-name">{name}</span>
      )}
      {file.kind !== 'image' && (
        <span class="media-kind">
          <Icon name={kindIcons[file.kind]} />
        </span>
      )}
    </>
  )
}

/** The width at which a picture is shown: half a column, unless it stands alone. */
const sizesOf = (shape: Shape | null): string =>
  shape
    ? `(max-width: 40rem) 100vw, ${Math.min(columnWidth, shape.width)}px`
    : `(max-width: 40rem) 50vw, ${columnWidth / 2}px`

const kindNames = {
  image: 'status.picture',
  gifv: 'status.video',
  video: 'status.video',
  audio: 'status.audio',
  unknown: 'status.attachedFile',
} as const

/**
 * A film. It plays when somebody starts it. A script plays silent loops while the mouse is on them, or by themselves if the person
 * wants that: only a script knows whether the device asks for less motion.
 */
export const Film: FC<{ file: MediaView; sources: Sources }> = ({ file, sources }) => {
  const { preferences } = usePage()
  const { t } = useMessages()
  const isLoop = file.kind === 'gifv'
  return (
    <video
      src={sources.full}
      controls
      playsinline
      loop={isLoop}
      muted={isLoop}
      data-loop={isLoop ? (preferences.autoplaysLoops ? 'auto' : 'hover') : undefined}
      aria-label={file.description || t('status.video')}
      {...(sources.small ? { poster: sources.small, preload: 'none' } : { preload: 'metadata' })}
      {...(file.width && file.height ? { width: file.width, height: file.height } : {})}
    />
  )
}

/** A sound below its cover, if it has one. */
const Sound: FC<{ file: MediaView; sources: Sources; page: string | null; describeAt: string | null }> = ({
  file,
  sources,
  page,
  describeAt,
}) => {
  const { t } = useMessages()
  return (
    <div class={`media-box media-sound ${focusClass(file)}`}>
      {sources.small && <img class="media-cover" src={sources.small} alt="" loading="lazy" decoding="async" />}
      <audio src={sources.full} controls preload="none" aria-label={file.description || t('status.audio')} />
      <Marks file={file} page={page} cut={null} describeAt={describeAt} />
      <Missing file={file} origin={sources.origin} />
    </div>
  )
}

type MarksProps = { file: MediaView; page: string | null; cut: Shape['cut']; describeAt: string | null }

/** The small signs on a file: its description to open, that it has none, that a part is left out, and the way to its page. */
const Marks: FC<MarksProps> = ({ file, page, cut, describeAt }) => {
  const { t } = useMessages()
  const isUndescribed = describeAt !== null && file.description === ''
  if (!file.description && !isUndescribed && !cut && !page && file.kind !== 'gifv') return null
  return (
    <div class="media-marks">
      {file.description && (
        <details class="media-alt">
          <summary>
            <span class="media-mark">
              <span aria-hidden="true">{t('files.alt')}</span>
              <span class="unseen">{t('files.description')}</span>
            </span>
          </summary>
          <p dir="auto" tabindex={0}>
            {file.description}
          </p>
        </details>
      )}
      {isUndescribed && (
        <a href={describeAt} class="media-sign">
          <span class="media-mark media-mark-warm">{t('files.undescribed')}</span>
        </a>
      )}
      {file.kind === 'gifv' && (
        <span class="media-sign">
          <span class="media-mark">{t('files.gif')}</span>
        </span>
      )}
      {cut && (
        <span class="media-sign">
          <span class="media-mark">{t(cut === 'sides' ? 'files.panorama' : 'files.tall')}</span>
        </span>
      )}
      {page && (
        <a href={page} class="media-sign" data-viewer="">
          <span class="media-mark">
            <Icon name="expand" />
            <span class="unseen">{t('files.openPage')}</span>
          </span>
        </a>
      )}
    </div>
  )
}

/** A line that a script shows in place of a remote file that can't be loaded. Without scripts, browsers show the description. */
export const Missing: FC<{ file: MediaView; origin: string | null }> = ({ file, origin }) => {
  const { rich } = useMessages()
  if (!origin) return null
  return (
    <p class="media-missing" hidden>
      <span>
        {rich('files.missing', {
          host: <bdi>{shownHost(new URL(origin).host)}</bdi>,
          a: (words) => (
            <a href={origin} rel="nofollow noopener noreferrer" target="_blank">
              {words}
            </a>
          ),
        })}
      </span>
      {file.description && <span dir="auto">{file.description}</span>}
    </p>
  )
}
