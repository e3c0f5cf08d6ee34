import { Hono } from 'hono'
import { type DayStats, loadStats, loadTotals } from '#src/instance/stats.ts'
import { givenUpJobs } from '#src/outbox/queued.ts'
import { Plot } from '../../components/plot.tsx'
import type { Env } from '../../env.ts'
import { requireRole } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

const days = 60
const measures = [
  ['newUsers', 'New people'],
  ['activeUsers', 'Active people a day'],
  ['statuses', 'Posts'],
  ['replies', 'Replies'],
  ['reblogs', 'Boosts'],
  ['favourites', 'Favourites'],
  ['follows', 'New follows'],
  ['remoteStatuses', 'Posts received'],
  ['deliveries', 'Deliveries'],
  ['failedDeliveries', 'Failed deliveries'],
] as const satisfies readonly (readonly [keyof DayStats, string])[]

/** The latest jobs that were given up; at most this number is shown. */
const maxGivenUp = 5
const maxReason = 200

/** Statistics by day. */
export const statistics = new Hono<Env>().get('/admin', requireRole('moderator'), async (c) => {
  const { db } = c.var.app
  const [stats, totals, givenUp] = await Promise.all([loadStats(db, days), loadTotals(db), givenUpJobs(db, maxGivenUp)])
  const dayNames = stats.map(({ day }) => day)
  return page(
    c,
    'Statistics',
    <>
      <AdminHead here="/admin" />
      {givenUp.length > 0 && <GivenUp jobs={givenUp} />}
      <div class="sheet">
        <dl class="totals">
          <div>
            <dt>People</dt>
            <dd>{totals.users.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>30 days</dt>
            <dd>{totals.activeMonth.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>180 days</dt>
            <dd>{totals.activeHalfyear.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Posts</dt>
            <dd>{totals.localStatuses.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Servers</dt>
            <dd>{totals.domains.toLocaleString('en')}</dd>
          </div>
        </dl>
        {stats.length === 0 ? (
          <p class="hint">
            Days are counted shortly after midnight (UTC), so the first numbers come tomorrow.{' '}
            <code>npx pipit stats run</code> counts at once.
          </p>
        ) : (
          <div class="plots">
            {measures.map(([name, title]) => (
              <Plot
                title={title}
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

const GivenUp = ({ jobs }: { jobs: Awaited<ReturnType<typeof givenUpJobs>> }) => (
  <section class="sheet" aria-label="Jobs that were given up">
    <h2>Jobs that were given up</h2>
    <ul>
      {jobs.map(({ id, task, lastError }) => (
        <li>
          {task} ({id}): {(lastError ?? 'no reason is known').slice(0, maxReason)}
        </li>
      ))}
    </ul>
    <p class="hint">
      <code>npx pipit jobs list --failed</code> shows all, <code>npx pipit jobs retry</code> tries one again.
    </p>
  </section>
)

const StatsTable = ({ stats }: { stats: DayStats[] }) => (
  <details class="sheet">
    <summary>All numbers</summary>
    <div class="table-scroll" tabindex={0} role="region" aria-label="Numbers of each day">
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            {measures.map(([, title]) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stats.toReversed().map((day) => (
            <tr>
              <th scope="row">{day.day}</th>
              {measures.map(([name]) => (
                <td>{day[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </details>
)
