import { Hono } from 'hono'
import { bookmarkedBy, favouritedBy } from '#src/reading/timelines/marked.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Head, Tabs } from '../components/layout.tsx'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** A person's bookmarks and favourites, visible only to them. */
export const bookmarks = new Hono<Env>()
  .get('/bookmarks', requireViewer, (c) => marksPage(c, '/bookmarks', 'Bookmarks', bookmarkedBy))
  .get('/favourites', requireViewer, (c) => marksPage(c, '/favourites', 'Favourites', favouritedBy))

async function marksPage(c: C, path: string, title: string, load: typeof bookmarkedBy): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const wanted = pageOf(c)
  const marks = await load(db, accountId, wanted)
  const statuses = await loadStatusViews(
    db,
    accountId,
    marks.map(({ statusId }) => statusId),
  )
  return page(
    c,
    title,
    <>
      <Head title={title}>
        <Tabs
          label="Kept posts"
          here={path}
          tabs={[
            ['/bookmarks', 'Bookmarks'],
            ['/favourites', 'Favourites'],
          ]}
        />
      </Head>
      <StatusList statuses={statuses}>Nothing kept yet.</StatusList>
      <Pagination path={path} page={wanted} cursors={marks.map(({ id }) => id)} />
    </>,
  )
}
