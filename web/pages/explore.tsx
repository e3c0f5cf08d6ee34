import { Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import { tagTimeline } from '#src/reading/timelines/public.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { Head } from '../components/layout.tsx'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { Env } from '../env.ts'
import { page } from '../page.tsx'

/** The timeline of a hashtag. */
export const explore = new Hono<Env>().get('/tags/:tag', async (c) => {
  const { app, session } = c.var
  const tag = parseHashtag(c.req.param('tag'))
  if (!tag) throw notFound()
  const viewer = session.viewer?.accountId ?? null
  const wanted = pageOf(c)
  const ids = await tagTimeline(app.db, viewer, tag.name, {}, wanted)
  const statuses = await loadStatusViews(app.db, viewer, ids)
  return page(
    c,
    { title: `#${tag.displayName}`, canonical: app.uris.tag(tag.name) },
    <>
      <Head title={<bdi>#{tag.displayName}</bdi>} />
      <StatusList statuses={statuses} context="public">
        {c.var.messages.t('explore.emptyTag')}
      </StatusList>
      <Pagination path={`/tags/${encodeURIComponent(tag.name)}`} page={wanted} cursors={ids} />
    </>,
  )
})
