import type { Child, FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import type { AuditEntry } from '#src/accounts/roles/read-audit.ts'
import type { Roles } from '#src/accounts/roles/roles.ts'
import { isId, type RoleId } from '#src/platform/ids.ts'
import { catalogues, type MessageKey } from '#src/text/catalogue.ts'
import type { Formats } from '#src/text/formats.ts'
import type { Messages } from '#src/text/messages.ts'
import { usePage } from '../../components/page-context.ts'

/** What a detail is said with. */
type Words = { t: Messages['t']; formats: Formats; roles: Roles; opensReports: boolean }
/** Says a detail; null for what the entry says already, or what nobody can read. */
type Say = (value: unknown, words: Words, entry: AuditEntry) => Child | null

/** A message whose key is made of a stored word; the word itself if it is of another version. */
const named = (t: Messages['t'], key: string, word: unknown): string =>
  catalogues.en.has(key) ? t(key as MessageKey) : String(word)

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const text =
  (
    key: 'audit.detailText' | 'audit.detailReason' | 'audit.detailServer' | 'audit.detailSpelling' | 'audit.detailName',
  ) =>
  (value: unknown, { t }: Words): Child | null =>
    isText(value) ? t(key, { value }) : null

const flag =
  (on: MessageKey, off: MessageKey | null) =>
  (value: unknown, { t }: Words): Child | null =>
    value === true ? t(on) : off && t(off)

const day =
  (some: 'audit.detailEnds' | 'audit.detailReview' | 'audit.detailExpires', none: MessageKey) =>
  (value: unknown, { t, formats }: Words): Child | null =>
    isText(value) ? t(some, { day: formats.day(new Date(value)) }) : t(none)

const count =
  (key: 'audit.detailPosts' | 'audit.detailRules' | 'audit.detailHolders' | 'audit.detailPosition') =>
  (value: unknown, { t }: Words): Child | null =>
    t(key, { count: Array.isArray(value) ? value.length : Number(value) })

const report: Say = (value, { t, opensReports }) => {
  const words = t('audit.detailReport', { id: String(value) })
  return opensReports && isId(String(value)) ? <a href={`/admin/reports/${String(value)}`}>{words}</a> : words
}

const limit =
  (key: 'audit.detailMaxCollections' | 'audit.detailMaxInvites', none: MessageKey) =>
  (value: unknown, { t }: Words): Child | null =>
    value === null ? t(none) : t(key, { count: Number(value) })

/** The old and the new value: roles, categories of reports, or a name. */
function valueOf(value: unknown, { t, roles }: Words, { targetKind, action }: AuditEntry): string {
  if (targetKind === 'report') return named(t, `reports.${String(value)}`, value)
  if (action !== 'changeRole') return String(value)
  const role = [...roles.values()].find(({ id, builtIn }) => id === (value as RoleId) || builtIn === value)
  return role ? role.name || t('roles.everybody') : t('audit.deletedRole')
}

const permissions =
  (key: 'audit.detailGiven' | 'audit.detailTaken') =>
  (value: unknown, { t }: Words): Child | null =>
    t(key, {
      names: list(value)
        .map((name) => named(t, `roles.permission.${String(name)}`, name))
        .join(', '),
    })

const says: Record<string, Say> = {
  // The other entries say by their own words what was done.
  action: (value, { t }, { action }) =>
    ['liftStrike', 'changeStrike'].includes(action) ? named(t, `reports.strike_${String(value)}`, value) : null,
  text: text('audit.detailText'),
  reason: text('audit.detailReason'),
  endsAt: day('audit.detailEnds', 'audit.detailEndsNever'),
  reviewAt: day('audit.detailReview', 'audit.detailReviewNever'),
  expiresAt: day('audit.detailExpires', 'audit.detailExpiresNever'),
  reportId: report,
  report,
  strikeId: () => null,
  accountId: () => null,
  statusIds: () => null,
  posts: count('audit.detailPosts'),
  ruleIds: count('audit.detailRules'),
  count: (value, words, entry) =>
    entry.targetKind === 'domain'
      ? words.t('audit.detailServers', { count: Number(value) })
      : count('audit.detailPosts')(value, words),
  by: (_, { t }) => t('audit.detailByAction'),
  domain: text('audit.detailServer'),
  from: (value, words, entry) =>
    value === '' ? null : words.t('audit.detailFrom', { value: valueOf(value, words, entry) }),
  to: (value, words, entry) => words.t('audit.detailTo', { value: valueOf(value, words, entry) }),
  parts: (value, { t }) =>
    list(value)
      .map((part) => named(t, `audit.part.${String(part)}`, part))
      .join(', '),
  settings: (value, { t }) =>
    t('audit.detailSettings', {
      names: list(value)
        .map((name) => named(t, `audit.setting.${String(name)}`, name))
        .join(', '),
    }),
  events: (value, { t }) =>
    t('audit.detailEvents', {
      names: list(value)
        .map((name) => named(t, `webhooks.event.${String(name)}`, name))
        .join(', '),
    }),
  severity: (value, { t }) => named(t, `audit.severity.${String(value)}`, value),
  rejectsMedia: flag('audit.detailRejectsMedia', null),
  rejectsReports: flag('audit.detailRejectsReports', null),
  allowsWithApproval: flag('audit.detailWithApproval', 'audit.detailRefused'),
  displayName: text('audit.detailSpelling'),
  isTrendable: flag('audit.detailTrendable', 'audit.detailNotTrendable'),
  isUsable: flag('audit.detailUsable', 'audit.detailNotUsable'),
  isListable: flag('audit.detailListable', 'audit.detailNotListable'),
  name: text('audit.detailName'),
  position: count('audit.detailPosition'),
  colour: (value, { t }) => (isText(value) ? t('audit.detailColour', { value }) : t('audit.detailNoColour')),
  isHighlighted: flag('audit.detailBadge', 'audit.detailNoBadge'),
  needsSecondFactor: flag('audit.detailFactor', 'audit.detailNoFactor'),
  maxCollections: limit('audit.detailMaxCollections', 'audit.detailMaxCollectionsNone'),
  maxInvites: limit('audit.detailMaxInvites', 'audit.detailMaxInvitesNone'),
  given: permissions('audit.detailGiven'),
  taken: permissions('audit.detailTaken'),
  holders: count('audit.detailHolders'),
}

/** What an entry of the audit log tells besides what was done to what, in words. Details of other versions are left out. */
export const Details: FC<{ entry: AuditEntry; roles: Roles }> = ({ entry, roles }) => {
  const { me, messages, formats } = usePage()
  const opensReports = me !== null && hasPermission(me.viewer.permissions, 'manage_reports')
  const words: Words = { t: messages.t, formats, roles, opensReports }
  const said = Object.entries(entry.details)
    .map(([name, value]) => (Object.hasOwn(says, name) ? says[name]?.(value, words, entry) : null))
    .filter((one) => one !== null && one !== undefined && one !== '')
  if (said.length === 0) return null
  return (
    <p class="hint" dir="auto">
      {said.map((one, place) => (
        <>
          {place > 0 && ' · '}
          {one}
        </>
      ))}
    </p>
  )
}
