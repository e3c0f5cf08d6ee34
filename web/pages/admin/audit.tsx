import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { auditActions, type AuditKind } from '#src/accounts/roles/audit.ts'
import { type AuditEntry, auditKinds, readAudit } from '#src/accounts/roles/read-audit.ts'
import { loadRoles, type Roles } from '#src/accounts/roles/roles.ts'
import type { FieldProblem } from '#src/platform/errors.ts'
import { isId, type ReportId } from '#src/platform/ids.ts'
import { isDay } from '#src/platform/time.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { problemWith } from '#src/text/refusals.ts'
import { Field, Select } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { Moment } from '../../components/time.tsx'
import type { Env } from '../../env.ts'
import { requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { Details } from './audit-details.tsx'
import { AdminHead } from './tabs.tsx'

const path = '/admin/audit'
const perPage = 40

/** Each action as a filter, `kind.action`. */
const actions = auditKinds.flatMap((kind) => auditActions[kind].map((action) => `${kind}.${action}`))

/** Actions that were taken out of later versions, or are of later ones, have no text. */
const textOf = (name: string): MessageKey | null => (actions.includes(name) ? (`audit.${name}` as MessageKey) : null)

/** What staff did. */
export const auditPage = new Hono<Env>().get(path, requirePermission('view_audit_log'), async (c) => {
  const { db } = c.var.app
  const { t } = c.var.messages
  const query = (name: string) => (c.req.query(name) ?? '').replaceAll('\0', '').trim().slice(0, 300)
  const [actor, target] = [query('actor').replace(/^@/, ''), query('target').replace(/^@/, '')]
  const [from, to, report] = [query('from'), query('to'), query('report').replace(/^#/, '')]
  const problems = problemsOf({ from, to, report })
  const kind = auditKinds.find((one) => one === query('kind')) ?? null
  const named = actions.find((one) => one === query('action')) ?? ''
  const [ofAction, action = ''] = named.split('.') as [AuditKind, string?]
  const wanted = pageOf(c, perPage)
  const { username: name, ...viewer } = viewerOf(c)
  // An action is one of a kind: another kind has none of it.
  const isContrary = named !== '' && kind !== null && kind !== ofAction
  const about = { target, reportId: report === '' ? null : (report as ReportId), from, to }
  const filter = { actor, kind: named === '' ? kind : ofAction, action, ...about }
  const entries = isContrary || problems.length > 0 ? [] : await readAudit(db, { ...viewer, name }, filter, wanted)
  const roles = await loadRoles(db)
  const chosen = Object.entries({ actor, kind: kind ?? '', action: named, target, report, from, to }).filter(
    ([, value]) => value !== '',
  )
  return page(
    c,
    t('audit.title'),
    <>
      <AdminHead here={path} />
      <form action={path} class="sheet" aria-label={t('audit.filter')}>
        <p>{t('audit.lead')}</p>
        <Field name="actor" label={t('audit.actor')} value={actor} hint={t('audit.actorHint')} autocapitalize="none" />
        <Select
          name="kind"
          label={t('audit.kind')}
          value={kind ?? ''}
          options={[['', t('audit.any')], ...auditKinds.map((one) => [one, t(`audit.kinds.${one}`)] as const)]}
        />
        <Select
          name="action"
          label={t('audit.action')}
          value={named}
          options={[
            ['', t('audit.any')],
            ...actions.map((one) => [one, t(`audit.${one}` as MessageKey, { target: '…' })] as const),
          ]}
        />
        <Field name="target" label={t('audit.target')} value={target} autocapitalize="none" />
        <Field
          name="report"
          label={t('audit.report')}
          value={report}
          hint={t('audit.reportHint')}
          inputmode="numeric"
          problems={problems}
        />
        <div class="pairs">
          <Field name="from" type="date" label={t('audit.from')} value={from} problems={problems} />
          <Field name="to" type="date" label={t('audit.to')} value={to} problems={problems} />
        </div>
        <div class="buttons">
          <button type="submit" class="button">
            {t('audit.filter')}
          </button>
        </div>
      </form>
      {entries.length === 0 && problems.length === 0 && <div class="empty">{t('audit.empty')}</div>}
      {entries.length > 0 && (
        <section class="sheet" aria-label={t('audit.title')}>
          <ul class="entries">
            {entries.map((entry) => (
              <AuditLine entry={entry} roles={roles} />
            ))}
          </ul>
        </section>
      )}
      <Pagination
        path={chosen.length === 0 ? path : `${path}?${new URLSearchParams(chosen)}`}
        page={wanted}
        cursors={entries.map(({ id }) => id)}
      />
    </>,
    problems.length > 0 ? 422 : 200,
  )
})

/** What was typed into the filter and is no day, or no number of a report. */
const problemsOf = ({ from, to, report }: { from: string; to: string; report: string }): FieldProblem[] => [
  ...(from === '' || isDay(from) ? [] : [problemWith('from', 'ERR_INVALID', 'notDate')]),
  ...(to === '' || isDay(to) ? [] : [problemWith('to', 'ERR_INVALID', 'notDate')]),
  ...(report === '' || isId(report) ? [] : [problemWith('report', 'ERR_INVALID', 'notReport')]),
]

/** An entry of the audit log. */
export const AuditLine: FC<{ entry: AuditEntry; roles: Roles }> = ({ entry, roles }) => {
  const { t } = useMessages()
  const { actorName, targetKind, action, targetId, targetName, createdAt } = entry
  const key = textOf(`${targetKind}.${action}`)
  const target = targetName || targetId
  return (
    <li>
      <div>
        <p dir="auto">{key ? t(key, { target }) : `${targetKind}.${action} ${target}`}</p>
        <p class="hint">
          <bdi>{actorName}</bdi> · <Moment at={createdAt} />
        </p>
        <Details entry={entry} roles={roles} />
      </div>
    </li>
  )
}
