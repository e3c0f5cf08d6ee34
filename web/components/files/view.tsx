import type { FC } from 'hono/jsx'
import { webUrl } from '#src/platform/web-url.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { Name, profilePath } from '../account.tsx'
import { Icon, type IconName } from '../icons.tsx'
import { filePath } from '../media.tsx'
import { useMessages, usePage } from '../page-context.ts'
import { Moment } from '../time.tsx'
import { Film, Missing } from './box.tsx'
import { type Sources, sourcesOf } from './sources.ts'
import { Veil } from './veil.tsx'

/** The name of a file's page, such as “Picture 2 of 3”. */
export function useFileTitle(status: StatusView, n: number): string {
  const { t } = useMessages()
  const kind = status.media[n - 1]?.kind ?? 'unknown'
  const count = status.media.length
  return count === 1 ? t('files.title', { kind }) : t('files.titleOf', { kind, n, count })
}

/**
 * A file large, with its description, its author, and the ways to the others. It is the main part of the file's page, and a
 * script shows it over other pages.
 */
export const FileView: FC<{ status: StatusView; n: number }> = ({ status, n }) => {
  const { remoteFile, used } = usePage()
  const { t } = useMessages()
  const title = useFileTitle(status, n)
  const file = status.media[n - 1]
  const sources = file && sourcesOf(file, remoteFile)
  if (!sources) return null
  used.hasFiles = true
  const path = `${profilePath(status.account)}/${status.id}`
  return (
    <section class="file-view" aria-label={title}>
      <Veil status={status}>
        <figure class="file-figure" {...(status.language ? { lang: status.language } : {})}>
          <Stage file={file} sources={sources} />
          <Description status={status} file={file} />
        </figure>
      </Veil>
      <nav class="file-ways" aria-label={t('files.others')}>
        {n > 1 && <Way rel="prev" href={filePath(status, n - 1)} icon="left" words={t('files.previous')} />}
        {n < status.media.length && (
          <Way rel="next" href={filePath(status, n + 1)} icon="right" words={t('files.next')} />
        )}
        <a href={path} class="file-way file-back" rel="up">
          {t('files.post')}
        </a>
      </nav>
      <Facts status={status} file={file} sources={sources} />
    </section>
  )
}

const Way: FC<{ rel: 'prev' | 'next'; href: string; icon: IconName; words: string }> = ({ rel, href, icon, words }) => (
  <a href={href} rel={rel} class={`file-way file-${rel}`}>
    <Icon name={icon} />
    <span>{words}</span>
  </a>
)

/** The file itself. A picture leads to its file; a script shows that in place. */
const Stage: FC<{ file: MediaView; sources: Sources }> = ({ file, sources }) => {
  const { t } = useMessages()
  const size = file.width && file.height ? { width: file.width, height: file.height } : {}
  return (
    <div class="file-stage media-box">
      {file.kind === 'image' && (
        <>
          <a href={sources.full} class="file-open">
            <img src={sources.full} alt={file.description || t('status.picture')} decoding="async" {...size} />
          </a>
          <button type="button" class="file-zoom" aria-pressed="false" hidden>
            <Icon name="expand" />
            <span>{t('files.fullSize')}</span>
          </button>
        </>
      )}
      {(file.kind === 'video' || file.kind === 'gifv') && <Film file={file} sources={sources} />}
      {file.kind === 'audio' && (
        <>
          {sources.small && <img class="media-cover" src={sources.small} alt="" decoding="async" />}
          <audio src={sources.full} controls preload="none" aria-label={file.description || t('status.audio')} />
        </>
      )}
      {file.kind === 'unknown' && (
        <a href={sources.full} class="media-unknown" rel="nofollow noopener noreferrer" target="_blank">
          {t('status.attachedFile')}
        </a>
      )}
      {file.kind !== 'unknown' && <Missing file={file} origin={sources.origin} />}
    </div>
  )
}

/** The description as text. Its author is told of a missing one, and where to add it. */
const Description: FC<{ status: StatusView; file: MediaView }> = ({ status, file }) => {
  const { me } = usePage()
  const { t } = useMessages()
  if (file.description)
    return (
      <figcaption class="file-words" dir="auto">
        {file.description}
      </figcaption>
    )
  return (
    <figcaption class="file-words is-empty">
      {t('files.noDescription')}{' '}
      {me?.account.id === status.accountId && <a href={`/statuses/${status.id}/edit`}>{t('files.describe')}</a>}
    </figcaption>
  )
}

/** Author, time and size, and where the file and its post come from. */
const Facts: FC<{ status: StatusView; file: MediaView; sources: Sources }> = ({ status, file, sources }) => {
  const { t, rich } = useMessages()
  const original = status.account.isLocal ? null : webUrl(status.url)
  return (
    <footer class="file-facts">
      <p>
        {rich('files.by', {
          author: (
            <a href={profilePath(status.account)}>
              <Name account={status.account} />
            </a>
          ),
          moment: <Moment at={status.createdAt} />,
        })}
      </p>
      {file.width && file.height && file.kind !== 'audio' && (
        <p>{t('files.size', { width: file.width, height: file.height })}</p>
      )}
      {file.kind !== 'unknown' && (
        <p>
          <a href={sources.full}>{t('files.open')}</a>
        </p>
      )}
      {sources.origin && <Origin href={sources.origin} name="files.origin" />}
      {original && <Origin href={original} name="files.originalPost" />}
    </footer>
  )
}

const Origin: FC<{ href: string; name: 'files.origin' | 'files.originalPost' }> = ({ href, name }) => (
  <p>
    <a href={href} rel="nofollow noopener noreferrer" target="_blank">
      {useMessages().rich(name, { host: <bdi>{shownHost(new URL(href).host)}</bdi> })}
    </a>
  </p>
)
