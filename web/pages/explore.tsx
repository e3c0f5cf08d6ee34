import { Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import { publicTimeline, tagTimeline } from '#src/reading/timelines/public.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { Head, Tabs } from '../components/layout.tsx'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

/** Public timelines: of this server, of all known servers, and of a hashtag. */
export const explore = new Hono<Env>()
  .get('/explore', (c) => publicPage(c, '/explore', 'local'))
  .get('/explore/everywhere', (c) => publicPage(c, '/explore/everywhere'))
  .get('/tags/:tag', async (c) => {
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

async function publicPage(c: C, path: string, from?: 'local'): Promise<Response> {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId ?? null
  const wanted = pageOf(c)
  const ids = await publicTimeline(app.db, viewer, from ? { from } : {}, wanted)
  const statuses = await loadStatusViews(app.db, viewer, ids)
  const { t } = c.var.messages
  return page(
    c,
    { title: t('explore.title'), canonical: `${app.uris.origin}${path}` },
    <>
      <Head title={t('explore.title')}>
        <Tabs
          label={t('explore.where')}
          here={path}
          tabs={[
            ['/explore', t('explore.here')],
            ['/explore/everywhere', t('explore.everywhere')],
          ]}
        />
      </Head>
      <StatusList statuses={statuses} context="public">
        {t('explore.empty')}
      </StatusList>
      <Pagination path={path} page={wanted} cursors={ids} />
    </>,
  )
}
