import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { auditActions, type AuditKind } from '#src/accounts/roles/audit.ts'
import { type AuditEntry, auditKinds, readAudit } from '#src/accounts/roles/read-audit.ts'
import { isDay } from '#src/platform/time.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Field, Select } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { Moment } from '../../components/time.tsx'
import type { Env } from '../../env.ts'
import { requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
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
  const [from, to] = ['from', 'to'].map(query).map((day) => (isDay(day) ? day : '')) as [string, string]
  const kind = auditKinds.find((one) => one === query('kind')) ?? null
  const named = actions.find((one) => one === query('action')) ?? ''
  const [ofAction, action = ''] = named.split('.') as [AuditKind, string?]
  const wanted = pageOf(c, perPage)
  const { username: name, ...viewer } = viewerOf(c)
  // An action is one of a kind: another kind has none of it.
  const isContrary = named !== '' && kind !== null && kind !== ofAction
  const filter = { actor, kind: named === '' ? kind : ofAction, action, target, from, to }
  const entries = isContrary ? [] : await readAudit(db, { ...viewer, name }, filter, wanted)
  const chosen = Object.entries({ actor, kind: kind ?? '', action: named, target, from, to }).filter(
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
        <div class="pairs">
          <Field name="from" type="date" label={t('audit.from')} value={from} />
          <Field name="to" type="date" label={t('audit.to')} value={to} />
        </div>
        <div class="buttons">
          <button type="submit" class="button">
            {t('audit.filter')}
          </button>
        </div>
      </form>
      {entries.length === 0 && <div class="empty">{t('audit.empty')}</div>}
      {entries.length > 0 && (
        <section class="sheet" aria-label={t('audit.title')}>
          <ul class="entries">
            {entries.map((entry) => (
              <Entry entry={entry} />
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
  )
})

const Entry: FC<{ entry: AuditEntry }> = ({ entry }) => {
  const { t } = useMessages()
  const { actorName, targetKind, action, targetId, targetName, details, createdAt } = entry
  const key = textOf(`${targetKind}.${action}`)
  const target = targetName || targetId
  const more = Object.entries(details)
  return (
    <li>
      <div>
        <p dir="auto">{key ? t(key, { target }) : `${targetKind}.${action} ${target}`}</p>
        <p class="hint">
          <bdi>{actorName}</bdi> · <Moment at={createdAt} />
        </p>
        {more.length > 0 && (
          <p class="hint" dir="auto">
            {more.map(([name, value]) => `${name}: ${shown(value)}`).join(' · ')}
          </p>
        )}
      </div>
    </li>
  )
}

/** A detail as it is stored: names of settings, numbers, old and new values. */
const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(shown).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
