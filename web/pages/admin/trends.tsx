import { Hono } from 'hono'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { notFound } from '#src/platform/errors.ts'
import { type CardId, isId, type StatusId, type TagId } from '#src/platform/ids.ts'
import { type PublisherId, publishersNamed } from '#src/reading/trends/publishers.ts'
import { decideTrend, scoredLinks, scoredTags, type Trend } from '#src/reading/trends/review.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { scoredStatuses } from '#src/statuses/trendable.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { Status } from '../../components/status.tsx'
import type { C, Env } from '../../env.ts'
import { backTo, viewerOf, requirePermission, staffOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'
import { Publishers, trendPublishers } from './trend-publishers.tsx'
import { TrendRow } from './trend-row.tsx'
import { FindTag, trendTags } from './trend-tags.tsx'

const most = 40

/** The review of trends by moderators. */
export const trendReview = new Hono<Env>()
  .get('/admin/trends', requirePermission('manage_taxonomies'), async (c) => {
    const { db, uris } = c.var.app
    const staff = await staffMember(db, viewerOf(c).accountId)
    const [tags, links, scored, { trendsNeedReview }] = [
      await scoredTags(db, staff, uris, most),
      await scoredLinks(db, staff, most),
      await scoredStatuses(db, staff, most),
      await loadSettings(db),
    ]
    const publishers = await publishersNamed(
      db,
      staff,
      links.map(({ url }) => hostOf(url)),
    )
    const statuses = await loadStatusViews(
      db,
      viewerOf(c).accountId,
      scored.map(({ id }) => id),
    )
    const { t } = c.var.messages
    return page(
      c,
      t('admin.trends'),
      <>
        <AdminHead here="/admin/trends" />
        {tags.length + links.length + statuses.length === 0 && <div class="empty">{t('admin.nothingTrends')}</div>}
        {tags.length > 0 && <h2 class="section-title">{t('admin.hashtags')}</h2>}
        {tags.map(({ tag, ...trend }) => (
          <TrendRow
            kind="tag"
            id={trend.id}
            decision={trend.decision}
            isShown={trend.isShown}
            notes={[
              ...(tag.isUsable ? [] : [t('admin.tagNotUsable')]),
              ...(tag.isListable ? [] : [t('admin.tagNotListable')]),
            ]}
            name={`#${trend.name}`}
          >
            <a href={`/admin/trends/tags/${trend.id}`}>
              <bdi>#{trend.name}</bdi>
            </a>{' '}
            <span class="hint">{t('admin.peopleToday', { accounts: trend.accounts })}</span>
          </TrendRow>
        ))}
        {links.length > 0 && <h2 class="section-title">{t('admin.links')}</h2>}
        {links.map((link) => (
          <TrendRow
            kind="link"
            id={link.id}
            decision={link.decision}
            isShown={link.isShown}
            notes={
              link.decision === null && link.publisher !== null
                ? [t(link.publisher ? 'admin.publisherApproved' : 'admin.publisherRejected')]
                : []
            }
            name={link.name}
          >
            <a href={link.url} rel="noreferrer">
              {link.name}
            </a>{' '}
            <span class="hint">{t('admin.linkPeople', { host: hostOf(link.url), accounts: link.accounts })}</span>
          </TrendRow>
        ))}
        {publishers.length > 0 && <h2 class="section-title">{t('admin.publishers')}</h2>}
        <Publishers publishers={publishers} needReview={trendsNeedReview} />
        {statuses.length > 0 && <h2 class="section-title">{t('admin.posts')}</h2>}
        {scored.map(({ id, decision, isShown }) => {
          const view = statuses.find((status) => status.id === id)
          return view ? (
            <>
              <Status status={view} />
              <TrendRow
                kind="status"
                id={id}
                decision={decision}
                isShown={isShown}
                name={t('admin.postOf', { name: view.account.acct })}
              />
            </>
          ) : null
        })}
        <FindTag />
        <p class="sheet">
          <a href="/admin/trends/publishers">{t('admin.allPublishers')}</a>
        </p>
      </>,
    )
  })
  .post('/admin/trends/:kind/:id/:decision', requirePermission('manage_taxonomies'), async (c) => {
    const { decision } = c.req.param()
    if (decision !== 'approve' && decision !== 'reject') throw notFound()
    await c.var.app.db.transaction(async (tx) =>
      decideTrend(tx, await staffOf(c, tx), trendOf(c), decision === 'approve'),
    )
    return backTo(c, '/admin/trends')
  })
  .route('/', trendTags)
  .route('/', trendPublishers)

/** As `hostOfPage` in the database. */
const hostOf = (url: string): string => new URL(url).host

function trendOf(c: C): Trend {
  const { kind, id = '' } = c.req.param() as { kind?: string; id?: string }
  if (!isId(id)) throw notFound()
  if (kind === 'tag') return { kind, id: id as TagId }
  if (kind === 'link') return { kind, id: id as CardId }
  if (kind === 'publisher') return { kind, id: id as PublisherId }
  if (kind === 'status') return { kind, id: id as StatusId }
  throw notFound()
}
