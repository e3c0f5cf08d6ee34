import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { listPublishers, type Publisher } from '#src/reading/trends/publishers.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import type { Env } from '../../env.ts'
import { requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'
import { TrendRow } from './trend-row.tsx'

const pageSize = 40

/** All publishers of links that ever trended here. */
export const trendPublishers = new Hono<Env>().get(
  '/admin/trends/publishers',
  requirePermission('manage_taxonomies'),
  async (c) => {
    const { db } = c.var.app
    const { t } = c.var.messages
    const staff = await staffMember(db, viewerOf(c).accountId)
    const wanted = pageOf(c, pageSize)
    const [found, { trendsNeedReview }] = [await listPublishers(db, staff, wanted), await loadSettings(db)]
    return page(
      c,
      t('admin.publishers'),
      <>
        <AdminHead here="/admin/trends" />
        <h2 class="section-title">{t('admin.publishers')}</h2>
        <p class="sheet">{t('admin.publishersHint')}</p>
        {found.length === 0 && <div class="empty">{t('admin.noPublishers')}</div>}
        <Publishers publishers={found} needReview={trendsNeedReview} />
        <Pagination path="/admin/trends/publishers" page={wanted} cursors={found.map(({ id }) => id)} />
      </>,
    )
  },
)

/** Publishers with the decisions about all their links. */
export const Publishers: FC<{ publishers: readonly Publisher[]; needReview: boolean }> = ({
  publishers,
  needReview,
}) => {
  const { t } = useMessages()
  return (
    <>
      {publishers.map(({ id, domain, isTrendable }) => (
        <TrendRow
          kind="publisher"
          id={id}
          decision={isTrendable}
          isShown={isTrendable ?? !needReview}
          name={t('admin.linksOf', { host: domain })}
        >
          <bdi>{domain}</bdi>
        </TrendRow>
      ))}
    </>
  )
}
