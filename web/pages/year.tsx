import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import {
  type AnnualReport,
  isYear,
  loadReport,
  loadReports,
  markReportRead,
  type ReportState,
  reportState,
  requestReport,
} from '#src/instance/annual-reports/reports.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { formatsIn } from '#src/text/formats.ts'
import { Form } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { useFormats, useMessages } from '../components/page-context.ts'
import { StatusList } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** The report of a person's year: made when they ask for it, and visible only to them. */
export const yearPages = new Hono<Env>()
  .get('/year/:year', requireViewer, async (c) => {
    const { app } = c.var
    const year = yearOf(c)
    const state = await reportState(app.db, app, viewerOf(c).accountId, year)
    return state === 'available' ? reportPage(c, year) : waitingPage(c, year, state)
  })
  .post('/year/:year/make', requireViewer, async (c) => {
    const { app } = c.var
    const year = yearOf(c)
    await app.db.transaction((tx) => requestReport(tx, app, viewerOf(c).accountId, year))
    return c.redirect(`/year/${year}`, 303)
  })

function yearOf(c: C): number {
  const text = c.req.param('year') ?? ''
  if (!/^\d{4}$/.test(text) || !isYear(Number(text))) throw notFound()
  return Number(text)
}

async function reportPage(c: C, year: number): Promise<Response> {
  const { app, messages } = c.var
  const { accountId } = viewerOf(c)
  const report = await loadReport(app.db, accountId, year)
  const { mostBoostedId } = report.data
  const [reports, statuses] = await Promise.all([
    loadReports(app.db, accountId),
    loadStatusViews(app.db, accountId, mostBoostedId ? [mostBoostedId] : []),
    // Who opens it has read it. Opening it again changes nothing.
    report.readAt ?? app.db.transaction((tx) => markReportRead(tx, accountId, year)),
  ])
  const title = messages.t('year.title', { year: String(year) })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <Report report={report} />
      {statuses.length > 0 && (
        <>
          <h2 class="section-title">{messages.t('year.mostBoosted')}</h2>
          <StatusList statuses={statuses} level={3} />
        </>
      )}
      <p class="aside hint">{messages.t('year.onlyYou')}</p>
      <OtherYears years={reports.map((one) => one.year).filter((other) => other !== year)} />
    </>,
  )
}

async function waitingPage(c: C, year: number, state: Exclude<ReportState, 'available'>): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const title = t('year.title', { year: String(year) })
  const reports = await loadReports(app.db, viewerOf(c).accountId)
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <section class="sheet">
        {state === 'eligible' && (
          <>
            <p>{t('year.canBeMade')}</p>
            <Form action={`/year/${year}/make`}>
              <button type="submit" class="button">
                {t('year.make')}
              </button>
            </Form>
          </>
        )}
        {state === 'generating' && (
          <>
            <p role="status">{t('year.isMade')}</p>
            <p>
              <a href={`/year/${year}`} class="button button-quiet">
                {t('year.lookAgain')}
              </a>
            </p>
          </>
        )}
        {state === 'ineligible' && <p>{t('year.none')}</p>}
      </section>
      <OtherYears years={reports.map((one) => one.year)} />
    </>,
  )
}

const Report: FC<{ report: AnnualReport }> = ({ report: { year, data } }) => {
  const { t, rich } = useMessages()
  const { number } = useFormats()
  const [posts, followers] = [sum(data.months, 'statuses'), sum(data.months, 'followers')]
  const { topTag } = data
  return (
    <>
      <section class="sheet year-kind">
        <h2>{t('year.archetype', { kind: data.archetype })}</h2>
        <p>{t('year.archetypeText', { kind: data.archetype })}</p>
        <p>{t('year.totals', { posts, followers })}</p>
        {topTag && (
          <p>
            {rich('year.topTag', {
              tag: (
                <a href={`/tags/${encodeURIComponent(topTag.name)}`}>
                  <bdi>#{topTag.name}</bdi>
                </a>
              ),
              count: topTag.count,
            })}
          </p>
        )}
      </section>
      <section class="sheet">
        <table class="year-months">
          <caption>{t('year.months')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('year.month')}</th>
              <th scope="col">{t('year.posts')}</th>
              <th scope="col">{t('year.followers')}</th>
            </tr>
          </thead>
          <tbody>
            {data.months.map(({ month, statuses, followers: gained }) => (
              <tr>
                <th scope="row">
                  <Month year={year} month={month} />
                </th>
                <td>
                  <Bar value={statuses} max={Math.max(...data.months.map((one) => one.statuses))} />
                  {number(statuses)}
                </td>
                <td>{number(gained)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

const sum = (months: AnnualReport['data']['months'], what: 'statuses' | 'followers'): number =>
  months.reduce((total, month) => total + month[what], 0)

/** Months of reports are those of UTC, wherever the reader is. */
const Month: FC<{ year: number; month: number }> = ({ year, month }) => (
  <>{formatsIn(useMessages().locale).month(new Date(Date.UTC(year, month - 1)))}</>
)

/** A bar beside a number, for the eye alone. */
const Bar: FC<{ value: number; max: number }> = ({ value, max }) => (
  <svg class="year-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect width={max > 0 ? Math.round((100 * value) / max) : 0} height="10" rx="2" />
  </svg>
)

const OtherYears: FC<{ years: number[] }> = ({ years }) => {
  const { t } = useMessages()
  if (years.length === 0) return null
  return (
    <nav class="chips year-others" aria-label={t('year.others')}>
      {years.map((year) => (
        <a href={`/year/${year}`}>{t('year.title', { year: String(year) })}</a>
      ))}
    </nav>
  )
}
