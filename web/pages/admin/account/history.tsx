import type { Child, FC } from 'hono/jsx'
import type { Roles } from '#src/accounts/roles/roles.ts'
import type { AccountOverview, StrikeLine } from '#src/moderation/accounts/overview.ts'
import { undoingOf } from '#src/moderation/accounts/strike.ts'
import { Action, Field, Form, Refused } from '../../../components/form.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { Ago } from '../../../components/time.tsx'
import { AuditLine } from '../audit.tsx'
import type { PartProps } from './parts.ts'

const liftTexts = {
  all: 'staffAccount.liftsAll',
  withoutFollows: 'staffAccount.liftsWithoutFollows',
  nothing: 'staffAccount.liftsNothing',
} as const

/** What was done against the account, and how far it can be undone. */
export const Strikes: FC<PartProps> = (props) => {
  const { overview, path, may } = props
  const { account, strikes, canAct } = overview
  const { t } = useMessages()
  const canLift = canAct && may('manage_users')
  return (
    <section class="sheet">
      <h2>{t('staffAccount.strikes')}</h2>
      {strikes.length === 0 && <p class="hint">{t('staffAccount.noStrikes')}</p>}
      {strikes.map((one) => (
        <Strike
          one={one}
          isLocal={account.domain === null}
          liftPath={canLift ? `${path}/strikes/${one.id}/lift` : null}
          seesAppeals={may('manage_appeals')}
        >
          {canLift && one.liftedAt === null && <Dates one={one} {...props} />}
        </Strike>
      ))}
    </section>
  )
}

type StrikeProps = {
  one: StrikeLine
  isLocal: boolean
  liftPath: string | null
  seesAppeals: boolean
  children?: Child
}

const Strike: FC<StrikeProps> = ({ one, isLocal, liftPath, seesAppeals, children }) => {
  const { t, rich } = useMessages()
  const { formats } = usePage()
  const { told, text, posts, createdAt, endsAt, reviewAt, liftedAt, reportId, appeal } = one
  const name = t(`reports.strike_${told}`)
  const marks = [
    posts > 0 && t('reports.postCount', { count: posts }),
    liftedAt && t('reports.lifted'),
    !liftedAt && endsAt && t('staffAccount.strikeEnds', { day: formats.day(endsAt) }),
    !liftedAt && reviewAt && t('staffAccount.reviewed', { day: formats.day(reviewAt) }),
    appeal !== 'none' && t(`staffAccount.appeal_${appeal}`),
  ].filter(Boolean)
  return (
    <article class="reported-post">
      <p>
        {rich('reports.strikeLine', { action: name, age: <Ago at={createdAt} /> })}
        {marks.length > 0 && ` (${marks.join(', ')})`}
        {reportId && (
          <>
            {' '}
            <a href={`/admin/reports/${reportId}`}>#{reportId}</a>
          </>
        )}
      </p>
      {text !== '' && (
        <blockquote class="approval-text" dir="auto">
          {text}
        </blockquote>
      )}
      {appeal === 'pending' && seesAppeals && (
        <p>
          <a href="/admin/appeals">{t('staffAccount.answerAppeal')}</a>
        </p>
      )}
      {!liftedAt && <Undoing one={one} isLocal={isLocal} />}
      {!liftedAt && liftPath && (
        <Action action={liftPath} label={t('staffAccount.liftStrikeOf', { action: name })} class="button button-quiet">
          {t('staffAccount.liftStrike')}
        </Action>
      )}
      {children}
    </article>
  )
}

/** When a strike that holds lifts itself, and when it comes up again. */
const Dates: FC<PartProps & { one: StrikeLine }> = ({ one, path, refusalAt, values }) => {
  const { t } = useMessages()
  const { id, told, endsAt, reviewAt } = one
  const form = `strike-${id}` as const
  const refusal = refusalAt(form)
  const label = t('staffAccount.changeDatesOf', { action: t(`reports.strike_${told}`) })
  const field = (name: 'ends' | 'review', words: string, hint: string, at: Date | null) => (
    <Field
      name={`${name}_${id}`}
      type="date"
      label={words}
      hint={hint}
      value={refusal ? values(form, `${name}_${id}`) : (at?.toISOString().slice(0, 10) ?? '')}
    />
  )
  return (
    <details open={refusal !== null}>
      <summary>{t('staffAccount.changeDates')}</summary>
      <Form action={`${path}/strikes/${id}/dates`} label={label}>
        <Refused refusal={refusal} />
        <div class="pairs">
          {field('ends', t('reports.endsOn'), t('reports.endsHint'), endsAt)}
          {field('review', t('reports.reviewOn'), t('reports.reviewHint'), reviewAt)}
        </div>
        <div class="buttons">
          <button type="submit" class="button button-quiet">
            {t('staffAccount.changeDatesNow')}
          </button>
        </div>
      </Form>
    </details>
  )
}

/** How far lifting a strike brings things back. */
const Undoing: FC<{ one: StrikeLine; isLocal: boolean }> = ({ one: { action, told }, isLocal }) => {
  const { t } = useMessages()
  if (action === 'none') return null
  const text =
    told === 'delete_files'
      ? isLocal
        ? ('staffAccount.liftsNoFiles' as const)
        : ('staffAccount.liftsFilesRemote' as const)
      : action === 'suspend' && isLocal
        ? ('staffAccount.liftsSuspension' as const)
        : liftTexts[undoingOf({ action, isLocal })]
  return <p class="hint">{t(text)}</p>
}

export const Reports: FC<PartProps> = ({ overview: { account, reportsAbout, reportsBy, reportCounts }, may }) => {
  const { t } = useMessages()
  const canOpen = may('manage_reports')
  const lists = [
    ['about', `/admin/reports?state=all&target=${account.id}`, reportsAbout],
    ['by', `/admin/reports?state=all&reporter=${account.id}`, reportsBy],
  ] as const
  return (
    <section class="sheet">
      {lists.map(([which, href, lines]) => {
        const title = t(`staffAccount.reports_${which}`, { count: reportCounts[which] })
        return (
          <>
            <h2>{lines.length > 0 && canOpen ? <a href={href}>{title}</a> : title}</h2>
            {lines.length === 0 && <p class="hint">{t('staffAccount.noReports')}</p>}
            {lines.length > 0 && (
              <ul class="bullets">
                {lines.map((line) => (
                  <ReportLine line={line} canOpen={canOpen} />
                ))}
              </ul>
            )}
          </>
        )
      })}
    </section>
  )
}

const ReportLine: FC<{ line: AccountOverview['reportsAbout'][number]; canOpen: boolean }> = ({ line, canOpen }) => {
  const { t } = useMessages()
  const { id, category, comment, createdAt, resolvedAt } = line
  const words = (
    <>
      {t(`reports.${category}`)}, <Ago at={createdAt} />
    </>
  )
  return (
    <li dir="auto">
      {canOpen ? <a href={`/admin/reports/${id}`}>{words}</a> : words}
      {resolvedAt && ` (${t('reports.resolvedMark')})`} {comment.slice(0, 200)}
    </li>
  )
}

/** The latest entries of the audit log about the account. */
export const Audit: FC<PartProps & { roles: Roles }> = ({ overview: { account, audit }, may, roles }) => {
  const { t } = useMessages()
  if (!may('view_audit_log')) return null
  return (
    <section class="sheet">
      <h2>{t('staffAccount.auditTitle')}</h2>
      {audit.length === 0 ? (
        <p class="hint">{t('staffAccount.noAudit')}</p>
      ) : (
        <>
          <ul class="entries">
            {audit.map((entry) => (
              <AuditLine entry={entry} roles={roles} />
            ))}
          </ul>
          <p>
            <a href={`/admin/audit?target=${account.id}`}>{t('staffAccount.audit')}</a>
          </p>
        </>
      )}
    </section>
  )
}
