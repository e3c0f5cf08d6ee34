/** What an action would do to accounts, before it is done. */
import { sql } from 'drizzle-orm'
import { loadRoles } from '../../accounts/roles/roles.ts'
import { mayActOn, requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { Role } from '../../platform/db/schema/accounts.ts'
import type { AccountId, RoleId } from '../../platform/ids.ts'
import { type ActName, maxActed, type Outcome } from './act.ts'

type LeftOut = Exclude<Outcome, 'done' | 'failed'>

/** Accounts that would be acted on, those of this server first, and why others are left out. */
export type ActPreview = {
  acting: { id: AccountId; username: string; domain: string | null }[]
  local: number
  remote: number
  /** Other servers of the acted ones. */
  servers: number
  leftOut: { outcome: LeftOut; count: number }[]
}

type Row = {
  id: AccountId
  username: string
  domain: string | null
  role: Role | null
  roleId: RoleId | null
  isDeleted: boolean
  isSilenced: boolean
  isSuspended: boolean
  isSensitive: boolean
  isDisabled: boolean
  waits: boolean
  isUnconfirmed: boolean
}

/**
 * @param ids at most 500; accounts that are gone are left out
 * @throws Refusal `not_permitted`
 */
export async function previewAct(
  db: Reader,
  staff: Staff,
  ids: readonly AccountId[],
  action: ActName,
): Promise<ActPreview> {
  requirePermission(staff, 'manage_users')
  // Rows of older versions don't record who suspended or limited the account.
  const { rows } = await db.execute<Row>(sql`
    select a.id::text as id, a.username, a.domain, u.role, u.role_id::text as "roleId", a.deleted_at is not null as "isDeleted",
      a.silenced_at is not null and coalesce(a.silenced_by, 'moderator') = 'moderator' as "isSilenced",
      a.suspended_at is not null and coalesce(a.suspended_by, 'moderator') = 'moderator' as "isSuspended",
      a.sensitized_at is not null as "isSensitive", u.disabled_at is not null as "isDisabled",
      u.account_id is not null and u.approved_at is null as waits, u.account_id is not null and u.confirmed_at is null as "isUnconfirmed"
    from accounts a left join users u on u.account_id = a.id
    where a.id = any(${arrayOf(ids.slice(0, maxActed))}::bigint[]) order by a.domain nulls first, a.id desc`)
  const roles = await loadRoles(db)
  const isBelow = ({ id, role, roleId }: Row) => mayActOn(roles, staff, id, role && { role, roleId })
  const outcomes = Map.groupBy(rows, (row): LeftOut | 'done' => {
    if (row.isDeleted) return 'gone'
    if (!isBelow(row)) return 'notPermitted'
    if (row.domain !== null && isForLocals[action]) return 'notPossible'
    return changes[action](row) ? 'done' : 'unchanged'
  })
  const acting = outcomes.get('done') ?? []
  const remote = acting.filter(({ domain }) => domain !== null)
  return {
    acting: acting.map(({ id, username, domain }) => ({ id, username, domain })),
    local: acting.length - remote.length,
    remote: remote.length,
    servers: new Set(remote.map(({ domain }) => domain)).size,
    leftOut: [...outcomes].flatMap(([outcome, { length }]) => (outcome === 'done' ? [] : [{ outcome, count: length }])),
  }
}

/** Whether an action would change an account. */
const changes: Record<ActName, (row: Row) => boolean> = {
  silence: (row) => !row.isSilenced,
  suspend: (row) => !row.isSuspended,
  sensitive: (row) => !row.isSensitive,
  disable: (row) => !row.isDisabled,
  unsilence: (row) => row.isSilenced,
  unsuspend: (row) => row.isSuspended,
  unsensitive: (row) => row.isSensitive,
  enable: (row) => row.isDisabled,
  approve: (row) => row.waits,
  reject: (row) => row.waits,
  confirm: (row) => row.isUnconfirmed,
}

const isForLocals: Record<ActName, boolean> = {
  silence: false,
  suspend: false,
  sensitive: false,
  unsilence: false,
  unsuspend: false,
  unsensitive: false,
  disable: true,
  enable: true,
  approve: true,
  reject: true,
  confirm: true,
}
