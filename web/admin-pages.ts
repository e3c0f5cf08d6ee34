/** The pages of the administration, in the order of its menu. */
import { hasPermission, type Permission } from '#src/accounts/roles/permissions.ts'

/** Any of the permissions opens the page. */
const adminPages = {
  '/admin': ['view_dashboard'],
  '/admin/reports': ['manage_reports'],
  '/admin/appeals': ['manage_appeals', 'manage_users'],
  '/admin/applicants': ['manage_users'],
  '/admin/accounts': ['manage_users'],
  '/admin/trends': ['manage_taxonomies'],
  '/admin/invites': ['manage_invites'],
  '/admin/audit': ['view_audit_log'],
  '/admin/roles': ['manage_roles'],
  '/admin/settings': ['manage_settings'],
  '/admin/rules': ['manage_rules', 'manage_announcements', 'manage_settings'],
  '/admin/servers': ['manage_federation'],
  '/admin/webhooks': ['manage_webhooks'],
} as const satisfies Record<string, readonly Permission[]>

export type AdminPage = keyof typeof adminPages

/** The pages that somebody with these permissions may open. */
export const adminPagesFor = (permissions: bigint): AdminPage[] =>
  (Object.keys(adminPages) as AdminPage[]).filter((path) =>
    adminPages[path].some((name) => hasPermission(permissions, name)),
  )

/** Where the administration begins for somebody with these permissions; null for those who may open none of its pages. */
export function firstAdminPage(permissions: bigint): string | null {
  const [first] = adminPagesFor(permissions)
  // Its only page is no entry of the menu, as others reach it from the accounts.
  return first ?? (hasPermission(permissions, 'manage_user_access') ? '/admin/accounts/reset-factors' : null)
}
