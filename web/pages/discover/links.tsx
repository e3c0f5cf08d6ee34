import { Hono } from 'hono'
import { linkTimeline } from '#src/reading/timelines/link.ts'
import { findTrendingLink } from '#src/reading/trends/read.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { LinkCard } from '../../components/card.tsx'
import { Head } from '../../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../../components/pagination.tsx'
import { StatusList } from '../../components/status.tsx'
import type { C, Env } from '../../env.ts'
import { page } from '../../page.tsx'
import { Usage, UsageNote } from './usage.tsx'

/** The path of the page of posts with a link. */
export const linkPath = (url: string): string => `/links?${new URLSearchParams({ url }).toString()}`

/** Posts with a link, below its preview, while the link trends. */
export const linkPages = new Hono<Env>().get('/links', (c) => postsWithLink(c))

async function postsWithLink(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const { t } = messages
  const viewer = session.viewer?.accountId ?? null
  const link = await findTrendingLink(app.db, c.req.query('url') ?? '')
  if (!link) return unknownLink(c)
  const wanted = pageOf(c)
  const ids = await linkTimeline(app.db, viewer, link.url, wanted)
  const statuses = await loadStatusViews(app.db, viewer, ids)
  const path = linkPath(link.url)
  const { history, ...card } = link
  return page(
    c,
    { title: t('discover.postsWith', { title: link.title }), canonical: `${app.uris.origin}${path}` },
    <>
      <Head title={t('discover.postsWithLink')} />
      <LinkCard card={card} />
      <p class="hint link-usage">
        <span>
          <Usage history={history} />
        </span>
        <a href="/explore/links">{t('discover.allLinks')}</a>
      </p>
      <StatusList statuses={statuses} context="public">
        <NothingHere page={wanted}>{t('discover.nobodyToShow')}</NothingHere>
      </StatusList>
      <Pagination path={path} page={wanted} cursors={ids} />
      <UsageNote />
    </>,
  )
}

/** Posts with a link are listed only while it trends, as in apps. */
function unknownLink(c: C): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('discover.postsWithLink'), isPrivate: true },
    <>
      <Head title={t('discover.postsWithLink')} />
      <div class="empty">
        <p>{t('discover.linkUnknown')}</p>
        <p class="hint">
          {rich('discover.linkHint', {
            links: (words) => <a href="/explore/links">{words}</a>,
            search: (words) => <a href="/search">{words}</a>,
          })}
        </p>
      </div>
    </>,
    404,
  )
}
