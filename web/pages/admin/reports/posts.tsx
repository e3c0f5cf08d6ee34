import type { FC } from 'hono/jsx'
import type { ReportedPost } from '#src/moderation/reports/load.ts'
import { useMessages } from '../../../components/page-context.ts'
import { Words } from '../../../components/reported-words.tsx'

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
