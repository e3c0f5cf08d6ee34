import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type HostView, listHosts, maxCounted, resumeHost, retryHost, stopHost } from '#src/outgoing/hosts.ts'
import { notFound } from '#src/platform/errors.ts'
import { Action } from '../../components/form.tsx'
import { Tabs } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'
import { Moment } from '../../components/time.tsx'
import type { Env } from '../../env.ts'
import { backTo, requirePermission, staffOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

const path = '/admin/servers'
const all = `${path}?show=all`
const failing = `${path}?show=failing`
const perPage = 50
const verbs = { retry: retryHost, stop: stopHost, resume: resumeHost }

/** The state of deliveries to other servers. */
export const servers = new Hono<Env>()
  .get(path, requirePermission('manage_federation'), async (c) => {
    const isFailing = c.req.query('show') === 'failing'
    const after = (c.req.query('after') ?? '').slice(0, 300).replaceAll('\0', '')
    const found = await listHosts(c.var.app.db, { isFailing, after, limit: perPage + 1 })
    const shown = found.slice(0, perPage)
    const last = found.length > perPage ? shown.at(-1) : undefined
    const { t } = c.var.messages
    return page(
      c,
      t('admin.servers'),
      <>
        <AdminHead here={path} />
        <Tabs
          label={t('admin.whichServers')}
          here={isFailing ? failing : all}
          tabs={[
            [all, t('admin.all')],
            [failing, t('admin.failing')],
          ]}
        />
        {shown.length === 0 && <div class="empty">{t(isFailing ? 'admin.allWell' : 'admin.nothingSent')}</div>}
        {shown.map((host) => (
          <Server host={host} />
        ))}
        {last && (
          <nav class="pagination" aria-label={t('common.pages')}>
            <a
              href={`${path}?${new URLSearchParams({ ...(isFailing ? { show: 'failing' } : {}), after: last.host })}`}
              rel="next"
            >
              {t('common.more')}
            </a>
          </nav>
        )}
      </>,
    )
  })
  .post('/admin/servers/:host/:verb', requirePermission('manage_federation'), async (c) => {
    const { host, verb } = c.req.param()
    if (!Object.hasOwn(verbs, verb)) throw notFound()
    await c.var.app.db.transaction(async (tx) => verbs[verb as keyof typeof verbs](tx, await staffOf(c, tx), host))
    return backTo(c, path)
  })

const Server: FC<{ host: HostView }> = ({ host: view }) => {
  const { t } = useMessages()
  const { host, failures, nextTryAt, isSending, stoppedAt, lastSuccessAt, lastFailureAt, signature } = view
  return (
    <article class="sheet server">
      <h2>{host}</h2>
      <p class={failures > 0 || stoppedAt ? 'problem' : 'hint'}>
        <State host={view} />
      </p>
      <dl>
        <div>
          <dt>{t('admin.waiting')}</dt>
          <dd>
            <Pending host={view} />
          </dd>
        </div>
        {!stoppedAt && nextTryAt && (
          <div>
            <dt>{t('admin.nextTry')}</dt>
            <dd>{isSending ? t('admin.now') : <Moment at={nextTryAt} />}</dd>
          </div>
        )}
        <div>
          <dt>{t('admin.lastReached')}</dt>
          <dd>{lastSuccessAt ? <Moment at={lastSuccessAt} /> : t('admin.never')}</dd>
        </div>
        {lastFailureAt && (
          <div>
            <dt>{t('admin.lastFailure')}</dt>
            <dd>
              <Moment at={lastFailureAt} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('admin.signatures')}</dt>
          <dd>{t(signature === 'rfc9421' ? 'admin.signatureRfc' : 'admin.signatureDraft')}</dd>
        </div>
      </dl>
      <Buttons host={view} />
    </article>
  )
}

const State: FC<{ host: HostView }> = ({ host: { failures, stoppedAt, lastError } }) => {
  const { t, rich } = useMessages()
  const error = failures > 0 ? lastError : null
  if (stoppedAt) {
    const since = <Moment at={stoppedAt} />
    return <>{rich(error ? 'admin.stoppedError' : 'admin.stopped', { since, error })}</>
  }
  if (failures === 0) return <>{t('admin.well')}</>
  return <>{t(error ? 'admin.failedError' : 'admin.failed', { failures, error })}</>
}

const Pending: FC<{ host: HostView }> = ({ host: { pending, oldestAt } }) => {
  const { t, rich } = useMessages()
  const isMany = pending >= maxCounted
  if (!oldestAt) return <>{t(isMany ? 'admin.pendingMany' : 'admin.pending', { pending })}</>
  const since = <Moment at={oldestAt} />
  return <>{rich(isMany ? 'admin.pendingManySince' : 'admin.pendingSince', { pending, since })}</>
}

const Buttons: FC<{ host: HostView }> = ({ host: { host, pending, isSending, stoppedAt } }) => {
  const { t } = useMessages()
  const at = `${path}/${encodeURIComponent(host)}`
  return (
    <div class="buttons">
      {stoppedAt ? (
        <Action action={`${at}/resume`} label={t('admin.resumeOf', { host })} class="button">
          {t('admin.resume')}
        </Action>
      ) : (
        <>
          {pending > 0 && !isSending && (
            <Action action={`${at}/retry`} label={t('admin.tryNowOf', { host })} class="button">
              {t('admin.tryNow')}
            </Action>
          )}
          <Action action={`${at}/stop`} label={t('admin.stopOf', { host })} class="button button-quiet">
            {t('admin.stop')}
          </Action>
        </>
      )}
    </div>
  )
}
