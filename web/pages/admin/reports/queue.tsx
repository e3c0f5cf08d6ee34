import type { FC } from 'hono/jsx'
import { accountHead } from '#src/accounts/find.ts'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { reportCategories } from '#src/moderation/reports/create.ts'
import { loadResponseTimes, type ResponseTimes } from '#src/moderation/reports/figures.ts'
import { countReports, loadReportQueue, type QueuedReport, type ReportFilter } from '#src/moderation/reports/queue.ts'
import type { Reader } from '#src/platform/db/index.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import { Select } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { pageOf, Pagination } from '../../../components/pagination.tsx'
import { Ago } from '../../../components/time.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { AdminHead } from '../tabs.tsx'

const path = '/admin/reports'
const perPage = 40
const states = ['open', 'resolved', 'all'] as const

/** The queue: open reports first, with filters. */
export async function queuePage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const staff = await staffMember(db, viewerOf(c).accountId)
  const [filter, wanted] = [filterOf(c), pageOf(c, perPage)]
  const [found, counts, times] = [
    await loadReportQueue(db, staff, filter, wanted),
    await countReports(db, staff),
    await loadResponseTimes(db, staff),
  ]
  const [about, by] = [await handleOf(db, filter.targetId), await handleOf(db, filter.reporterId)]
  return page(
    c,
    t('reports.title'),
    <>
      <AdminHead here={path} />
      <p class="hint approvals-hint">{t('reports.counts', counts)}</p>
      <Filter filter={filter} />
      {(about || by) && (
        <p class="approvals-hint">
          {about && t('reports.onlyAbout', { name: about })} {by && t('reports.onlyBy', { name: by })}{' '}
          <a href={path}>{t('reports.showAll')}</a>
        </p>
      )}
      {found.length === 0 && (
        <div class="empty">{t(filterQuery(filter) === '' ? 'reports.nothingWaits' : 'reports.none')}</div>
      )}
      <div class="people">
        {found.map((report) => (
          <Entry report={report} />
        ))}
      </div>
      <Pagination path={`${path}${filterQuery(filter)}`} page={wanted} cursors={found.map(({ id }) => id)} />
      <Figures figures={times} />
    </>,
  )
}

async function handleOf(db: Reader, id: AccountId | undefined): Promise<string | null> {
  const head = id ? await accountHead(db, id) : null
  return head && `@${acctOf(head)}`
}

/** The filter in the page's parameters; unknown values are left out. */
function filterOf(c: C): ReportFilter {
  const origin = (c.req.query('origin') ?? '').trim().toLowerCase()
  const target = c.req.query('target') ?? ''
  const reporter = c.req.query('reporter') ?? ''
  return {
    state: states.find((state) => state === c.req.query('state')) ?? 'open',
    category: reportCategories.find((category) => category === c.req.query('category')),
    origin: /^[\p{L}\p{N}.:-]{1,255}$/u.test(origin) ? origin : undefined,
    assigned: (['me', 'nobody'] as const).find((who) => who === c.req.query('assigned')),
    targetId: isId(target) ? (target as AccountId) : undefined,
    reporterId: isId(reporter) ? (reporter as AccountId) : undefined,
  }
}

function filterQuery({ state, category, origin, assigned, targetId, reporterId }: ReportFilter): string {
  const query = new URLSearchParams({
    ...(state === 'open' ? {} : { state }),
    ...(category ? { category } : {}),
    ...(origin ? { origin } : {}),
    ...(assigned ? { assigned } : {}),
    ...(targetId ? { target: targetId } : {}),
    ...(reporterId ? { reporter: reporterId } : {}),
  }).toString()
  return query === '' ? '' : `?${query}`
}

const Filter: FC<{ filter: ReportFilter }> = ({
  filter: { state, category, origin, assigned, targetId, reporterId },
}) => {
  const { t } = useMessages()
  const isHost = origin !== undefined && origin !== 'local' && origin !== 'remote'
  return (
    <form method="get" action={path} class="sheet report-filter" aria-label={t('reports.filter')}>
      {targetId && <input type="hidden" name="target" value={targetId} />}
      {reporterId && <input type="hidden" name="reporter" value={reporterId} />}
      <Select
        name="state"
        label={t('reports.state')}
        value={state}
        options={[
          ['open', t('reports.open')],
          ['resolved', t('reports.resolved')],
          ['all', t('reports.allStates')],
        ]}
      />
      <Select
        name="category"
        label={t('reports.category')}
        value={category ?? ''}
        options={[
          ['', t('reports.anyCategory')],
          ...reportCategories.map((name) => [name, t(`reports.${name}`)] as const),
        ]}
      />
      <Select
        name="origin"
        label={t('reports.origin')}
        value={origin ?? ''}
        options={[
          ['', t('reports.anyOrigin')],
          ['local', t('reports.local')],
          ['remote', t('reports.remote')],
          ...(isHost ? [[origin, origin] as const] : []),
        ]}
      />
      <Select
        name="assigned"
        label={t('reports.assigned')}
        value={assigned ?? ''}
        options={[
          ['', t('reports.anyone')],
          ['me', t('reports.me')],
          ['nobody', t('reports.nobody')],
        ]}
      />
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('reports.filterNow')}
        </button>
      </div>
    </form>
  )
}

const Entry: FC<{ report: QueuedReport }> = ({ report }) => {
  const { t, rich } = useMessages()
  const { id, category, comment, target, reporter, reporterName, createdAt } = report
  const age = <Ago at={createdAt} />
  return (
    <article class="person approval">
      <div class="approval-body">
        <h2 class="applicant-name">
          <a href={`${path}/${id}`}>{t('reports.aboutLink', { category: t(`reports.${category}`), target })}</a>
        </h2>
        <blockquote class="approval-text report-comment" dir="auto">
          {comment || t('reports.noComment')}
        </blockquote>
        <ul class="applicant-facts">
          <li>
            {reporter
              ? rich('reports.by', { reporter: <bdi>{reporter}</bdi>, age })
              : rich('reports.byVisitor', { reporter: <bdi>{reporterName}</bdi>, age })}
          </li>
          {report.statusIds.length > 0 && <li>{t('reports.postCount', { count: report.statusIds.length })}</li>}
          {report.assignedTo && <li>{t('reports.assignedTo', { name: `@${report.assignedTo}` })}</li>}
          {report.isForwarded && <li>{t('reports.forwardedMark')}</li>}
          {report.resolvedAt && <li>{t('reports.resolvedMark')}</li>}
        </ul>
      </div>
    </article>
  )
}

const Figures: FC<{ figures: ResponseTimes }> = ({ figures: { times, countedAt } }) => {
  const { t, rich } = useMessages()
  if (times.length === 0) return null
  return (
    <section class="sheet">
      <h2>{t('reports.figures')}</h2>
      <ul class="bullets">
        {times.map(({ category, reports, resolved, medianMinutes }) => (
          <li>
            {t('reports.figure', {
              category: t(`reports.${category}`),
              reports,
              resolved,
              ...durationOf(medianMinutes),
            })}
          </li>
        ))}
      </ul>
      <p class="hint">{rich('transparency.counted', { age: <Ago at={countedAt} /> })}</p>
    </section>
  )
}

/** A time in minutes, hours or days, rounded up, so that it is never 0. */
function durationOf(minutes: number | null): { time: string; amount: number } {
  if (minutes === null) return { time: 'none', amount: 0 }
  if (minutes < 120) return { time: 'minutes', amount: Math.max(1, Math.ceil(minutes)) }
  return minutes < 48 * 60
    ? { time: 'hours', amount: Math.ceil(minutes / 60) }
    : { time: 'days', amount: Math.ceil(minutes / (24 * 60)) }
}
