/** The addresses of clients from which accounts were used, for staff who may see them. */
import { sql } from 'drizzle-orm'
import { hasPermission } from '../../accounts/roles/permissions.ts'
import type { Staff } from '../../accounts/roles/staff.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'

export type UsedAddress = { address: string; usedAt: Date }

/** Entries of the security log that are looked at, and addresses that are shown, for each account. */
const maxEntries = 200
const maxAddresses = 20

/**
 * The latest addresses of some accounts, the latest use first, in one query. They are forgotten after the time that the settings
 * give. Nothing for staff who may not see addresses.
 */
export async function addressesOf(
  db: Reader,
  staff: Staff,
  ids: readonly AccountId[],
): Promise<Map<AccountId, UsedAddress[]>> {
  const found = new Map<AccountId, UsedAddress[]>()
  if (ids.length === 0 || !hasPermission(staff.permissions, 'manage_user_access')) return found
  const { rows } = await db.execute<{ id: AccountId; address: string; usedAt: string }>(sql`
    select wanted.id::text as id, used.address, used.at::text as "usedAt"
    from unnest(${arrayOf([...ids])}::bigint[]) wanted(id) cross join lateral (
      select address, max(at) as at from (
        (select address, created_at as at from security_events e where e.account_id = wanted.id order by e.id desc limit ${maxEntries})
        union all select address, coalesce(last_used_at, created_at) from sessions s where s.account_id = wanted.id
        union all select sign_up_address, created_at from users u where u.account_id = wanted.id) log
      where address is not null group by address order by 2 desc limit ${maxAddresses}) used
    order by wanted.id, used.at desc`)
  for (const { id, address, usedAt } of rows)
    found.set(id, [...(found.get(id) ?? []), { address, usedAt: new Date(usedAt) }])
  return found
}
