import type { Child, FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import { loadReport, type ReportDetail } from '#src/moderation/reports/load.ts'
import { recordLook } from '#src/moderation/reports/look.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { ReportId } from '#src/platform/ids.ts'
import { Avatar, profilePath } from '../../../components/account.tsx'
import { Action, Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { Ago } from '../../../components/time.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'
import { Act } from './act.tsx'
import { DoneNote } from './done.tsx'
import { Answer, Notes, Sort } from './forms.tsx'
import { Posts } from './posts.tsx'

export type ReportForm = 'state' | 'posts' | 'act' | 'change' | 'answer' | 'note'

type RefusedForm = { refusal: Refusal; form: ReportForm }

/** One report, with everything that is needed to judge it, and all that can be done about it. */
export async function reportPage(c: C, id: ReportId, refused: RefusedForm | null = null): Promise<Response> {
  const { app, messages, form } = c.var
  const { t } = messages
  const viewer = viewerOf(c).accountId
  const staff = await staffMember(app.db, viewer)
  const detail = await loadReport(app.db, app.uris, staff, id)
  if (!refused) await recordLook(app.db, staff, detail.report)
  const [path, title] = [`/admin/reports/${id}`, t('reports.about', { name: detail.target.handle })]
  const refusalAt = (name: ReportForm) => (refused?.form === name ? refused.refusal : null)
  const values = (name: string) => (refused ? form.text(name) : '')
  return page(
    c,
    title,
    <>
      <AdminHead here="/admin/reports" />
      <DoneNote done={c.req.query('done')} />
      <Refused refusal={refusalAt('state') ?? (detail.canAct ? null : (refusalAt('act') ?? refusalAt('posts')))} />
      <section class="sheet">
        <h2>{title}</h2>
        <Facts detail={detail} />
        <h3>{t('reports.comment')}</h3>
        <blockquote class="approval-text" dir="auto">
          {detail.report.comment || t('reports.noComment')}
        </blockquote>
        <Named detail={detail} />
        <States detail={detail} path={path} isMine={detail.report.assignedToId === viewer} />
      </section>
      <Target detail={detail} />
      <Posts
        detail={detail}
        path={path}
        isLocal={detail.target.domain === null}
        refusal={refusalAt('posts')}
        words={refused?.form === 'posts' ? values('words') : ''}
        mails={refused?.form !== 'posts' || form.isChecked('mails')}
      />
      {detail.canAct ? (
        <Act
          path={path}
          isAnswer
          isLocal={detail.target.domain === null}
          canSuspend={hasPermission(staff.permissions, 'manage_users')}
          refusal={refusalAt('act')}
          values={(name) => (refused?.form === 'act' ? values(name) : '')}
          mails={refused?.form !== 'act' || form.isChecked('mails')}
        />
      ) : (
        <p class="aside">{t('reports.isEqual')}</p>
      )}
      <Notes path={path} notes={detail.notes} refusal={refusalAt('note')} value={values('note')} />
      <Answer path={path} detail={detail} refusal={refusalAt('answer')} value={values('answer')} />
      <Sort path={path} detail={detail} rules={await loadRules(app.db)} refusal={refusalAt('change')} />
      <History detail={detail} />
      {hasPermission(staff.permissions, 'view_audit_log') && (
        <p class="aside">
          <a href={`/admin/audit?report=${id}`}>{t('reports.audit')}</a>
        </p>
      )}
    </>,
    refused ? statusOf(refused.refusal) : 200,
  )
}

/** Who reported, when, and what became of it. */
const Facts: FC<{ detail: ReportDetail }> = ({ detail: { report, reporter, target, assignedTo, resolvedBy } }) => {
  const { t, rich } = useMessages()
  const age = <Ago at={report.createdAt} />
  const host = target.domain
  const facts: Child[] = [
    t(`reports.${report.category}`),
    reporter
      ? rich('reports.by', { reporter: <a href={profilePath(reporter)}>{reporter.handle}</a>, age })
      : rich(report.reporterEmail ? 'reports.byVisitorAt' : 'reports.byVisitor', {
          reporter: <bdi>{report.reporterName}</bdi>,
          email: <a href={`mailto:${report.reporterEmail}`}>{report.reporterEmail}</a>,
          age,
        }),
    assignedTo && t('reports.assignedTo', { name: assignedTo.handle }),
    report.isForwarded &&
      (report.forwardedAt
        ? rich('reports.forwardedAt', { host, age: <Ago at={report.forwardedAt} /> })
        : t('reports.forwardedTo', { host })),
    report.resolvedAt &&
      rich(resolvedBy ? 'reports.resolvedBy' : 'reports.resolvedAt', {
        name: resolvedBy?.handle,
        age: <Ago at={report.resolvedAt} />,
      }),
  ].filter(Boolean)
  return (
    <ul class="applicant-facts">
      {facts.map((fact) => (
        <li>{fact}</li>
      ))}
    </ul>
  )
}

/** The rules that the report names. */
const Named: FC<{ detail: ReportDetail }> = ({ detail: { rules } }) => {
  const { t } = useMessages()
  if (rules.length === 0) return null
  return (
    <>
      <h3>{t('reports.rules')}</h3>
      <ul class="bullets">
        {rules.map(({ text }) => (
          <li dir="auto">{text}</li>
        ))}
      </ul>
    </>
  )
}

const States: FC<{ detail: ReportDetail; path: string; isMine: boolean }> = ({ detail, path, isMine }) => {
  const { t } = useMessages()
  const { report, target, canForward } = detail
  const button = (verb: string, label: string, isMain = false) => (
    <Action action={`${path}/${verb}`} label={label} class={isMain ? 'button' : 'button button-quiet'}>
      {label}
    </Action>
  )
  return (
    <>
      <div class="buttons">
        {!isMine && button('assign', t('reports.assign'), report.assignedToId === null && report.resolvedAt === null)}
        {report.assignedToId !== null && button('unassign', t('reports.unassign'))}
        {report.resolvedAt ? button('reopen', t('reports.reopen')) : button('resolve', t('reports.resolve'))}
        {canForward && button('forward', t('reports.forward', { host: target.domain }))}
      </div>
      {canForward && <p class="hint">{t('reports.forwardHint')}</p>}
    </>
  )
}

const Target: FC<{ detail: ReportDetail }> = ({ detail: { report, target, canAct } }) => {
  const { t } = useMessages()
  const { view } = target
  return (
    <section class="sheet">
      <h2>{t('reports.target')}</h2>
      <p class="report-target">
        {view && <Avatar account={view} />}
        <span>
          {view?.displayName && (
            <strong>
              <bdi>{view.displayName}</bdi>
            </strong>
          )}{' '}
          <a href={`/admin/accounts/${target.id}`}>
            <bdi class="handle">{target.handle}</bdi>
          </a>
        </span>
      </p>
      <ul class="applicant-facts">
        {target.suspendedAt && <li>{t('reports.targetSuspended')}</li>}
        {target.silencedAt && <li>{t('reports.targetSilenced')}</li>}
        <li>
          <a href={profilePath(target)}>{t('reports.profile')}</a>
        </li>
        <li>
          <a href={`/admin/accounts/${target.id}`}>{t('reports.staffPage')}</a>
        </li>
        {report.resolvedAt === null && canAct && (
          <li>
            <a href={`/admin/accounts/${target.id}/private?report=${report.id}`}>{t('readPrivate.link')}</a>
          </li>
        )}
      </ul>
    </section>
  )
}

/** Other reports about the account, and earlier actions against it. */
const History: FC<{ detail: ReportDetail }> = ({ detail: { report, related, strikes, target } }) => {
  const { t, rich } = useMessages()
  if (related.length + strikes.length === 0) return null
  return (
    <section class="sheet">
      {related.length > 0 && (
        <>
          <h2>
            <a href={`/admin/reports?state=all&target=${target.id}`}>{t('reports.related')}</a>
          </h2>
          <ul class="bullets">
            {related.map(({ id, category, comment, createdAt, resolvedAt }) => (
              <li dir="auto">
                <a href={`/admin/reports/${id}`}>
                  {t(`reports.${category}`)}, <Ago at={createdAt} />
                </a>
                {resolvedAt && ` (${t('reports.resolvedMark')})`} {comment.slice(0, 200)}
              </li>
            ))}
          </ul>
        </>
      )}
      {strikes.length > 0 && (
        <>
          <h2>{t('reports.strikes')}</h2>
          <ul class="bullets">
            {strikes.map(({ told, text, createdAt, liftedAt, reportId }) => (
              <li dir="auto">
                {rich('reports.strikeLine', { action: t(`reports.strike_${told}`), age: <Ago at={createdAt} /> })}
                {reportId === report.id && ` (${t('reports.byAction')})`}
                {liftedAt && ` (${t('reports.lifted')})`} {text.slice(0, 200)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
