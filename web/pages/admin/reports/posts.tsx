import type { FC } from 'hono/jsx'
import type { ReportedPost } from '#src/moderation/reports/load.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { useMessages } from '../../../components/page-context.ts'
import { Moment } from '../../../components/time.tsx'
import { isVisibility } from '../../../components/visibility.ts'

/** The reported posts, as they were and as they are. Files are links, so that nobody has to see them. */
export const Posts: FC<{ posts: ReportedPost[] }> = ({ posts }) => {
  const { t } = useMessages()
  return (
    <section class="sheet">
      <h2>{t('reports.posts')}</h2>
      {posts.length === 0 && <p class="hint">{t('reports.noPosts')}</p>}
      {posts.map((post) => (
        <Post post={post} />
      ))}
    </section>
  )
}

const Post: FC<{ post: ReportedPost }> = ({ post: { before, now, isChanged } }) => {
  const { t } = useMessages()
  const isThere = now !== null && now.deletedAt === null
  return (
    <article class="reported-post">
      <h3>{t('reports.asReported')}</h3>
      {before ? <Words post={before} /> : <p class="hint">{t('reports.notKept')}</p>}
      {now?.deletedAt && <p class="problem">{t('reports.deletedNow')}</p>}
      {!now && <p class="problem">{t('reports.goneNow')}</p>}
      {isThere && before && !isChanged && <p class="hint">{t('reports.unchanged')}</p>}
      {isThere && (isChanged || !before) && (
        <>
          <h3>{t('reports.asNow')}</h3>
          <Words post={now} />
        </>
      )}
    </article>
  )
}

const Words: FC<{ post: NonNullable<ReportedPost['before']> }> = ({ post }) => {
  const { t, rich } = useMessages()
  const { text, spoilerText, visibility, createdAt, media, url } = post
  const link = webUrl(url)
  return (
    <>
      <blockquote class="approval-text" dir="auto">
        {spoilerText !== '' && (
          <p>
            <strong>{spoilerText}</strong>
          </p>
        )}
        {text}
      </blockquote>
      {media.length > 0 && (
        <ul class="bullets">
          {media.map((file) => {
            const fileLink = webUrl(file.url)
            const label =
              file.description === ''
                ? t('reports.fileBare')
                : t('reports.file', { description: file.description.slice(0, 300) })
            return (
              <li dir="auto">
                {fileLink ? (
                  <a href={fileLink} rel="noreferrer">
                    {label}
                  </a>
                ) : (
                  label
                )}
              </li>
            )
          })}
        </ul>
      )}
      <ul class="applicant-facts">
        <li>
          {rich('reports.postOf', {
            visibility: isVisibility(visibility) ? t(`visibility.${visibility}`) : visibility,
            moment: <Moment at={new Date(createdAt)} />,
          })}
        </li>
        {link && (
          <li>
            <a href={link} rel="noreferrer">
              {t('reports.openPost')}
            </a>
          </li>
        )}
      </ul>
    </>
  )
}
