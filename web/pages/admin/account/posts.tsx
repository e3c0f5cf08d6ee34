import type { FC } from 'hono/jsx'
import type { ShownPost } from '#src/moderation/accounts/overview.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { OpenFile } from '#src/statuses/open-of.ts'
import { profilePath } from '../../../components/account.tsx'
import { Check, Field, Form, Refused } from '../../../components/form.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { Words } from '../../../components/reported-words.tsx'
import { ChoosePost, PostsForm } from '../reports/posts-form.tsx'
import type { PartProps } from './parts.ts'

/** The latest public posts and boosts, to be deleted or marked. */
export const Posts: FC<PartProps> = ({ overview, path, refusalAt, values, mails }) => {
  const { t } = useMessages()
  const { account, posts, canAct } = overview
  const title = t('staffAccount.posts')
  const list = posts.map((shown) => <Post shown={shown} canChoose={canAct} />)
  const more = posts.length > 0 && !account.suspendedAt && (
    <p>
      <a href={profilePath(account)}>{t('staffAccount.morePosts')}</a>
    </p>
  )
  if (posts.length === 0 || !canAct)
    return (
      <section class="sheet">
        <h2>{title}</h2>
        {posts.length === 0 ? <p class="hint">{t('staffAccount.noPosts')}</p> : list}
        {more}
      </section>
    )
  return (
    <PostsForm
      action={`${path}/posts`}
      title={title}
      hint={t(account.domain === null ? 'staffAccount.postsHint' : 'staffAccount.postsHintRemote')}
      isLocal={account.domain === null}
      refusal={refusalAt('posts')}
      words={values('posts', 'words')}
      mails={mails('posts')}
    >
      {list}
      {more}
    </PostsForm>
  )
}

const Post: FC<{ shown: ShownPost; canChoose: boolean }> = ({ shown: { id, author, post }, canChoose }) => {
  const { rich } = useMessages()
  return (
    <article class="reported-post">
      {author && <p class="hint">{rich('staffAccount.boostOf', { name: <bdi>@{author}</bdi> })}</p>}
      {canChoose && <ChoosePost id={id} isBoost={author !== null} />}
      <Words post={post} />
    </article>
  )
}

/** The latest files of public posts, behind a heading, so that nobody has to see them. */
export const Files: FC<PartProps> = ({ overview, path, refusalAt, values, mails }) => {
  const { t } = useMessages()
  const { account, files, canAct } = overview
  if (files.length === 0) return null
  const grid = (
    <ul class="file-grid">
      {files.map((file) => (
        <li>
          <File file={file} />
          {canAct && (
            <label class="check">
              <input type="checkbox" name="file" value={file.id} />
              <span>{t('staffAccount.chooseFile')}</span>
            </label>
          )}
        </li>
      ))}
    </ul>
  )
  return (
    <details class="sheet account-more" open={refusalAt('files') !== null}>
      <summary>
        <h2>{t('staffAccount.files', { count: files.length })}</h2>
      </summary>
      {canAct ? (
        <Form action={`${path}/files`} label={t('staffAccount.files', { count: files.length })}>
          <Refused refusal={refusalAt('files')} />
          {grid}
          <p class="hint">{t(account.domain === null ? 'staffAccount.filesHint' : 'staffAccount.filesHintRemote')}</p>
          {account.domain === null && (
            <>
              <Field
                name="files_text"
                label={t('reports.text')}
                rows={3}
                value={values('files', 'files_text')}
                maxlength={5_000}
              />
              <Check name="mails" label={t('reports.mails')} checked={mails('files')} />
            </>
          )}
          <div class="buttons">
            <button type="submit" class="button button-bad">
              {t('staffAccount.removeFiles')}
            </button>
          </div>
        </Form>
      ) : (
        grid
      )}
    </details>
  )
}

/** A picture, the picture of a film, or the name of what has none; a link to the file itself, as the post may be hidden. */
const File: FC<{ file: OpenFile }> = ({ file }) => {
  const { remoteFile } = usePage()
  const { t } = useMessages()
  const remote = webUrl(file.remoteUrl ?? '')
  const poster = webUrl(file.previewRemoteUrl ?? '')
  const isPicture = file.kind === 'image'
  const href = file.file
    ? `/media/${file.file}`
    : remote && (file.kind === 'unknown' ? remote : remoteFile(remote, isPicture ? 'image' : 'recording'))
  const small = file.previewFile
    ? `/media/${file.previewFile}`
    : isPicture
      ? file.file
        ? `/media/${file.file}`
        : remote && remoteFile(remote, 'small')
      : poster && remoteFile(poster, 'small')
  const name =
    file.description === '' ? t('reports.fileBare') : t('reports.file', { description: file.description.slice(0, 300) })
  return (
    <a href={href ?? undefined} rel="noreferrer">
      {small ? <img src={small} alt={name} loading="lazy" decoding="async" /> : <span class="file-name">{name}</span>}
    </a>
  )
}
