import { loadRoles, type Roles, roleOf, type StaffRole } from '#src/accounts/roles/roles.ts'
import type { Reader } from '#src/platform/db/index.ts'
import { UsageError } from './exit.ts'

/**
 * A role by the name that admins gave it, in any case, by its id, or, for a built-in one, by `user`, `moderator`, `admin` or `owner`.
 *
 * @throws UsageError naming the roles that there are
 */
export async function roleNamed(db: Reader, name: string): Promise<StaffRole> {
  const roles = [...(await loadRoles(db)).values()]
  const wanted = name.trim().toLowerCase()
  const found =
    roles.find(({ builtIn }) => builtIn === wanted) ??
    roles.find((role) => role.name.toLowerCase() === wanted && wanted !== '') ??
    roles.find(({ id }) => id === wanted)
  if (found) return found
  throw new UsageError(`There is no role ${name}; roles are ${roles.map(nameOfRole).join(', ')}`)
}

/** How the command line calls a role: a built-in one as always, another one by its name. */
export const nameOfRole = ({ builtIn, name }: StaffRole): string => builtIn ?? name

/** The name of the role that an account has. */
export const roleNameOf = (roles: Roles, account: Parameters<typeof roleOf>[1]): string =>
  nameOfRole(roleOf(roles, account))
