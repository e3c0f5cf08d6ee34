import type { FC } from 'hono/jsx'
import { hasPermission, type Permission } from '#src/accounts/roles/permissions.ts'
import { useMessages, usePage } from '../../../components/page-context.ts'

/** Permissions by what they are for; each of those that a role can be given is in one group. */
const groups = {
  people: [
    'manage_reports',
    'manage_appeals',
    'manage_users',
    'manage_user_access',
    'manage_taxonomies',
    'manage_invites',
    'manage_blocks',
    'delete_user_data',
  ],
  instance: ['manage_settings', 'manage_rules', 'manage_announcements', 'manage_custom_emojis', 'manage_roles'],
  servers: ['manage_federation', 'manage_webhooks'],
  insight: ['view_dashboard', 'view_audit_log', 'view_devops'],
  own: ['invite_users'],
} as const satisfies Record<string, readonly Permission[]>

type Group = keyof typeof groups

type Props = {
  /** What the form was sent with, or what the role has. */
  chosen: readonly Permission[]
  /** What the role has, sum of bits: a browser doesn't send the boxes that can't be changed. */
  had: bigint
}

/** Check boxes for the permissions of a role. Those that the viewer lacks can't be changed, and say so. */
export const Permissions: FC<Props> = ({ chosen, had }) => {
  const { t } = useMessages()
  const held = usePage().me?.viewer.permissions ?? 0n
  return (
    <>
      {(Object.keys(groups) as Group[]).map((group) => (
        <fieldset>
          <legend>{t(`roles.group.${group}`)}</legend>
          {groups[group].map((name) => {
            const isHeld = hasPermission(held, name)
            return (
              <label class="check">
                <input
                  type="checkbox"
                  name="permission"
                  value={name}
                  checked={isHeld ? chosen.includes(name) : hasPermission(had, name)}
                  disabled={!isHeld}
                />
                <span>
                  {t(`roles.permission.${name}`)}
                  <small>{t(`roles.permissionHint.${name}`)}</small>
                  {!isHeld && <small>{t('roles.permissionLacking')}</small>}
                </span>
              </label>
            )
          })}
        </fieldset>
      ))}
    </>
  )
}
