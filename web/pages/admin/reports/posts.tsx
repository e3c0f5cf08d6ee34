import type { FC } from 'hono/jsx'
import type { ReportDetail, ReportedPost } from '#src/moderation/reports/load.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { useMessages } from '../../../components/page-context.ts'
import { Words } from '../../../components/reported-words.tsx'
import { ChoosePost, PostsForm } from './posts-form.tsx'

type Props = {
  detail: Pick<ReportDetail, 'posts' | 'collections' | 'canAct'>
  path: string
  isLocal: boolean
  refusal: Refusal | null
  words: string
  /** Whether the person gets a mail. */
  mails: boolean
}

/**
 * The reported posts, as they were and as they are, to be deleted or marked, and the reported collections, to be deleted. Files are
 * links, so that nobody has to see them.
 */
export const Posts: FC<Props> = ({ detail: { posts, collections, canAct }, path, isLocal, refusal, words, mails }) => {
  const { t } = useMessages()
  const list = (
    <>
      {posts.length === 0 && <p class="hint">{t('reports.noPosts')}</p>}
      {posts.map((post) => (
        <Post post={post} canChoose={canAct && isThere(post)} />
      ))}
      {collections.length > 0 && <h3>{t('reports.collections')}</h3>}
      {collections.map(({ id, name }) =>
        canAct ? (
          <label class="check">
            <input type="checkbox" name="collection" value={id} />
            <span dir="auto">{name}</span>
          </label>
        ) : (
          <p dir="auto">{name}</p>
        ),
      )}
    </>
  )
  if (!canAct || (collections.length === 0 && !posts.some(isThere)))
    return (
      <section class="sheet">
        <h2>{t('reports.posts')}</h2>
        {list}
      </section>
    )
  return (
    <PostsForm
      action={`${path}/posts`}
      title={t('reports.posts')}
      hint={t(isLocal ? 'reports.postsHint' : 'reports.postsHintRemote')}
      isLocal={isLocal}
      refusal={refusal}
      words={words}
      mails={mails}
    >
      {list}
    </PostsForm>
  )
}

const isThere = ({ now }: ReportedPost): boolean => now !== null && now.deletedAt === null

const Post: FC<{ post: ReportedPost; canChoose: boolean }> = ({ post, canChoose }) => {
  const { t } = useMessages()
  const { id, before, now, isChanged } = post
  return (
    <article class="reported-post">
      {canChoose && <ChoosePost id={id} />}
      <h3>{t('reports.asReported')}</h3>
      {before ? <Words post={before} isGone={!isThere(post)} /> : <p class="hint">{t('reports.notKept')}</p>}
      {now?.deletedAt && <p class="problem">{t('reports.deletedNow')}</p>}
      {!now && <p class="problem">{t('reports.goneNow')}</p>}
      {isThere(post) && now?.isSensitive && <p class="hint">{t('reports.isMarked')}</p>}
      {isThere(post) && before && !isChanged && <p class="hint">{t('reports.unchanged')}</p>}
      {isThere(post) && now && (isChanged || !before) && (
        <>
          <h3>{t('reports.asNow')}</h3>
          <Words post={now} />
        </>
      )}
    </article>
  )
}
