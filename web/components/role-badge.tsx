import type { FC } from 'hono/jsx'
import type { Badge } from '#src/accounts/roles/roles.ts'

/**
 * The name of a role. Its colour is a dot beside the name, with a line around it: any colour is allowed, and neither the name nor the dot
 * is lost in front of light or dark.
 */
export const RoleBadge: FC<{ role: Pick<Badge, 'name' | 'colour'> }> = ({ role: { name, colour } }) => (
  <span class="tag role">
    {colour && (
      <svg class="role-dot" viewBox="0 0 10 10" width={10} height={10} aria-hidden="true">
        <circle cx="5" cy="5" r="4.5" fill={colour} />
      </svg>
    )}
    <bdi>{name}</bdi>
  </span>
)
