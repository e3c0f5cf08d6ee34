import type { FC } from 'hono/jsx'
import { accountByHandle, accountHead } from '#src/accounts/find.ts'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import { type AccountFilter, accountStates } from '#src/moderation/accounts/find.ts'
import { searchedNetwork } from '#src/moderation/accounts/networks.ts'
import { type AccountOrder, accountOrders } from '#src/moderation/accounts/rank.ts'
import { readSearch } from '#src/moderation/accounts/search.ts'
import type { Reader } from '#src/platform/db/index.ts'
import type { FieldProblem } from '#src/platform/errors.ts'
import { normalizeDomain } from '#src/platform/handle.ts'
import { type AccountId, isId, type RoleId } from '#src/platform/ids.ts'
import { isDay } from '#src/platform/time.ts'
import { problemWith } from '#src/text/refusals.ts'
import { Field, Select } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'

export const path = '/admin/accounts'

const parameters = [
  'q',
  'origin',
  'state',
  'role',
  'host',
  'name',
  'address',
  'email',
  'mail_domain',
  'active_since',
  'inactive_since',
  'invited_by',
  'order',
] as const
type Parameter = (typeof parameters)[number]

/** A search as it was typed, and as it is understood. With problems, nothing is searched. */
export type Search = {
  values: Record<Parameter, string>
  filter: AccountFilter
  order: 'newest' | AccountOrder
  problems: FieldProblem[]
  /** Whether it looks for some accounts rather than for all. */
  isNarrow: boolean
  roles: { id: RoleId; name: string }[]
  seesAddresses: boolean
}

const maxLength = 300

/** What the fields that offer a choice take, apart from the roles. */
const choices = { origin: ['local', 'remote'], state: accountStates, order: accountOrders } as const

/** Reads a search from parameters. */
export async function searchOf(c: C, query: URLSearchParams): Promise<Search> {
  const { app } = c.var
  const values = Object.fromEntries(
    parameters.map((name) => [name, (query.get(name) ?? '').replaceAll('\0', '').trim().slice(0, maxLength)]),
  ) as Record<Parameter, string>
  const seesAddresses = hasPermission(viewerOf(c).permissions, 'manage_user_access')
  const problems: FieldProblem[] = []
  const wrong = (name: Parameter, key: Parameters<typeof problemWith>[2]) =>
    void problems.push(problemWith(name, 'ERR_INVALID', key))
  const { q, origin, state, role, host, name, address, email, order } = values
  const roles = [...(await loadRoles(app.db)).values()]
    .toSorted((a, b) => b.position - a.position)
    .map(({ id, name: roleName }) => ({ id, name: roleName }))

  const searched = readSearch(q, app.config.handleHost)
  if (searched.address !== undefined && !seesAddresses) wrong('q', 'notStaff')
  if (address !== '' && !seesAddresses) wrong('address', 'notStaff')
  else if (address !== '' && !searchedNetwork(address)) wrong('address', 'notNetwork')
  const domain = host === '' ? undefined : normalizeDomain(host)
  if (domain === null) wrong('host', 'notHost')
  const days = (['active_since', 'inactive_since'] as const).map((day) => {
    if (values[day] === '') return undefined
    if (!isDay(values[day])) wrong(day, 'notDate')
    return new Date(`${values[day]}T00:00:00Z`)
  })
  const invitedBy = values.invited_by === '' ? undefined : await inviterIn(app.db, values)
  if (invitedBy === null) wrong('invited_by', 'nobodyNamed')
  // A link may name a role that is deleted by now. Without the filter, the list would show everybody as having it.
  const offered: Partial<Record<Parameter, readonly string[]>> = { ...choices, role: roles.map(({ id }) => id) }
  for (const name of parameters)
    if (values[name] !== '' && offered[name]?.includes(values[name]) === false) wrong(name, 'notOffered')

  const finer: AccountFilter = {
    origin: choices.origin.find((one) => one === origin),
    state: accountStates.find((one) => one === state),
    roleIds: roles.flatMap(({ id }) => (id === role ? [id] : [])),
    ...(domain === app.config.handleHost ? { origin: 'local' } : { domain: domain ?? undefined }),
    displayName: name || undefined,
    address: address || undefined,
    email: email || undefined,
    emailDomain: values.mail_domain.replace(/^@/, '') || undefined,
    activeSince: days[0],
    inactiveSince: days[1],
    invitedBy: invitedBy ?? undefined,
  }
  if (finer.roleIds?.length === 0) delete finer.roleIds
  const given = Object.fromEntries(Object.entries(finer).filter(([, value]) => value !== undefined))
  const filter: AccountFilter = { ...searched, ...given }
  return {
    values,
    filter,
    order: accountOrders.find((one) => one === order) ?? 'newest',
    problems,
    isNarrow: Object.entries(filter).some(
      ([key, value]) => key !== 'origin' && value !== undefined && !(key === 'state' && value === 'active'),
    ),
    roles,
    seesAddresses,
  }
}

/** The inviting person, by the username, or by the id as links of other pages have it; the field then shows the username. */
async function inviterIn(db: Reader, values: Search['values']): Promise<AccountId | null> {
  const typed = values.invited_by.replace(/^@/, '')
  const id = await accountByHandle(db, { username: typed, domain: null })
  if (id || !isId(typed)) return id
  const head = await accountHead(db, typed as AccountId)
  if (!head || head.domain !== null) return null
  values.invited_by = head.username
  return typed as AccountId
}

/** The parameters of a search, without empty ones; `?…`, or empty. */
export function queryOf({ values }: Pick<Search, 'values'>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '')).toString()
  return query === '' ? '' : `?${query}`
}

/** One field for what is asked most, and the finer filters behind it. */
export const SearchForm: FC<{ search: Search }> = ({ search: { values, problems, roles, seesAddresses } }) => {
  const { t } = useMessages()
  const count = parameters.filter((name) => name !== 'q' && values[name] !== '').length
  const field = (name: Parameter, label: string, more: Partial<Parameters<typeof Field>[0]> = {}) => (
    <Field name={name} label={label} value={values[name]} problems={problems} autocapitalize="none" {...more} />
  )
  const choice = (name: Parameter, label: string, options: Parameters<typeof Select>[0]['options']) => (
    <Select name={name} label={label} value={values[name]} options={options} problems={problems} />
  )
  return (
    <form method="get" action={path} class="sheet account-search" aria-label={t('accountList.search')}>
      <div class="account-search-main">
        {field('q', t('accountList.search'), {
          type: 'search',
          hint: t(seesAddresses ? 'accountList.searchHintAddresses' : 'accountList.searchHint'),
        })}
        <button type="submit" class="button">
          {t('accountList.searchNow')}
        </button>
      </div>
      {(count > 0 || values.q !== '') && <a href={path}>{t('accountList.clear')}</a>}
      {/* Closed unless something is wrong there: the accounts stand below. */}
      <details open={problems.some(({ field: at }) => at !== 'q')}>
        <summary>{t('accountList.finer', { count })}</summary>
        <div class="account-filters">
          {choice('state', t('accountList.state'), [
            ['', t('accountList.anyState')],
            ...accountStates.map((state) => [state, t(`accountList.state_${state}`)] as const),
          ])}
          {choice('origin', t('accountList.origin'), [
            ['', t('accountList.anyOrigin')],
            ...choices.origin.map((origin) => [origin, t(`accountList.${origin}`)] as const),
          ])}
          {choice('role', t('accountList.role'), [
            ['', t('accountList.anyRole')],
            ...roles.map(({ id, name }) => [id, name || t('accountList.noRole')] as const),
          ])}
          {choice('order', t('accountList.order'), [
            ['', t('accountList.order_newest')],
            ...accountOrders.map((order) => [order, t(`accountList.order_${order}`)] as const),
          ])}
          {field('host', t('accountList.host'))}
          {field('name', t('accountList.displayName'))}
          {field('email', t('accountList.email'))}
          {field('mail_domain', t('accountList.mailDomain'))}
          {seesAddresses && field('address', t('accountList.address'))}
          {field('invited_by', t('accountList.inviter'))}
          {field('active_since', t('accountList.activeSince'), { type: 'date' })}
          {field('inactive_since', t('accountList.inactiveSince'), { type: 'date' })}
        </div>
        <div class="buttons">
          <button type="submit" class="button button-quiet">
            {t('accountList.searchNow')}
          </button>
        </div>
      </details>
    </form>
  )
}
