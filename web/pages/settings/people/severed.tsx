import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { isId, type SeveranceId } from '#src/platform/ids.ts'
import type { SeveranceView } from '#src/relationships/severance.ts'
import { listSeverances, severedCsv, severedLists } from '#src/relationships/severed-lists.ts'
import { shownHost } from '#src/text/acct.ts'
import { useMessages } from '../../../components/page-context.ts'
import { pageOf, Pagination } from '../../../components/pagination.tsx'
import { Moment } from '../../../components/time.tsx'
import type { Env } from '../../../env.ts'
import { requireViewer, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { PeopleHead } from '../people-head.tsx'

const path = '/settings/severed'

/** The follows that a person lost when servers were blocked or accounts suspended. */
export const severedPages = new Hono<Env>()
  .get(path, requireViewer, async (c) => {
    const wanted = pageOf(c)
    const found = await listSeverances(c.var.app.db, viewerOf(c).accountId, wanted)
    const { t } = c.var.messages
    return page(
      c,
      t('relations.severed'),
      <>
        <PeopleHead here={path} />
        <section class="sheet">
          <h2>{t('relations.severed')}</h2>
          <p class="hint">{t(found.length === 0 ? 'relations.severedNothing' : 'relations.severedLead')}</p>
          <ul class="entries">
            {found.map((severance) => (
              <Entry severance={severance} />
            ))}
          </ul>
        </section>
        <Pagination path={path} page={wanted} cursors={found.map(({ id }) => id)} />
      </>,
    )
  })
  .get(`${path}/:id/:list{[a-z]+\\.csv}`, requireViewer, async (c) => {
    const id = c.req.param('id')
    const list = severedLists.find((one) => `${one}.csv` === c.req.param('list'))
    if (!isId(id) || !list) throw notFound()
    const csv = await severedCsv(c.var.app.db, viewerOf(c).accountId, id as SeveranceId, list)
    return c.body(csv, 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="lost-${list}-${id}.csv"`,
      'Cache-Control': 'private, no-store',
    })
  })

const Entry: FC<{ severance: SeveranceView }> = ({ severance }) => {
  const { t, rich } = useMessages()
  const { id, type, targetName, followersCount, followingCount, createdAt } = severance
  const name = type === 'account_suspension' ? targetName : shownHost(targetName)
  return (
    <li>
      <div>
        <p>{rich(`relations.severed_${type}`, { name: <bdi>{name}</bdi> })}</p>
        <p class="hint">
          <Moment at={createdAt} />
        </p>
        <p>{t('relations.severedCounts', { followers: followersCount, following: followingCount })}</p>
        <ul class="applicant-facts">
          {followingCount > 0 && (
            <li>
              <a href={`${path}/${id}/following.csv`} download>
                {t('relations.severedFollowing')}
              </a>
            </li>
          )}
          {followersCount > 0 && (
            <li>
              <a href={`${path}/${id}/followers.csv`} download>
                {t('relations.severedFollowers')}
              </a>
            </li>
          )}
        </ul>
      </div>
    </li>
  )
}
