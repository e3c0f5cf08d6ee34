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
export type AdminContext = {
  uris: Uris
  roles: Roles
  settings: InstanceSettings
  /** Whether the staff may know mail addresses, languages and reasons for signing up. */
  seesPeople: boolean
}

/**
 * An account as staff see it. `ips` is empty for staff who may not see addresses of clients. `created_by_application_id` is left out, as
 * only the name of the app is kept.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_Account/
 */
export function toAdminAccount(
  found: StaffAccount,
  view: AccountView,
  addresses: readonly UsedAddress[],
  { uris, roles, settings, seesPeople }: AdminContext,
) {
  const { user } = found
  const person = seesPeople ? user : null
  const ips = addresses.map(({ address, usedAt }) => ({ ip: address, used_at: toDateTime(usedAt) }))
  return {
    id: found.id,
    username: found.username,
    domain: found.domain,
    created_at: toDateTime(found.createdAt),
    email: person?.email ?? null,
    ip: ips[0]?.ip ?? null,
    ips: user ? ips : null,
    locale: person?.locale ?? null,
    invite_request: person?.signUpReason ?? null,
    role: user && toRole(roleOf(roles, user), settings),
    confirmed: user?.isConfirmed ?? null,
    approved: user?.isApproved ?? null,
    disabled: user?.isDisabled ?? null,
    sensitized: found.sensitizedAt !== null,
    silenced: found.silencedAt !== null,
    suspended: found.suspendedAt !== null,
    account: toAccount(view, uris),
    ...(person?.inviterId ? { invited_by_account_id: person.inviterId } : {}),
  }
}
export type AdminAccount = ReturnType<typeof toAdminAccount>
