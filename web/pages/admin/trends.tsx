import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { type CardId, isId, type StatusId, type TagId } from '#src/platform/ids.ts'
import { decideTrend, scoredLinks, scoredTags, type Trend } from '#src/reading/trends/review.ts'
import { scoredStatuses } from '#src/statuses/trendable.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { Action } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { Status } from '../../components/status.tsx'
import type { C, Env } from '../../env.ts'
import { backTo, viewerOf, requirePermission, staffOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

const most = 40

/** The review of trends by moderators. */
export const trendReview = new Hono<Env>()
  .get('/admin/trends', requirePermission('manage_taxonomies'), async (c) => {
    const { db, uris } = c.var.app
    const [tags, links, scored] = [
      await scoredTags(db, uris, most),
      await scoredLinks(db, most),
      await scoredStatuses(db, most),
    ]
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
        {tags.map((tag) => (
          <Row kind="tag" id={tag.id} decision={tag.decision} isShown={tag.isShown}>
            <a href={tag.url}>
              <bdi>#{tag.name}</bdi>
            </a>{' '}
            <span class="hint">{t('admin.peopleToday', { accounts: tag.accounts })}</span>
          </Row>
        ))}
        {links.length > 0 && <h2 class="section-title">{t('admin.links')}</h2>}
        {links.map((link) => (
          <Row kind="link" id={link.id} decision={link.decision} isShown={link.isShown}>
            <a href={link.url} rel="noreferrer">
              {link.name}
            </a>{' '}
            <span class="hint">{t('admin.linkPeople', { host: new URL(link.url).host, accounts: link.accounts })}</span>
          </Row>
        ))}
        {statuses.length > 0 && <h2 class="section-title">{t('admin.posts')}</h2>}
        {scored.map(({ id, decision, isShown }) => (
          <StatusRow view={statuses.find((view) => view.id === id)} decision={decision} isShown={isShown} />
        ))}
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

type Decided = { decision: boolean | null; isShown: boolean }

const Row: FC<Decided & { kind: Trend['kind']; id: string; children?: Child }> = ({
  kind,
  id,
  decision,
  isShown,
  children,
}) => {
  const { t } = useMessages()
  const state = decision === null ? 'notReviewed' : decision ? 'approved' : 'rejected'
  return (
    <article class="sheet">
      <p dir="auto">{children}</p>
      <p class="hint">{t(isShown ? `decisions.${state}` : `decisions.${state}Hidden`)}</p>
      <div class="buttons">
        {decision !== true && (
          <Action action={`/admin/trends/${kind}/${id}/approve`} label={t('common.approve')} class="button">
            {t('common.approve')}
          </Action>
        )}
        {decision !== false && (
          <Action action={`/admin/trends/${kind}/${id}/reject`} label={t('common.reject')} class="button button-bad">
            {t('common.reject')}
          </Action>
        )}
      </div>
    </article>
  )
}

const StatusRow: FC<Decided & { view: StatusView | undefined }> = ({ view, decision, isShown }) =>
  view ? (
    <>
      <Status status={view} />
      <Row kind="status" id={view.id} decision={decision} isShown={isShown} />
    </>
  ) : null

function trendOf(c: C): Trend {
  const { kind, id = '' } = c.req.param() as { kind?: string; id?: string }
  if (!isId(id)) throw notFound()
  if (kind === 'tag') return { kind, id: id as TagId }
  if (kind === 'link') return { kind, id: id as CardId }
  if (kind === 'status') return { kind, id: id as StatusId }
  throw notFound()
}
