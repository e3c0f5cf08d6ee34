import type { ListId } from '#src/platform/ids.ts'
import { ownList } from '#src/reading/lists/manage.ts'
import { listMembers } from '#src/reading/lists/members.ts'
import { listTimeline } from '#src/reading/timelines/list.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Head } from '../../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../../components/pagination.tsx'
import { StatusList } from '../../components/status.tsx'
import type { C } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'

/** The posts of a list's members. */
export async function timelinePage(c: C, id: ListId): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const { accountId } = viewerOf(c)
  const list = await ownList(db, accountId, id)
  const wanted = pageOf(c)
  const [ids, anybody] = await Promise.all([
    listTimeline(db, accountId, id, wanted),
    listMembers(db, accountId, id, { limit: 1 }),
  ])
  const statuses = await loadStatusViews(db, accountId, ids)
  return page(
    c,
    list.title,
    <>
      <Head title={<bdi>{list.title}</bdi>}>
        <a href={`/lists/${id}/edit`} class="button button-quiet button-small">
          {t('lists.editList')}
        </a>
      </Head>
      <StatusList statuses={statuses} context="home">
        <NothingHere page={wanted}>
          {anybody.length > 0 ? (
            t('lists.noPosts')
          ) : (
            <>
              <p>{t('lists.nobodyYet')}</p>
              <p>
                <a href={`/lists/${id}/edit#members`}>{t('lists.addPeople')}</a>
              </p>
            </>
          )}
        </NothingHere>
      </StatusList>
      <Pagination path={`/lists/${id}`} page={wanted} cursors={ids} />
    </>,
  )
}
