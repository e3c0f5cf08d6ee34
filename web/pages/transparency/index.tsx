import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { mayReadRules, publicRule, publicRules } from '#src/moderation/domains.ts'
import { type Figure, type Figures, loadTransparency, type Transparency } from '#src/moderation/transparency.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Head } from '../../components/layout.tsx'
import { useFormats, useMessages } from '../../components/page-context.ts'
import { Ago } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { page } from '../../page.tsx'
import { toJson } from './json.ts'

const path = '/about/transparency'
/** Rules that the page shows. The JSON has all. */
const maxShown = 500

/** What moderators did, for everybody: a page, and the same for programs. */
export const transparency = new Hono<Env>()
  .get(path, async (c) => {
    const { app, messages, session } = c.var
    await requireShown(c)
    const may = await mayReadRules(app.db, session.viewer !== null)
    const [figures, rules] = await Promise.all([
      loadTransparency(app.db),
      may.rules ? publicRules(app.db, maxShown + 1) : null,
    ])
    const { t } = messages
    return page(
      c,
      { title: t('transparency.title'), description: t('transparency.lead'), canonical: `${app.uris.origin}${path}` },
      <>
        <Head title={t('transparency.title')} />
        <div class="sheet prose">
          <p class="lead">{t('transparency.lead')}</p>
          <p>{t('transparency.rounding')}</p>
          <p class="hint">
            {messages.rich('transparency.counted', { age: <Ago at={figures.countedAt} /> })}{' '}
            <a href={`${path}.json`}>{t('transparency.json')}</a>
          </p>
        </div>
        {tables.map((table) => (
          <FigureTable figures={figures} {...table} />
        ))}
        {rules && <Servers rules={rules.map(publicRule)} hasReasons={may.reasons} />}
      </>,
    )
  })
  .get(`${path}.json`, async (c) => {
    const { app } = c.var
    await requireShown(c)
    // The same for all, as it is cached outside of this server.
    const may = await mayReadRules(app.db, false)
    const [figures, rules] = [await loadTransparency(app.db), may.rules ? await publicRules(app.db) : null]
    c.header('Cache-Control', 'public, max-age=3600')
    c.header('Access-Control-Allow-Origin', '*')
    return c.json(toJson(app.config.handleHost, figures, rules?.map(publicRule) ?? null, may.reasons))
  })

async function requireShown(c: C): Promise<void> {
  if (!(await loadSettings(c.var.app.db)).showsTransparency) throw notFound()
}

type Column = [label: MessageKey, value: (figures: Figures) => Figure]

const tables: { title: MessageKey; columns: Column[]; hasMedian?: true }[] = [
  {
    title: 'transparency.reports',
    columns: [
      ['transparency.local', ({ reports }) => reports.local],
      ['transparency.remote', ({ reports }) => reports.remote],
      ['transparency.visitors', ({ reports }) => reports.visitors],
      ['transparency.resolved', ({ resolved }) => resolved],
    ],
    hasMedian: true,
  },
  {
    title: 'transparency.categories',
    columns: [
      ['transparency.spam', ({ categories }) => categories.spam],
      ['transparency.legal', ({ categories }) => categories.legal],
      ['transparency.violation', ({ categories }) => categories.violation],
      ['transparency.other', ({ categories }) => categories.other],
    ],
  },
  {
    title: 'transparency.actions',
    columns: [
      ['transparency.warnings', ({ actions }) => actions.warnings],
      ['transparency.sensitive', ({ actions }) => actions.sensitive],
      ['transparency.limited', ({ actions }) => actions.limited],
      ['transparency.disabled', ({ actions }) => actions.disabled],
      ['transparency.suspended', ({ actions }) => actions.suspended],
      ['transparency.postsDeleted', ({ actions }) => actions.postsDeleted],
      ['transparency.postsMarked', ({ actions }) => actions.postsMarked],
      ['transparency.filesRemoved', ({ actions }) => actions.filesRemoved],
      ['transparency.lifted', ({ actions }) => actions.lifted],
    ],
  },
  {
    title: 'transparency.appeals',
    columns: [
      ['transparency.made', ({ appeals }) => appeals.made],
      ['transparency.approved', ({ appeals }) => appeals.approved],
      ['transparency.rejected', ({ appeals }) => appeals.rejected],
      ['transparency.signUpsRejected', ({ signUpsRejected }) => signUpsRejected],
      ['transparency.serversLimited', ({ servers }) => servers.limited],
      ['transparency.serversSuspended', ({ servers }) => servers.suspended],
    ],
  },
]

/** Figures of all months, and by month, the newest first. */
const FigureTable: FC<{ figures: Transparency } & (typeof tables)[number]> = ({
  figures: { months, total },
  title,
  columns,
  hasMedian,
}) => {
  const { t } = useMessages()
  const { month } = useFormats()
  return (
    <section class="sheet">
      <h2>{t(title)}</h2>
      <table class="figures">
        <thead class="unseen">
          <tr>
            <th scope="col">{t('transparency.what')}</th>
            <th scope="col">{t('transparency.total')}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(([label, value]) => (
            <tr>
              <th scope="row">{t(label)}</th>
              <td>
                <Shown value={value(total)} />
              </td>
            </tr>
          ))}
          {hasMedian && (
            <tr>
              <th scope="row">{t('transparency.median')}</th>
              <td>
                <Duration hours={total.medianHours} />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <details>
        <summary>{t('transparency.byMonth')}</summary>
        <div
          class="table-scroll"
          tabindex={0}
          role="region"
          aria-label={t('transparency.monthsOf', { what: t(title) })}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">{t('transparency.month')}</th>
                {columns.map(([label]) => (
                  <th scope="col">{t(label)}</th>
                ))}
                {hasMedian && <th scope="col">{t('transparency.median')}</th>}
              </tr>
            </thead>
            <tbody>
              {months.toReversed().map((one) => (
                <tr>
                  <th scope="row">
                    <time datetime={one.month}>{month(new Date(`${one.month}-15T12:00:00Z`))}</time>
                  </th>
                  {columns.map(([, value]) => (
                    <td>
                      <Shown value={value(one)} />
                    </td>
                  ))}
                  {hasMedian && (
                    <td>
                      <Duration hours={one.medianHours} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  )
}

const Shown: FC<{ value: Figure }> = ({ value }) => {
  const { t } = useMessages()
  const { number } = useFormats()
  return <>{value === null ? t('transparency.few') : number(value)}</>
}

const Duration: FC<{ hours: number | null }> = ({ hours }) => {
  const { t } = useMessages()
  if (hours === null) return <>{t('transparency.noMedian')}</>
  return (
    <>{hours < 72 ? t('transparency.hours', { hours }) : t('transparency.days', { days: Math.round(hours / 24) })}</>
  )
}

const Servers: FC<{ rules: ReturnType<typeof publicRule>[]; hasReasons: boolean }> = ({ rules, hasReasons }) => {
  const { t } = useMessages()
  return (
    <section class="sheet" id="servers">
      <h2>{t('transparency.servers')}</h2>
      {rules.length === 0 && <p class="hint">{t('transparency.noServers')}</p>}
      {rules.length > 0 && (
        <div class="table-scroll" tabindex={0} role="region" aria-label={t('transparency.servers')}>
          <table class="words">
            <thead>
              <tr>
                <th scope="col">{t('transparency.server')}</th>
                <th scope="col">{t('transparency.state')}</th>
                {hasReasons && <th scope="col">{t('transparency.reason')}</th>}
              </tr>
            </thead>
            <tbody>
              {rules.slice(0, maxShown).map(({ domain, severity, reason }) => (
                <tr>
                  <th scope="row">
                    <bdi>{domain}</bdi>
                  </th>
                  <td>{t(severity === 'suspend' ? 'transparency.isSuspended' : 'transparency.isSilenced')}</td>
                  {hasReasons && <td dir="auto">{reason}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rules.length > maxShown && <p class="hint">{t('transparency.serversMore', { count: maxShown })}</p>}
    </section>
  )
}
