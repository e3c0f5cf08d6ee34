import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { ownReports, type ReportView } from '#src/reading/notifications/reports.ts'
import { shownHost } from '#src/text/acct.ts'
import { Name, profilePath } from '../../components/account.tsx'
import { NoticeBox } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { Ago } from '../../components/time.tsx'
import type { Env } from '../../env.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/reports'

/** The reports that a person made, with what became of them. */
export const ownReportPages = new Hono<Env>().get(path, requireViewer, async (c) => {
  const wanted = pageOf(c)
  const found = await ownReports(c.var.app.db, viewerOf(c).accountId, wanted)
  const { t } = c.var.messages
  return page(
    c,
    t('reportForm.mine'),
    <>
      <SettingsHead here="/settings/account" />
      <section class="sheet">
        <h2>{t('reportForm.mine')}</h2>
        {c.req.query('sent') && <NoticeBox kind="good">{t('reportForm.sent')}</NoticeBox>}
        <p class="hint">{t(found.length === 0 ? 'reportForm.mineNothing' : 'reportForm.mineLead')}</p>
        <ul class="entries">
          {found.map((report) => (
            <Entry report={report} />
          ))}
        </ul>
      </section>
      <Pagination path={path} page={wanted} cursors={found.map(({ id }) => id)} />
    </>,
  )
})

const Entry: FC<{ report: ReportView }> = ({ report }) => {
  const { t, rich } = useMessages()
  const { target, category, comment, statusIds, isForwarded, resolvedAt, answeredAt, answer, createdAt } = report
  return (
    <li>
      <div>
        <p>
          <a href={profilePath(target)}>
            <Name account={target} /> <bdi class="handle">@{target.acct}</bdi>
          </a>
        </p>
        <ul class="applicant-facts">
          <li>{t(`reportForm.${category}`)}</li>
          {statusIds.length > 0 && <li>{t('reportForm.posts', { count: statusIds.length })}</li>}
          <li>
            <Ago at={createdAt} />
          </li>
          {isForwarded && target.domain !== null && (
            <li>{t('reportForm.forwarded', { host: shownHost(target.domain) })}</li>
          )}
        </ul>
        {comment !== '' && (
          <blockquote class="approval-text" dir="auto">
            {comment}
          </blockquote>
        )}
        <p>
          <span class="tag">
            {resolvedAt ? rich('reportForm.closed', { age: <Ago at={resolvedAt} /> }) : t('reportForm.open')}
          </span>
        </p>
        {answeredAt && (
          <>
            <p>{rich('reportForm.answered', { age: <Ago at={answeredAt} /> })}</p>
            <blockquote class="approval-text" dir="auto">
              {answer}
            </blockquote>
          </>
        )}
      </div>
    </li>
  )
}
