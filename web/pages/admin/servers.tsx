import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type HostView, listHosts, maxCounted, resumeHost, retryHost, stopHost } from '#src/outgoing/hosts.ts'
import { notFound } from '#src/platform/errors.ts'
import { Action } from '../../components/form.tsx'
import { Tabs } from '../../components/layout.tsx'
import { Moment } from '../../components/time.tsx'
import type { Env } from '../../env.ts'
import { backTo, requireRole } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

const path = '/admin/servers'
const all = `${path}?show=all`
const failing = `${path}?show=failing`
const perPage = 50
const verbs = { retry: retryHost, stop: stopHost, resume: resumeHost }

/** The state of deliveries to other servers. */
export const servers = new Hono<Env>()
  .get(path, requireRole('admin'), async (c) => {
    const isFailing = c.req.query('show') === 'failing'
    const after = (c.req.query('after') ?? '').slice(0, 300).replaceAll('\0', '')
    const found = await listHosts(c.var.app.db, { isFailing, after, limit: perPage + 1 })
    const shown = found.slice(0, perPage)
    const last = found.length > perPage ? shown.at(-1) : undefined
    return page(
      c,
      'Servers',
      <>
        <AdminHead here={path} />
        <Tabs
          label="Which servers"
          here={isFailing ? failing : all}
          tabs={[
            [all, 'All'],
            [failing, 'Failing or stopped'],
          ]}
        />
        {shown.length === 0 && (
          <div class="empty">
            {isFailing ? 'All servers take what is sent to them.' : 'Nothing was sent to another server yet.'}
          </div>
        )}
        {shown.map((host) => (
          <Server host={host} />
        ))}
        {last && (
          <nav class="pagination" aria-label="Pages">
            <a
              href={`${path}?${new URLSearchParams({ ...(isFailing ? { show: 'failing' } : {}), after: last.host })}`}
              rel="next"
            >
              More
            </a>
          </nav>
        )}
      </>,
    )
  })
  .post('/admin/servers/:host/:verb', requireRole('admin'), async (c) => {
    const { host, verb } = c.req.param()
    if (!Object.hasOwn(verbs, verb)) throw notFound()
    await c.var.app.db.transaction((tx) => verbs[verb as keyof typeof verbs](tx, host))
    return backTo(c, path)
  })

const Server: FC<{ host: HostView }> = ({
  host: {
    host,
    pending,
    oldestAt,
    failures,
    nextTryAt,
    isSending,
    stoppedAt,
    lastSuccessAt,
    lastFailureAt,
    lastError,
    signature,
  },
}) => (
  <article class="sheet server">
    <h2>{host}</h2>
    <p class={failures > 0 || stoppedAt ? 'problem' : 'hint'}>
      {stoppedAt
        ? 'Stopped'
        : failures > 0
          ? `Failed ${failures} ${failures === 1 ? 'time' : 'times'} in a row`
          : 'Well'}
      {stoppedAt && (
        <>
          {' '}
          since <Moment at={stoppedAt} />
        </>
      )}
      {failures > 0 && lastError && <>: {lastError}</>}
    </p>
    <dl>
      <div>
        <dt>Waiting</dt>
        <dd>
          {pending.toLocaleString('en')}
          {pending >= maxCounted ? ' or more' : ''}
          {oldestAt && (
            <>
              , since <Moment at={oldestAt} />
            </>
          )}
        </dd>
      </div>
      {!stoppedAt && nextTryAt && (
        <div>
          <dt>Next try</dt>
          <dd>{isSending ? 'now' : <Moment at={nextTryAt} />}</dd>
        </div>
      )}
      <div>
        <dt>Last reached</dt>
        <dd>{lastSuccessAt ? <Moment at={lastSuccessAt} /> : 'never'}</dd>
      </div>
      {lastFailureAt && (
        <div>
          <dt>Last failure</dt>
          <dd>
            <Moment at={lastFailureAt} />
          </dd>
        </div>
      )}
      <div>
        <dt>Signatures</dt>
        <dd>{signature === 'rfc9421' ? 'RFC 9421' : 'draft'}</dd>
      </div>
    </dl>
    <div class="buttons">
      {stoppedAt ? (
        <Action
          action={`/admin/servers/${encodeURIComponent(host)}/resume`}
          label={`Resume deliveries to ${host}`}
          class="button"
        >
          Resume
        </Action>
      ) : (
        <>
          {pending > 0 && !isSending && (
            <Action
              action={`/admin/servers/${encodeURIComponent(host)}/retry`}
              label={`Try now to reach ${host}`}
              class="button"
            >
              Try now
            </Action>
          )}
          <Action
            action={`/admin/servers/${encodeURIComponent(host)}/stop`}
            label={`Stop deliveries to ${host}`}
            class="button button-quiet"
          >
            Stop
          </Action>
        </>
      )}
    </div>
  </article>
)
