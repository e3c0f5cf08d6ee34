import { Hono } from 'hono'
import { bookmarkedBy, favouritedBy } from '#src/reading/timelines/marked.ts'
import { warned } from '#src/statuses/views/filters.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Head, Tabs } from '../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** A person's bookmarks and favourites, visible only to them. */
export const bookmarks = new Hono<Env>()
  .get('/bookmarks', requireViewer, (c) => marksPage(c, 'bookmarks', bookmarkedBy))
  .get('/favourites', requireViewer, (c) => marksPage(c, 'favourites', favouritedBy))

async function marksPage(c: C, kind: 'bookmarks' | 'favourites', load: typeof bookmarkedBy): Promise<Response> {
  const { t } = c.var.messages
  const path = `/${kind}`
  const title = t(`bookmarks.${kind}`)
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
          label={t('bookmarks.kept')}
          here={path}
          tabs={[
            ['/bookmarks', t('bookmarks.bookmarks')],
            ['/favourites', t('bookmarks.favourites')],
          ]}
        />
      </Head>
      <StatusList statuses={warned(statuses)} context="home">
        <NothingHere page={wanted}>
          {t(kind === 'bookmarks' ? 'bookmarks.emptyBookmarks' : 'bookmarks.emptyFavourites')}
        </NothingHere>
      </StatusList>
      <Pagination path={path} page={wanted} cursors={marks.map(({ id }) => id)} />
    </>,
  )
}
