import { type Roles, roleOf } from '#src/accounts/roles/roles.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { UsedAddress } from '#src/moderation/accounts/addresses.ts'
import type { StaffAccount } from '#src/moderation/accounts/find.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'
import { toRole } from './role.ts'

/** What the entities of a page of accounts need besides the accounts. */
export type AdminContext = { uris: Uris; roles: Roles; settings: InstanceSettings }

/**
 * An account as staff see it. `ips` is empty for staff who may not see addresses.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_Account/
 */
export function toAdminAccount(
  found: StaffAccount,
  view: AccountView,
  addresses: readonly UsedAddress[],
  { uris, roles, settings }: AdminContext,
) {
  const { user } = found
  const ips = addresses.map(({ address, usedAt }) => ({ ip: address, used_at: toDateTime(usedAt) }))
  return {
    id: found.id,
    username: found.username,
    domain: found.domain,
    created_at: toDateTime(found.createdAt),
    email: user?.email ?? null,
    ip: ips[0]?.ip ?? null,
    ips: user ? ips : null,
    locale: user?.locale ?? null,
    invite_request: user?.signUpReason ?? null,
    role: user && toRole(roleOf(roles, user), settings),
    confirmed: user?.isConfirmed ?? null,
    approved: user?.isApproved ?? null,
    disabled: user?.isDisabled ?? null,
    sensitized: found.sensitizedAt !== null,
    silenced: found.silencedAt !== null,
    suspended: found.suspendedAt !== null,
    account: toAccount(view, uris),
    ...(user?.inviterId ? { invited_by_account_id: user.inviterId } : {}),
  }
}
export type AdminAccount = ReturnType<typeof toAdminAccount>
