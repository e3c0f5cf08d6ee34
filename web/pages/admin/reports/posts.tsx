import type { FC } from 'hono/jsx'
import type { ReportDetail, ReportedPost } from '#src/moderation/reports/load.ts'
import { useFormats, useMessages } from '../../../components/page-context.ts'
import { Words } from '../../../components/reported-words.tsx'

type Props = { path: string; detail: Pick<ReportDetail, 'posts' | 'collections'> }

/**
 * The reported posts and collections, as they were and as they are, each with a box: the chosen ones are deleted or marked on the next
 * page. Files are links, so that nobody has to see them.
 */
export const Posts: FC<Props> = ({ path, detail: { posts, collections } }) => {
  const { t } = useMessages()
  const hasPosts = posts.some(isThere)
  return (
    <form class="sheet" aria-label={t('reports.posts')}>
      <h2>{t('reports.posts')}</h2>
      {posts.length === 0 && <p class="hint">{t('reports.noPosts')}</p>}
      {posts.map((post) => (
        <Post post={post} />
      ))}
      {collections.length > 0 && <h3>{t('reports.collections')}</h3>}
      {collections.map(({ id, name }) => (
        <label class="check">
          <input type="checkbox" name="collection" value={id} checked />
          <span dir="auto">{t('reports.chooseCollection', { name })}</span>
        </label>
      ))}
      {(hasPosts || collections.length > 0) && (
        <div class="buttons">
          {hasPosts && (
            <button type="submit" formaction={`${path}/posts/mark`} class="button button-quiet">
              {t('reports.chosenMark')}
            </button>
          )}
          <button type="submit" formaction={`${path}/posts/delete`} class="button button-bad">
            {t('reports.chosenDelete')}
          </button>
        </div>
      )}
    </form>
  )
}

const isThere = ({ now }: ReportedPost): boolean => now !== null && now.deletedAt === null

const Post: FC<{ post: ReportedPost }> = ({ post }) => {
  const { t } = useMessages()
  const formats = useFormats()
  const { id, before, now, isChanged } = post
  const isHere = isThere(post)
  return (
    <article class="reported-post">
      {isHere && now && (
        <label class="check">
          <input type="checkbox" name="post" value={id} checked />
          <span>{t('reports.choosePost', { moment: formats.moment(new Date(now.createdAt)) })}</span>
        </label>
      )}
      <h3>{t('reports.asReported')}</h3>
      {before ? <Words post={before} /> : <p class="hint">{t('reports.notKept')}</p>}
      {now?.deletedAt && <p class="problem">{t('reports.deletedNow')}</p>}
      {!now && <p class="problem">{t('reports.goneNow')}</p>}
      {isHere && now?.isSensitive && <p class="hint">{t('reports.isMarked')}</p>}
      {isHere && before && !isChanged && <p class="hint">{t('reports.unchanged')}</p>}
      {isHere && now && (isChanged || !before) && (
        <>
          <h3>{t('reports.asNow')}</h3>
          <Words post={now} />
        </>
      )}
    </article>
  )
}
