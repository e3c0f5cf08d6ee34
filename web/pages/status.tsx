import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { isDeleted } from '#src/statuses/find.ts'
import { absenceOf } from '#src/statuses/threads/gaps.ts'
import { openThread } from '#src/statuses/threads/open-thread.ts'
import { countBlockedReplies, isInThreadOf, replyPage, type Reply } from '#src/statuses/threads/replies.ts'
import { pathToVisible } from '#src/statuses/threads/thread.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { avatarUrl, nameOf, profilePath } from '../components/account.tsx'
import { Head, type Meta } from '../components/layout.tsx'
import { PageProvider, useMessages, usePage } from '../components/page-context.ts'
import { MainStatus, statusPath, statusTitle } from '../components/status.tsx'
import { Ancestors, Continuation, LostParent, ReplyTree, type Views } from '../components/thread.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

/** Posts above the main one on a page. Further ones are above the first of them, on its own page. */
const maxAncestors = 20
/** Posts on a page. */
const maxPosts = 60

/**
 * A status with its thread: `/@alice/1`, and `/@bob@remote.example/2` for a remote one. `?after=ID` shows the replies that follow
 * a direct reply, `?below=ID` those to a post of the thread that is left out and so has no page of its own, `?warnings=open` opens what
 * stands behind content warnings.
 */
export const statusPages = new Hono<Env>().get('/:at{@[^/]+}/:id{[0-9]+}', async (c) => {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId ?? null
  const id = c.req.param('id')
  if (!isId(id)) throw notFound()
  const statusId = id as StatusId
  const after = idIn(c, 'after')
  const below = idIn(c, 'below')
  if (below !== null && !(await isInThreadOf(app.db, viewer, statusId, below))) throw notFound()
  const isFirst = after === null && below === null
  const { ancestors, isCut } = isFirst
    ? await pathToVisible(app.db, viewer, statusId, maxAncestors)
    : { ancestors: [], isCut: false }
  const most = maxPosts - 1 - ancestors.length
  const { continuation, replies, next } = await replyPage(app.db, viewer, below ?? statusId, {
    after,
    most,
    isGap: below !== null,
  })
  const others = [...ancestors, ...continuation, ...flat(replies)].map((one) => one.id)
  const [status, ...shown] = await loadStatusViews(app.db, viewer, [statusId, ...others])
  if (status?.id !== statusId) return absentPage(c, statusId)
  // Boosts have no page of their own. A URL with another name than the author's is corrected.
  const path = statusPath(status.reblog ?? status)
  if (status.reblog || c.req.path.toLowerCase() !== path.toLowerCase()) return c.redirect(path, 302)

  const [blocked, refresh] = await Promise.all([
    viewer && isFirst ? countBlockedReplies(app.db, viewer, status.id) : 0,
    viewer && openThread(app, status.id),
  ])
  const views = new Map(shown.map((view) => [view.id, view]))
  const lostUri = isFirst && status.inReplyToId === null ? status.inReplyToUri : null
  const place = { path, below, isOpen: c.req.query('warnings') === 'open' }
  return page(
    c,
    metaOf(c, status),
    <>
      <Head title={c.var.messages.t('status.title')} />
      <OpenWarnings isOpen={place.isOpen}>
        <Ancestors ancestors={ancestors} views={views} isCut={isCut} />
        {lostUri !== null && <LostParent uri={lostUri} />}
        <MainStatus status={status} />
        <Tools
          place={place}
          after={after}
          hasWarnings={[status, ...shown].some(({ spoilerText }) => spoilerText !== '')}
        />
        {refresh && <Refreshing path={path} />}
        <Continuation links={continuation} views={views} />
        <Replies replies={replies} views={views} place={place} next={next} isFirst={after === null} />
        <Known status={status} blocked={blocked} />
      </OpenWarnings>
    </>,
  )
})

const flat = (replies: readonly Reply[]): Reply[] => replies.flatMap((reply) => [reply, ...flat(reply.below)])

/** Shows its content with all content warnings opened, whatever the reader's preference. */
const OpenWarnings: FC<{ isOpen: boolean; children?: Child }> = ({ isOpen, children }) => {
  const context = usePage()
  if (!isOpen) return <>{children}</>
  return (
    <PageProvider value={{ ...context, preferences: { ...context.preferences, expandsWarnings: true } }}>
      {children}
    </PageProvider>
  )
}

const idIn = (c: C, name: string): StatusId | null => {
  const asked = c.req.query(name)
  return asked !== undefined && isId(asked) ? (asked as StatusId) : null
}

/** Where one is in a thread: the path of its post, the post that is left out whose replies are shown, and whether warnings are open. */
type Place = { path: string; below: StatusId | null; isOpen: boolean }

/** The path of a page of a thread. */
function pageOfThread({ path, below, isOpen }: Place, after: StatusId | null): string {
  const query = new URLSearchParams()
  if (below !== null) query.set('below', below)
  if (after !== null) query.set('after', after)
  if (isOpen) query.set('warnings', 'open')
  return query.size > 0 ? `${path}?${query}` : path
}

const Tools: FC<{ place: Place; after: StatusId | null; hasWarnings: boolean }> = ({ place, after, hasWarnings }) => {
  const { preferences } = usePage()
  const { t } = useMessages()
  if (!hasWarnings) return null
  return (
    <p class="thread-tools">
      {preferences.expandsWarnings ? (
        <a href={pageOfThread({ ...place, isOpen: false }, after)}>{t('thread.closeWarnings')}</a>
      ) : (
        <a href={pageOfThread({ ...place, isOpen: true }, after)}>{t('thread.openWarnings')}</a>
      )}
    </p>
  )
}

const Refreshing: FC<{ path: string }> = ({ path }) => (
  <p class="aside" role="status">
    {useMessages().rich('status.lookingForReplies', { a: (words) => <a href={path}>{words}</a> })}
  </p>
)

type RepliesProps = { replies: Reply[]; views: Views; place: Place; next: StatusId | null; isFirst: boolean }

const Replies: FC<RepliesProps> = ({ replies, views, place, next, isFirst }) => {
  const { t } = useMessages()
  const isBelow = place.below !== null
  if (replies.length === 0 && next === null && isFirst && !isBelow) return null
  return (
    <section class="thread-replies" aria-labelledby="replies">
      <h2 class="section-title" id="replies">
        {t(isBelow ? 'thread.belowGap' : 'status.replies')}
      </h2>
      <ReplyTree replies={replies} views={views} path={place.path} />
      {(next !== null || !isFirst || isBelow) && (
        <nav class="pagination" aria-label={t('common.pages')}>
          {isBelow && (
            <a href={`${pageOfThread({ ...place, below: null }, null)}#replies`}>{t('thread.wholeThread')}</a>
          )}
          {!isFirst && <a href={`${pageOfThread(place, null)}#replies`}>{t('thread.firstReplies')}</a>}
          {next !== null && (
            <a href={`${pageOfThread(place, next)}#replies`} rel="next">
              {t('thread.nextReplies')}
            </a>
          )}
        </nav>
      )}
    </section>
  )
}

/** What the page can't show of the replies. */
const Known: FC<{ status: StatusView; blocked: number }> = ({ status, blocked }) => {
  const { t, rich } = useMessages()
  const origin = status.account.isLocal ? null : webUrl(status.url)
  if (blocked === 0 && origin === null) return null
  return (
    <div class="aside hint">
      {blocked > 0 && <p>{t('thread.ofBlocked', { count: blocked })}</p>}
      {origin && (
        <p>
          {rich('thread.onlyKnown', {
            host: shownHost(status.account.domain ?? ''),
            a: (words) => (
              <a href={origin} rel="nofollow noopener noreferrer" target="_blank">
                {words}
              </a>
            ),
          })}
        </p>
      )}
    </div>
  )
}

/** The answer for a post that the viewer can't see: it names the reasons that the viewer may know. */
async function absentPage(c: C, id: StatusId): Promise<Response> {
  const { app, session } = c.var
  const { t, rich } = c.var.messages
  const absence = await absenceOf(app.db, session.viewer?.accountId ?? null, id)
  if (absence?.reason === 'deleted' && (await isDeleted(app.db, id))) throw new Refusal('gone', 'This post is gone')
  if (absence?.reason !== 'youBlock' || !absence.account) throw notFound()
  const [account] = await loadAccountViews(app.db, [absence.account])
  if (!account) throw notFound()
  return page(
    c,
    { title: t('thread.youBlockTitle'), isPrivate: true },
    <div class="calm">
      <h1>{t('thread.youBlockTitle')}</h1>
      <p>
        {rich('thread.youBlockText', {
          name: <bdi>{nameOf(account)}</bdi>,
          account: (words) => <a href={profilePath(account)}>{words}</a>,
        })}
      </p>
    </div>,
    404,
  )
}

function metaOf(c: C, status: StatusView): Meta {
  const { uris } = c.var.app
  const title = statusTitle(status)
  if (!isOpen(status.visibility)) return { title, isPrivate: true }
  const text = status.spoilerText || htmlToText(status.content)
  const image = avatarUrl(status.account, uris.remoteFile)
  const canonical = status.account.isLocal ? `${uris.origin}${statusPath(status)}` : status.url
  return {
    title,
    description: text.length > 300 ? `${text.slice(0, 299).trimEnd()}…` : text,
    canonical,
    activity: status.uri,
    ...(status.account.isLocal ? { oembed: `${uris.origin}/api/oembed?url=${encodeURIComponent(canonical)}` } : {}),
    image: image && new URL(image, uris.origin).href,
    type: 'article',
    isPrivate: !status.account.isIndexable,
  }
}
