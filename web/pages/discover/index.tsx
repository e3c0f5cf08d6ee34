import { Hono } from 'hono'
import { loadTagDetails } from '#src/reading/tags/views.ts'
import { trendingTimeline } from '#src/reading/timelines/trending.ts'
import { listTrendingTags, trendingLinks } from '#src/reading/trends/read.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { LinkCard } from '../../components/card.tsx'
import { OffsetPagination, offsetOf } from '../../components/offset-pagination.tsx'
import { StatusList } from '../../components/status.tsx'
import type { C, Env } from '../../env.ts'
import { page } from '../../page.tsx'
import { linkPages, linkPath } from './links.tsx'
import { peoplePages } from './people.tsx'
import { whileQuiet } from './quiet.tsx'
import { ExploreHead } from './tabs.tsx'
import { Usage, UsageNote } from './usage.tsx'

const size = 20

/** What trends on this server, and people to follow. */
export const discover = new Hono<Env>()
  .get('/explore', (c) => postsPage(c))
  .get('/explore/tags', (c) => tagsPage(c))
  .get('/explore/links', (c) => linksPage(c))
  .route('/', linkPages)
  .route('/', peoplePages)

async function postsPage(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const viewer = session.viewer?.accountId ?? null
  const offset = offsetOf(c)
  const ids = await trendingTimeline(app.db, viewer, { limit: size, offset })
  const isQuiet = ids.length === 0 && offset === 0
  const statuses = isQuiet ? [] : await loadStatusViews(app.db, viewer, ids)
  return page(
    c,
    { title: messages.t('discover.title'), canonical: `${app.uris.origin}/explore` },
    <>
      <ExploreHead here="/explore" />
      {isQuiet ? (
        await whileQuiet(c, 'posts')
      ) : (
        <>
          <p class="hint lead-in">{messages.t('discover.postsHint')}</p>
          <StatusList statuses={statuses} context="public">
            {messages.t('discover.noMore')}
          </StatusList>
          <OffsetPagination path="/explore" offset={offset} size={size} shown={ids.length} />
        </>
      )}
    </>,
  )
}

async function tagsPage(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const offset = offsetOf(c)
  const ids = await listTrendingTags(app.db, { limit: size, offset })
  const tags = await loadTagDetails(app.db, session.viewer?.accountId ?? null, ids)
  return page(
    c,
    { title: messages.t('discover.tagsTitle'), canonical: `${app.uris.origin}/explore/tags` },
    <>
      <ExploreHead here="/explore/tags" />
      {tags.length === 0 && offset === 0 ? (
        await whileQuiet(c, 'tags')
      ) : (
        <>
          {tags.length === 0 && <div class="empty">{messages.t('discover.noMore')}</div>}
          <ol class="trend-list" start={offset + 1}>
            {tags.map(({ name, displayName, history }) => (
              <li>
                <a href={`/tags/${encodeURIComponent(name)}`}>
                  <bdi>#{displayName}</bdi>
                </a>
                <span class="hint">
                  <Usage history={history} />
                </span>
              </li>
            ))}
          </ol>
          <OffsetPagination path="/explore/tags" offset={offset} size={size} shown={ids.length} />
          <UsageNote />
        </>
      )}
    </>,
  )
}

async function linksPage(c: C): Promise<Response> {
  const { app, messages } = c.var
  const offset = offsetOf(c)
  const links = await trendingLinks(app.db, { limit: size, offset })
  return page(
    c,
    { title: messages.t('discover.linksTitle'), canonical: `${app.uris.origin}/explore/links` },
    <>
      <ExploreHead here="/explore/links" />
      {links.length === 0 && offset === 0 ? (
        await whileQuiet(c, 'links')
      ) : (
        <>
          {links.length === 0 && <div class="empty">{messages.t('discover.noMore')}</div>}
          <ol class="link-list">
            {links.map(({ history, ...card }) => (
              <li>
                <LinkCard card={card} />
                <p class="hint link-usage">
                  <span>
                    <Usage history={history} />
                  </span>
                  <a
                    href={linkPath(card.url)}
                    aria-label={messages.t('discover.postsWithItNamed', { title: card.title })}
                  >
                    {messages.t('discover.postsWithIt')}
                  </a>
                </p>
              </li>
            ))}
          </ol>
          <OffsetPagination path="/explore/links" offset={offset} size={size} shown={links.length} />
          <UsageNote />
        </>
      )}
    </>,
  )
}
