import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type Reach, reachOf, type ServerReach } from '#src/outgoing/reach.ts'
import { notFound } from '#src/platform/errors.ts'
import { staysHere } from '#src/statuses/held.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { Head } from '../components/layout.tsx'
import { useMessages, usePage } from '../components/page-context.ts'
import { Status, statusPath } from '../components/status.tsx'
import { Moment } from '../components/time.tsx'
import type { Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusIdOf } from './status-id.ts'

const pageSize = 50
const states = ['delivered', 'waiting', 'refused', 'gone'] as const

/** Who got it: to which servers a status of one's own went, and where it still has to go. Only its author sees that. */
export const delivery = new Hono<Env>().get('/statuses/:id/delivery', requireViewer, async (c) => {
  const { app } = c.var
  const { t } = c.var.messages
  const me = viewerOf(c).accountId
  const status = await loadStatusView(app.db, me, statusIdOf(c))
  if (!status || status.accountId !== me) throw notFound()
  const offset = Math.min(Number(/^\d{1,6}$/.exec(c.req.query('offset') ?? '')?.[0] ?? 0), 100_000)
  const reach = await reachOf(app.db, status.id, { offset, limit: pageSize + 1 })
  const path = `/statuses/${status.id}/delivery`
  const isHere = staysHere(status)
  return page(
    c,
    t('delivery.title'),
    <>
      <Head title={t('delivery.title')} />
      <div class="feed feed-quoted">
        <Status status={status} />
      </div>
      <section class="sheet">
        {isHere ? <p>{t('delivery.staysHere')}</p> : <Summary reach={reach} />}
        {reach.servers.length > 0 && <Servers servers={reach.servers.slice(0, pageSize)} />}
        <p class="hint">{t('delivery.hint')}</p>
        <p>
          <a href={`${statusPath(status.reblog ?? status)}#post-${status.id}`}>{t('why.back')}</a>
        </p>
      </section>
      {(offset > 0 || reach.servers.length > pageSize) && (
        <nav class="pagination" aria-label={t('common.pages')}>
          {offset > 0 && (
            <a href={`${path}?offset=${Math.max(0, offset - pageSize)}`} rel="prev">
              {t('delivery.previous')}
            </a>
          )}
          {reach.servers.length > pageSize && (
            <a href={`${path}?offset=${offset + pageSize}`} rel="next">
              {t('common.more')}
            </a>
          )}
        </nav>
      )}
    </>,
  )
})

const Summary: FC<{ reach: Reach }> = ({ reach: { counts } }) => {
  const { t } = useMessages()
  const { handleHost } = usePage()
  return (
    <>
      <p>{t('delivery.here', { host: handleHost })}</p>
      <dl class="reach">
        {states.map((state) => (
          <div>
            <dt>{t(`delivery.${state}`)}</dt>
            <dd>{t('delivery.servers', { count: counts[state] })}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

const Servers: FC<{ servers: ServerReach[] }> = ({ servers }) => {
  const { t, rich } = useMessages()
  return (
    <ul class="reach-servers">
      {servers.map(({ host, state, nextTryAt, error }) => (
        <li>
          <bdi>{host}</bdi> <span class={state === 'delivered' ? 'tag' : 'tag tag-warm'}>{t(`delivery.${state}`)}</span>
          {state === 'waiting' && (
            <span class="hint">
              {nextTryAt ? rich('delivery.nextTry', { time: <Moment at={nextTryAt} /> }) : t('delivery.stopped')}
            </span>
          )}
          {error && <span class="hint">{t('delivery.error', { error })}</span>}
        </li>
      ))}
    </ul>
  )
}
