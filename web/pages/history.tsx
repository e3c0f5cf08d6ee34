import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { loadHistory, type RevisionView } from '#src/statuses/views/history.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { compareLists, compareTexts } from '#src/text/compare.ts'
import { safeHtmlToText } from '#src/text/html/to-text.ts'
import { Avatar, Name, profilePath } from '../components/account.tsx'
import { Change, Comparison } from '../components/comparison.tsx'
import { EmojiText } from '../components/emoji.tsx'
import { Html } from '../components/html.tsx'
import { Head } from '../components/layout.tsx'
import { useFormats, useMessages } from '../components/page-context.ts'
import { statusPath, statusTitle } from '../components/status.tsx'
import { Moment } from '../components/time.tsx'
import type { Env } from '../env.ts'
import { page } from '../page.tsx'

/** Revisions on a page: comparing them takes time. */
const pageSize = 20

/** The revisions of a status, for viewers who may see it: `/@alice/1/history`. Newest first, each with its changes. */
export const histories = new Hono<Env>().get('/:at{@[^/]+}/:id{[0-9]+}/history', async (c) => {
  const { app, session } = c.var
  const { t, rich } = c.var.messages
  const viewer = session.viewer?.accountId ?? null
  const id = c.req.param('id')
  const status = isId(id) ? await loadStatusView(app.db, viewer, id as StatusId) : undefined
  if (!status || status.reblog) throw notFound()
  const path = `${statusPath(status)}/history`
  if (c.req.path.toLowerCase() !== path.toLowerCase()) return c.redirect(path, 302)
  const all = await loadHistory(app.db, viewer, status.id)
  const skipped = Math.min(Number(/^\d{1,4}$/.exec(c.req.query('skip') ?? '')?.[0] ?? 0), all.length - 1)
  const shown = [...all.keys()].toReversed().slice(skipped, skipped + pageSize)
  return page(
    c,
    { title: t('history.title', { author: statusTitle(status) }), isPrivate: true },
    <>
      <Head title={t('history.head')} />
      {all.length > 1 && (
        <p class="revision-key">
          {rich('history.intro', {
            count: all.length - 1,
            ins: (text) => <ins>{text}</ins>,
            del: (text) => <del>{text}</del>,
          })}
        </p>
      )}
      <div class="feed">
        {shown.map((i) => (
          <Revision revision={all[i]!} before={all[i - 1] ?? null} number={i} isCurrent={i === all.length - 1} />
        ))}
      </div>
      <nav class="aside" aria-label={t('history.head')}>
        {skipped > 0 && (
          <p>
            <a href={`${path}?skip=${Math.max(0, skipped - pageSize)}`}>{t('history.newer')}</a>
          </p>
        )}
        {skipped + pageSize < all.length && (
          <p>
            <a href={`${path}?skip=${skipped + pageSize}`}>{t('history.older')}</a>
          </p>
        )}
        <p>
          <a href={statusPath(status)}>{t('history.back')}</a>
        </p>
      </nav>
    </>,
  )
})

type RevisionProps = { revision: RevisionView; before: RevisionView | null; number: number; isCurrent: boolean }

const Revision: FC<RevisionProps> = ({ revision, before, number, isCurrent }) => {
  const { t } = useMessages()
  const { account } = revision
  const name = !before ? 'history.published' : isCurrent ? 'history.current' : 'history.edited'
  return (
    <article class="post revision">
      <header class="post-head">
        <h2 class="revision-name">{t(name, { number })}</h2>
        <span class="post-time">
          <Moment at={revision.createdAt} />
        </span>
      </header>
      <a href={profilePath(account)} class="revision-author">
        <Avatar account={account} size="small" />
        <Name account={account} />
      </a>
      {before ? <Changes revision={revision} before={before} /> : <Published revision={revision} />}
    </article>
  )
}

/** The first revision, as it looked. */
const Published: FC<{ revision: RevisionView }> = ({ revision }) => {
  const { t, rich } = useMessages()
  const { spoilerText, emojis, media, pollOptions } = revision
  return (
    <>
      {spoilerText && (
        <p class="revision-warning" dir="auto">
          {rich('history.warning', {
            text: (
              <strong>
                <EmojiText text={spoilerText} emojis={emojis} />
              </strong>
            ),
          })}
        </p>
      )}
      <div class="post-body">
        <Html html={revision.content} isOwn={revision.account.isLocal} language={revision.language} emojis={emojis} />
      </div>
      {media.length > 0 && (
        <ul class="revision-list">
          {media.map(({ description }, i) => (
            <li>
              {rich('history.file', {
                number: i + 1,
                description: <bdi>{description || t('history.noDescription')}</bdi>,
              })}
            </li>
          ))}
        </ul>
      )}
      {pollOptions && <PollOptions options={pollOptions} before={pollOptions} />}
    </>
  )
}

/** A later revision, compared with the one before it. */
const Changes: FC<{ revision: RevisionView; before: RevisionView }> = ({ revision, before }) => {
  const { t, rich } = useMessages()
  const { language, emojis, pollOptions } = revision
  const text = compareTexts(safeHtmlToText(before.content), safeHtmlToText(revision.content), language)
  const warning = compareTexts(before.spoilerText, revision.spoilerText, language)
  return (
    <>
      {warning.length > 0 && (
        <p class="revision-warning" dir="auto">
          {rich('history.warning', { text: <Comparison pieces={warning} emojis={emojis} /> })}
        </p>
      )}
      <p class="revision-text" dir="auto" {...(language ? { lang: language } : {})}>
        <Comparison pieces={text} emojis={emojis} />
      </p>
      <Files revision={revision} before={before} />
      {pollOptions && <PollOptions options={pollOptions} before={before.pollOptions ?? []} />}
      {!pollOptions && before.pollOptions && <p class="revision-note">{t('history.pollRemoved')}</p>}
      <Notes revision={revision} before={before} />
    </>
  )
}

const Files: FC<{ revision: RevisionView; before: RevisionView }> = ({ revision, before }) => {
  const { t, rich } = useMessages()
  const earlier = new Map(before.media.map((file) => [file.id, file]))
  const kept = new Set(revision.media.map(({ id }) => id))
  const gone = before.media.filter(({ id }) => !kept.has(id))
  if (revision.media.length + gone.length === 0) return null
  const words = (description: string | null) => <bdi>{description || t('history.noDescription')}</bdi>
  return (
    <ul class="revision-list">
      {revision.media.map(({ id, description }, i) => {
        const old = earlier.get(id)
        const number = i + 1
        if (!old)
          return (
            <li>
              <Change kind="added">{rich('history.fileAdded', { number, description: words(description) })}</Change>
            </li>
          )
        const pieces = compareTexts(old.description ?? '', description ?? '', revision.language)
        return (
          <li>
            {rich('history.file', {
              number,
              description: pieces.length === 0 ? words('') : <Comparison pieces={pieces} />,
            })}
          </li>
        )
      })}
      {gone.map(({ description }) => (
        <li>
          <Change kind="removed">{rich('history.fileRemoved', { description: words(description) })}</Change>
        </li>
      ))}
    </ul>
  )
}

const PollOptions: FC<{ options: string[]; before: string[] }> = ({ options, before }) => (
  <ul class="revision-list" aria-label={useMessages().t('history.poll')}>
    {compareLists(before, options).map(({ kind, value }) => (
      <li>{kind === 'same' ? <bdi>{value}</bdi> : <Change kind={kind}>{<bdi>{value}</bdi>}</Change>}</li>
    ))}
  </ul>
)

/** The other changes of an edit, in words. */
const Notes: FC<{ revision: RevisionView; before: RevisionView }> = ({ revision, before }) => {
  const { t } = useMessages()
  const formats = useFormats()
  const { isSensitive, language } = revision
  const notes = [
    isSensitive !== before.isSensitive &&
      revision.media.length + before.media.length > 0 &&
      t(isSensitive ? 'history.sensitive' : 'history.notSensitive'),
    language !== before.language &&
      (language ? t('history.language', { language: languageName(formats, language) }) : t('history.languageRemoved')),
  ].filter((note) => note !== false)
  const isSame =
    revision.content === before.content &&
    revision.spoilerText === before.spoilerText &&
    JSON.stringify(revision.pollOptions) === JSON.stringify(before.pollOptions) &&
    JSON.stringify(revision.media.map(fileKey)) === JSON.stringify(before.media.map(fileKey))
  if (notes.length === 0 && isSame) notes.push(t('history.nothing'))
  return (
    <>
      {notes.map((note) => (
        <p class="revision-note">{note}</p>
      ))}
    </>
  )
}

const fileKey = ({ id, description }: RevisionView['media'][number]) => [id, description ?? '']

/** Other servers send any text as a language. */
function languageName(formats: ReturnType<typeof useFormats>, tag: string): string {
  try {
    return formats.language(tag) ?? tag
  } catch {
    return tag
  }
}
