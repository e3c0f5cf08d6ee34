import type { FC } from 'hono/jsx'
import { type Role, roles } from '#src/accounts/sessions/roles.ts'
import { useMessages } from '../../components/page-context.ts'
import type { Form } from '../../env.ts'

const field = 'second_factor_roles'

/** The roles of a form that must have a second factor. */
export const securedRolesIn = (form: Form): Role[] => roles.filter((role) => form.texts(field).includes(role))

/** Chooses the roles whose people must have a second factor. */
export const SecuredRoles: FC<{ chosen: readonly Role[] }> = ({ chosen }) => {
  const { t } = useMessages()
  return (
    <fieldset aria-describedby={`${field}-hint`}>
      <legend>{t('twoFactor.roles')}</legend>
      {roles.map((role) => (
        <label class="check">
          <input type="checkbox" name={field} value={role} checked={chosen.includes(role)} />
          <span>{t('twoFactor.role', { role })}</span>
        </label>
      ))}
      <p class="hint" id={`${field}-hint`}>
        {t('twoFactor.rolesHint')}
      </p>
    </fieldset>
  )
}
