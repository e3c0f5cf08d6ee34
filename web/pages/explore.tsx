import { Hono } from 'hono'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Head, Tabs } from '../components/layout.tsx'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

/** Public timelines: of this server, and of all known servers. */
export const explore = new Hono<Env>()
  .get('/explore', (c) => publicPage(c, '/explore', 'local'))
  .get('/explore/everywhere', (c) => publicPage(c, '/explore/everywhere'))

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
