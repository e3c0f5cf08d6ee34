/** Lists and searches of accounts for staff, and what they see of one account. */
import { type SQL, sql } from 'drizzle-orm'
import { hasPermission } from '../../accounts/roles/permissions.ts'
import { loadRoles } from '../../accounts/roles/roles.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import { unprepared } from '../../platform/db/auto-prepare.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { Page } from '../../platform/db/page.ts'
import { settle } from '../../platform/db/page.ts'
import type { Role } from '../../platform/db/schema/accounts.ts'
import type { Handle } from '../../platform/handle.ts'
import { type AccountId, firstIdAt, type RoleId } from '../../platform/ids.ts'
import { dayOf } from '../../platform/time.ts'
import { refuse } from '../../text/refusals.ts'
import { accountsAt, searchedNetwork } from './networks.ts'

export const accountStates = [
  'active',
  'pending',
  'unconfirmed',
  'disabled',
  'silenced',
  'suspended',
  'sensitized',
  /** With an action that has come up for review. */
  'review',
] as const
export type AccountState = (typeof accountStates)[number]

/** All members that are given must hold. */
export type AccountFilter = {
  origin?: 'local' | 'remote' | undefined
  state?: AccountState | undefined
  /** Roles that any of which the account has. */
  roleIds?: RoleId[] | undefined
  /**
   * The client of the sign-up, of a use that the security log has, or of a session: an address, or a network such as 192.0.2.0/24.
   * Only for staff who may see addresses. Anything else matches no account.
   */
  address?: string | undefined
  handle?: Handle | undefined
  /** A mail address, or a handle without its first @: both look alike. */
  emailOrHandle?: { email: string; handle: Handle } | undefined
  /** The beginning of the username or of the display name. */
  name?: string | undefined
  /** The whole mail address. */
  email?: string | undefined
  emailDomain?: string | undefined
  /** The beginning of the display name. */
  displayName?: string | undefined
  /** The beginning of the username. */
  username?: string | undefined
  /** The host of the handle. */
  domain?: string | undefined
  /** Leaves out suspended accounts. */
  isUnsuspended?: true | undefined
  /** Local accounts that were used on this day or later. */
  activeSince?: Date | undefined
  /** Local accounts that are older than this day, and were not used on it or later. Days of use are kept for 200 days. */
  inactiveSince?: Date | undefined
  /** Local accounts that came by invitations of this account. */
  invitedBy?: AccountId | undefined
}

/** An account as staff see it, also what suspensions hide from others. */
export type StaffAccount = {
  id: AccountId
  username: string
  domain: string | null
  displayName: string
  url: string
  avatarFile: string | null
  avatarRemoteUrl: string | null
  createdAt: Date
  isMemorial: boolean
  suspendedAt: Date | null
  suspendedBy: 'moderator' | 'domain' | 'origin' | null
  silencedAt: Date | null
  silencedBy: 'moderator' | 'domain' | null
  sensitizedAt: Date | null
  purgeAt: Date | null
  deletedAt: Date | null
  statusesCount: number
  followersCount: number
  followingCount: number
  lastStatusAt: Date | null
  /** Strikes that nobody lifted, and reports that nobody resolved. */
  strikesCount: number
  openReports: number
  /** Null for remote and deleted accounts. */
  user: StaffUser | null
}

type StaffUser = {
  email: string
  role: Role
  roleId: RoleId | null
  isConfirmed: boolean
  isApproved: boolean
  isDisabled: boolean
  hasSecondFactor: boolean
  locale: string | null
  signUpReason: string | null
  createdAt: Date
  /** The client of the sign-up; null if it was deleted, or for staff who may not see addresses. */
  signUpAddress: string | null
  /** The day (UTC) of the last use. */
  lastActiveDay: string | null
  inviterId: AccountId | null
}

/** Whether staff know mail addresses of people, and why they signed up. Others meet accounts in reports. */
export const seesPeople = (staff: Staff): boolean => hasPermission(staff.permissions, 'manage_users')

/** Whether staff see the addresses of people's clients. */
const seesAddresses = (staff: Staff): boolean => hasPermission(staff.permissions, 'manage_user_access')

/**
 * A page of accounts that match a filter, the newest first.
 *
 * @throws Refusal `not_permitted`
 */
export async function findAccounts(
  db: Reader,
  staff: Staff,
  filter: AccountFilter,
  page: Page,
): Promise<StaffAccount[]> {
  return loadAccounts(db, staff, await findAccountIds(db, staff, filter, page))
}

/**
 * The ids of the accounts that `findAccounts` would list.
 *
 * @throws Refusal `not_permitted`
 */
export async function findAccountIds(
  db: Reader,
  staff: Staff,
  filter: AccountFilter,
  page: Page,
): Promise<AccountId[]> {
  requireFinder(staff, filter)
  const conditions = [...(await conditionsOf(db, filter)), ...bounds(page, filter)]
  const id = idFor(filter)
  const { rows } = await db.execute<{ id: AccountId }>(sql`${sql.raw(unprepared)}
    select ${id}::text as id from ${tablesFor(filter)} where ${sql.join(conditions, sql` and `)}
    order by ${id} ${page.minId ? sql`asc` : sql`desc`} limit ${page.limit}`)
  return settle(page, rows).map((row) => row.id)
}

/**
 * Requires that staff may search for accounts in this way.
 *
 * @throws Refusal `not_permitted`
 */
export function requireFinder(staff: Staff, { address }: AccountFilter): void {
  requirePermission(staff, 'manage_users')
  if (address !== undefined && !seesAddresses(staff)) throw refuse('not_permitted', 'notStaff')
}

/**
 * What staff see of an account; null when there is none.
 *
 * @throws Refusal `not_permitted`
 */
export async function staffAccount(db: Reader, staff: Staff, accountId: AccountId): Promise<StaffAccount | null> {
  requirePermission(staff, 'manage_users', 'manage_reports')
  return (await loadAccounts(db, staff, [accountId]))[0] ?? null
}

/**
 * What staff see of some accounts, in the order of the ids, in one query.
 *
 * @throws Refusal `not_permitted`
 */
export async function staffAccounts(db: Reader, staff: Staff, ids: readonly AccountId[]): Promise<StaffAccount[]> {
  requirePermission(staff, 'manage_users', 'manage_reports', 'delete_user_data')
  return loadAccounts(db, staff, ids)
}

/** Accounts of which only rows of `users` can match: they are read in the order of that table. */
function concernsUsers(filter: AccountFilter): boolean {
  const { origin, state, roleIds, email, emailDomain, activeSince, inactiveSince, invitedBy } = filter
  const isUserState = state === 'pending' || state === 'unconfirmed' || state === 'disabled'
  return (
    origin === 'local' ||
    isUserState ||
    [roleIds, email, emailDomain, activeSince, inactiveSince, invitedBy].some((value) => value !== undefined)
  )
}

/** Whether the conditions of a filter are about rows of `users` only, or leave almost all accounts. */
const isAboutUsersAlone = ({ state, ...filter }: AccountFilter): boolean =>
  concernsUsers({ state, ...filter }) &&
  (state === undefined || !['silenced', 'suspended', 'sensitized', 'review'].includes(state)) &&
  (['address', 'handle', 'emailOrHandle', 'name', 'displayName', 'username', 'domain'] as const).every(
    (key) => filter[key] === undefined,
  )

/**
 * The tables `accounts a` and `users u` for the conditions of a filter. Where one of them leads, `offset 0` keeps the other from being
 * read in whole, which PostgreSQL thinks to be cheaper for a page than it is.
 */
export function tablesFor(filter: AccountFilter): SQL {
  if (isAboutUsersAlone(filter))
    return sql`users u cross join lateral (
      select id, domain, deleted_at, suspended_at, silenced_at from accounts where id = u.account_id offset 0) a`
  if (concernsUsers(filter)) return sql`users u join accounts a on a.id = u.account_id`
  return filter.state === 'active'
    ? sql`accounts a left join lateral (
        select disabled_at, approved_at, confirmed_at from users where account_id = a.id offset 0) u on true`
    : sql`accounts a`
}

/** The id of an account in these tables. */
export const idFor = (filter: AccountFilter): SQL => (concernsUsers(filter) ? sql`u.account_id` : sql`a.id`)

function bounds(page: Page, filter: AccountFilter): SQL[] {
  // Both tables are bounded: a merge would otherwise read accounts from the newest on.
  const ids = concernsUsers(filter) ? [sql`u.account_id`, sql`a.id`] : [sql`a.id`]
  const above = page.minId ?? page.sinceId
  return ids.flatMap((id) => [
    ...(page.maxId ? [sql`${id} < ${page.maxId}::bigint`] : []),
    ...(above ? [sql`${id} > ${above}::bigint`] : []),
  ])
}

const states: Record<AccountState, SQL> = {
  active: sql`a.suspended_at is null and a.silenced_at is null and (a.domain is not null or (u.disabled_at is null and u.approved_at is not null and u.confirmed_at is not null))`,
  pending: sql`u.approved_at is null and u.confirmed_at is not null`,
  unconfirmed: sql`u.confirmed_at is null`,
  disabled: sql`u.disabled_at is not null`,
  silenced: sql`a.silenced_at is not null`,
  suspended: sql`a.suspended_at is not null and a.deleted_at is null`,
  // No index has the accounts, but one has the actions in the audit log: the newest of them are asked.
  sensitized: sql`a.sensitized_at is not null and a.id = any(array(
    select target_id::bigint from audit_log where action = 'sensitive' and target_kind = 'account' order by id desc limit 10000))`,
  review: sql`a.id = any(array(select account_id from strikes where review_at <= now() and lifted_at is null))`,
}

/** Conditions over the tables `accounts a` and `users u`. */
export async function conditionsOf(db: Reader, filter: AccountFilter): Promise<SQL[]> {
  const { origin, state, roleIds, address, handle, emailOrHandle, name, email, emailDomain } = filter
  const { displayName, username, domain, isUnsuspended, activeSince, inactiveSince, invitedBy } = filter
  const prefix = (text: string) => `${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return [
    sql`a.deleted_at is null`,
    ...(origin ? [origin === 'local' ? sql`a.domain is null` : sql`a.domain is not null`] : []),
    ...(state ? [states[state]] : []),
    ...(roleIds ? [await hasRole(db, roleIds)] : []),
    ...(address === undefined ? [] : [await isAt(db, address)]),
    ...(handle ? [hasHandle(handle)] : []),
    ...(emailOrHandle
      ? [
          sql`a.id = any(array(select account_id from users where lower(email) = lower(${emailOrHandle.email})
            union select a.id from accounts a where ${hasHandle(emailOrHandle.handle)}))`,
        ]
      : []),
    ...(name === undefined
      ? []
      : [sql`(lower(a.username) like ${prefix(name)} or lower(a.display_name) like ${prefix(name)})`]),
    ...(email === undefined ? [] : [sql`lower(u.email) = lower(${email})`]),
    ...(emailDomain === undefined ? [] : [sql`lower(split_part(u.email, '@', 2)) = lower(${emailDomain})`]),
    ...(displayName === undefined ? [] : [sql`lower(a.display_name) like ${prefix(displayName)}`]),
    ...(username === undefined ? [] : [sql`lower(a.username) like ${prefix(username)}`]),
    ...(domain === undefined ? [] : [sql`a.domain = lower(${domain})`]),
    ...(isUnsuspended ? [sql`a.suspended_at is null`] : []),
    ...(activeSince
      ? [
          sql`exists (select from active_days d where d.account_id = u.account_id and d.day >= ${dayOf(activeSince)}::date)`,
        ]
      : []),
    ...(inactiveSince
      ? [
          sql`u.account_id < ${firstIdAt(new Date(dayOf(inactiveSince)))}::bigint`,
          // `not exists` would read the whole table.
          sql`(select true from active_days d where d.account_id = u.account_id and d.day >= ${dayOf(inactiveSince)}::date limit 1) is null`,
        ]
      : []),
    ...(invitedBy
      ? [sql`u.invite_id = any(array(select id from invites where account_id = ${invitedBy}::bigint))`]
      : []),
  ]
}

const hasHandle = ({ username, domain }: Handle): SQL =>
  sql`(lower(a.username) = ${username.toLowerCase()} and coalesce(a.domain, '') = ${domain ?? ''})`

async function isAt(db: Reader, address: string): Promise<SQL> {
  const network = searchedNetwork(address)
  return isOneOfIds(sql`a.id`, network ? await accountsAt(db, network) : [])
}

async function hasRole(db: Reader, roleIds: readonly RoleId[]): Promise<SQL> {
  const roles = await loadRoles(db)
  const each = roleIds.flatMap((id) => {
    const role = roles.get(id)
    if (!role) return []
    return role.builtIn ? [sql`(u.role = ${role.builtIn} and u.role_id is null)`] : [sql`u.role_id = ${id}::bigint`]
  })
  return each.length === 0 ? sql`false` : sql`(${sql.join(each, sql` or `)})`
}

type Row = Omit<StaffAccount, 'user'> & { user: (Omit<StaffUser, 'createdAt'> & { createdAt: string }) | null }

/** What staff see of some accounts, in the order of the ids. */
export async function loadAccounts(db: Reader, staff: Staff, ids: readonly AccountId[]): Promise<StaffAccount[]> {
  if (ids.length === 0) return []
  const { rows } = await db.execute<Row>(sql`
    select a.id::text as id, a.username, a.domain, a.display_name as "displayName", a.url, a.avatar_file as "avatarFile", a.avatar_remote_url as "avatarRemoteUrl",
      a.created_at as "createdAt", a.is_memorial as "isMemorial", a.suspended_at as "suspendedAt", a.suspended_by as "suspendedBy",
      a.silenced_at as "silencedAt", a.silenced_by as "silencedBy", a.sensitized_at as "sensitizedAt", a.purge_at as "purgeAt", a.deleted_at as "deletedAt",
      coalesce(s.statuses_count, 0) as "statusesCount", coalesce(s.followers_count, 0) as "followersCount", coalesce(s.following_count, 0) as "followingCount",
      s.last_status_at as "lastStatusAt",
      (select count(*)::int from strikes where account_id = a.id and lifted_at is null) as "strikesCount",
      (select count(*)::int from reports where target_id = a.id and resolved_at is null) as "openReports",
      case when u.account_id is not null then json_build_object(
        'email', u.email, 'role', u.role, 'roleId', u.role_id::text, 'isConfirmed', u.confirmed_at is not null, 'isApproved', u.approved_at is not null,
        'isDisabled', u.disabled_at is not null, 'hasSecondFactor', u.second_factor_since is not null, 'locale', u.locale, 'signUpReason', u.sign_up_reason,
        'createdAt', u.created_at, 'signUpAddress', case when ${seesAddresses(staff)} then u.sign_up_address end,
        'lastActiveDay', (select max(day) from active_days d where d.account_id = u.account_id),
        'inviterId', (select i.account_id::text from invites i where i.id = u.invite_id)) end as "user"
    from unnest(${`{${ids.join(',')}}`}::bigint[]) with ordinality wanted(id, place)
    join accounts a on a.id = wanted.id left join account_stats s on s.account_id = a.id left join users u on u.account_id = a.id
    order by wanted.place`)
  return rows.map((row) => ({
    ...row,
    ...datesOf(row),
    user: row.user && { ...row.user, createdAt: new Date(row.user.createdAt) },
  }))
}

const dateColumns = [
  'createdAt',
  'suspendedAt',
  'silencedAt',
  'sensitizedAt',
  'purgeAt',
  'deletedAt',
  'lastStatusAt',
] as const

/** Statements of our own return times as text. */
const datesOf = (row: Row): Pick<StaffAccount, (typeof dateColumns)[number]> =>
  Object.fromEntries(dateColumns.map((name) => [name, row[name] && new Date(row[name])])) as Pick<
    StaffAccount,
    (typeof dateColumns)[number]
  >
