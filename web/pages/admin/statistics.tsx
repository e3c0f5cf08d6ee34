import { Hono } from 'hono'
import { type DayStats, loadStats, loadTotals } from '#src/instance/stats.ts'
import { givenUpJobs } from '#src/outbox/queued.ts'
import { useFormats, useMessages } from '../../components/page-context.ts'
import { Plot } from '../../components/plot.tsx'
import { Day } from '../../components/time.tsx'
import type { Env } from '../../env.ts'
import { requirePermission } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

const days = 60
const measures = [
  'newUsers',
  'activeUsers',
  'statuses',
  'replies',
  'reblogs',
  'favourites',
  'follows',
  'remoteStatuses',
  'deliveries',
  'failedDeliveries',
] as const satisfies readonly (keyof DayStats)[]

/** The latest jobs that were given up; at most this number is shown. */
const maxGivenUp = 5
const maxReason = 200

/** Statistics by day. */
export const statistics = new Hono<Env>().get('/admin', requirePermission('view_dashboard'), async (c) => {
  const { db } = c.var.app
  const [stats, totals, givenUp] = await Promise.all([loadStats(db, days), loadTotals(db), givenUpJobs(db, maxGivenUp)])
  const dayNames = stats.map(({ day }) => day)
  const { t, rich } = c.var.messages
  const { number } = c.var.formats
  return page(
    c,
    t('admin.statistics'),
    <>
      <AdminHead here="/admin" />
      {givenUp.length > 0 && <GivenUp jobs={givenUp} />}
      <div class="sheet">
        <dl class="totals">
          <div>
            <dt>{t('admin.people')}</dt>
            <dd>{number(totals.users)}</dd>
          </div>
          <div>
            <dt>{t('admin.activeMonth')}</dt>
            <dd>{number(totals.activeMonth)}</dd>
          </div>
          <div>
            <dt>{t('admin.activeHalfyear')}</dt>
            <dd>{number(totals.activeHalfyear)}</dd>
          </div>
          <div>
            <dt>{t('admin.posts')}</dt>
            <dd>{number(totals.localStatuses)}</dd>
          </div>
          <div>
            <dt>{t('admin.servers')}</dt>
            <dd>{number(totals.domains)}</dd>
          </div>
        </dl>
        {stats.length === 0 ? (
          <p class="hint">{rich('admin.noNumbers', { code: (children) => <code>{children}</code> })}</p>
        ) : (
          <div class="plots">
            {measures.map((name) => (
              <Plot
                title={t(`measures.${name}`)}
                days={dayNames}
                values={stats.map((day) => day[name])}
                kind={name === 'failedDeliveries' ? 'warm' : 'plain'}
                sums={name === 'activeUsers' ? 'average' : 'total'}
              />
            ))}
          </div>
        )}
      </div>
      {stats.length > 0 && <StatsTable stats={stats} />}
    </>,
  )
})

const GivenUp = ({ jobs }: { jobs: Awaited<ReturnType<typeof givenUpJobs>> }) => {
  const { t, rich } = useMessages()
  return (
    <section class="sheet" aria-label={t('admin.givenUp')}>
      <h2>{t('admin.givenUp')}</h2>
      <ul>
        {jobs.map(({ id, task, lastError }) => (
          <li>
            {lastError === null
              ? t('admin.givenUpUnknown', { task, id })
              : t('admin.givenUpJob', { task, id, reason: lastError.slice(0, maxReason) })}
          </li>
        ))}
      </ul>
      <p class="hint">{rich('admin.givenUpHint', { code: (children) => <code>{children}</code> })}</p>
    </section>
  )
}

const StatsTable = ({ stats }: { stats: DayStats[] }) => {
  const { t } = useMessages()
  const { number } = useFormats()
  return (
    <details class="sheet">
      <summary>{t('admin.allNumbers')}</summary>
      <div class="table-scroll" tabindex={0} role="region" aria-label={t('admin.numbersByDay')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('admin.day')}</th>
              {measures.map((name) => (
                <th scope="col">{t(`measures.${name}`)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {stats.toReversed().map((day) => (
              <tr>
                <th scope="row">
                  <Day day={day.day} />
                </th>
                {measures.map((name) => (
                  <td>{number(day[name])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
